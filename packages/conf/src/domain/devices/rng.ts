import {
  attr,
  child,
  childrenNamed,
  element,
  fixed,
  type Infer,
  refusing,
  text,
  uint,
  variant,
} from "@libvirt-ts/xml";
import { absPath, nonZero } from "../../types.ts";
import { chardevSourceRefusing, readChardev } from "../chardev.ts";
import { unsupported, xmlError } from "../errors.ts";
import { info } from "../info.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";

const egdSource = chardevSourceRefusing((text) => unsupported(`unknown backend type '${text}' for egd`));
const Backend = element(
  "backend",
  {
    model: attrOneOf("model", ["random", "egd", "builtin"], { required: true }),
    $source: variant("model", {
      random: { path: text(absPath) },
      egd: { source: egdSource },
      builtin: {},
    }),
  },
  {
    read(backend, from) {
      if (backend.model === "egd" && from.attrs.type === undefined)
        throw xmlError("missing EGD backend type");
      if (backend.model === "egd") readChardev(backend.source, from);
    },
  },
);

const numberOf = (what: string) => refusing(uint, () => xmlError(`invalid RNG rate ${what} value`));

/** Feeds randomness to the guest. */
export const Rng = element(
  "rng",
  {
    model: fixed(
      "Target RNG model '%t' does not match source '%s'",
      attrOneOf("model", ["virtio", "virtio-transitional", "virtio-non-transitional"], { required: true }),
    ),
    rate: child(
      element(
        "rate",
        {
          bytes: attr("bytes", nonZero(numberOf("bytes")), {
            emptyIsAbsent: true,
            strict: { required: true },
          }),
          period: attr("period", nonZero(numberOf("period")), { emptyIsAbsent: true, omit: 0 }),
        },
        { view: (rate) => (rate.bytes ? rate : {}) },
      ),
      { joins: true },
    ),
    backend: child(Backend, { required: true, missing: () => xmlError("only one RNG backend is supported") }),
    driver: child(element("driver", virtioOptions)),
    ...info,
  },
  {
    read(_rng, from) {
      if (childrenNamed(from, "backend").length > 1) throw xmlError("only one RNG backend is supported");
    },
  },
);
export type Rng = Infer<typeof Rng>;
