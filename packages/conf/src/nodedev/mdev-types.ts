import { attr, element, type Infer, leaf, list, str, type XmlElement } from "@libvirt-ts/xml";
import { nodedevError } from "./errors.ts";

const instances = {
  parse(text: string, { name }: XmlElement): number {
    const value = /^\s*\+?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value <= 0xffffffff)) throw nodedevError(`invalid '${name}': '${text}'`);
    return value;
  },
  format: String,
};

/** A kind of mediated device that can be made of this one, and how many more of them. */
const MdevType = element(
  "type",
  {
    id: attr("id", str, {
      required: true,
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
