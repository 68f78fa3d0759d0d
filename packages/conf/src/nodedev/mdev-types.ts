import { attr, element, type Infer, leaf, list, type Scalar, str } from "@libvirt-ts/xml";
import { nodedevError } from "./errors.ts";
import { decimal } from "./fields.ts";

/** What is no number is as nothing. */
const instances: Scalar<number | undefined> = {
  parse: decimal(32),
  format: (value) => (value === undefined ? undefined : String(value)),
};

/** A kind of mediated device that can be made of this one, and how many more of them. */
const MdevType = element(
  "type",
  {
    id: attr("id", str, {
      required: true,
      emptyIsAbsent: true,
      missing: () => nodedevError("missing 'id' attribute for mediated device's <type> element"),
    }),
    name: leaf("name", str),
    deviceApi: leaf("deviceAPI", str),
    availableInstances: leaf("availableInstances", instances),
  },
  {
    read({ id, deviceApi, availableInstances }) {
      if (deviceApi === undefined) throw nodedevError(`missing device API for mediated device type '${id}'`);
      if (availableInstances === undefined)
        throw nodedevError(`missing number of available instances for mediated device type '${id}'`);
    },
  },
);
export type MdevType = Infer<typeof MdevType>;

export const mdevTypes = { types: list(MdevType) };
