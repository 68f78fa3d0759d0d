import { attr, element, type Infer, leaf, list, str, xmlError, yesNo } from "@libvirt-ts/xml";
import { attrOneOf } from "./words.ts";

/** How a security driver labels one source rather than the whole guest. */
export const SourceSeclabel = element(
  "seclabel",
  {
    model: attr("model", str),
    relabel: attr("relabel", yesNo),
    labelskip: attr("labelskip", yesNo, { show: "kept" }),
    label: leaf("label", str),
  },
  {
    read(value, _from, context) {
      if (value.relabel === true && value.label === undefined && !context.status) {
        throw xmlError(`Cannot specify relabel if label is missing. model=${value.model ?? "(null)"}`);
      }
      if (value.label !== undefined && value.relabel === false) {
        throw xmlError(
          `Cannot specify a label if relabelling is turned off. model=${value.model ?? "(null)"}`,
        );
      }
    },
  },
);
export type SourceSeclabel = Infer<typeof SourceSeclabel>;
export const sourceSeclabels = { seclabels: list(SourceSeclabel) };

/** How a security driver labels the guest. */
export const Seclabel = element(
  "seclabel",
  {
    type: attrOneOf("type", ["none", "dynamic", "static"]),
    model: attr("model", str),
    relabel: attr("relabel", yesNo),
    label: leaf("label", str),
    baselabel: leaf("baselabel", str),
    imagelabel: leaf("imagelabel", str, { show: "kept" }),
  },
  { keepEmpty: true },
);
export type Seclabel = Infer<typeof Seclabel>;
