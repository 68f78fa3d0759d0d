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
import { chardevSource, checkChardevSource } from "../chardev.ts";
import { xmlError } from "../errors.ts";
import { info } from "../info.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";

const Backend = element(
  "backend",
  {
    model: attrOneOf("model", ["random", "egd", "builtin"], { required: true }),
    $source: variant("model", {
      random: { path: text(absPath) },
      egd: { source: chardevSource },
      builtin: {},
    }),
  },
  {
    read(backend, from) {
      if (backend.model === "egd" && from.attrs.type === undefined)
        throw xmlError("missing EGD backend type");
      if (backend.model === "egd") checkChardevSource(backend.source, from, false);
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
      element("rate", {
        bytes: attr("bytes", nonZero(numberOf("bytes")), { strict: { required: true }, omit: 0 }),
        period: attr("period", nonZero(numberOf("period")), { omit: 0 }),
      }),
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
