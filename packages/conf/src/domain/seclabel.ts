import { attr, childNamed, element, type Infer, leaf, list, onlyYes, str, yesNo } from "@libvirt-ts/xml";
import { unsupported, xmlError } from "./errors.ts";
import { attrOneOf } from "./words.ts";

/** How a security driver labels one source rather than the whole guest. */
export const SourceSeclabel = element(
  "seclabel",
  {
    model: attr("model", str),
    relabel: attr("relabel", yesNo),
    labelskip: attr("labelskip", onlyYes, { show: "kept", omit: false }),
    label: leaf("label", str, { strict: { many: true } }),
  },
  {
    rule: (label) =>
      label.attrs.relabel === "no" || label.attrs.labelskip === "yes" || childNamed(label, "label")
        ? undefined
        : "<seclabel> needs relabel='no' or an element <label>",
    read(value, _from, context) {
      if (value.relabel === true && value.label === undefined && !context.status) {
        throw xmlError(`Cannot specify relabel if label is missing. model=${value.model ?? "(null)"}`);
      }
      if (!value.labelskip) value.relabel ??= true;
      if (value.label !== undefined && value.relabel === false) {
        throw xmlError(
          `Cannot specify a label if relabelling is turned off. model=${value.model ?? "(null)"}`,
        );
      }
    },
  },
);
export type SourceSeclabel = Infer<typeof SourceSeclabel>;
export const sourceSeclabels = {
  seclabels: list(SourceSeclabel, {
    // One that says nothing at all had its label skipped, once.
    hide: ({ labelskip, relabel, label }, { inactive }) =>
      inactive === true && (labelskip === true || (relabel !== false && label === undefined)),
  }),
};

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
  {
    keepEmpty: true,
    read(label) {
      if (label.type === "none" && label.relabel)
        throw unsupported("resource relabeling is not compatible with 'none' label type");
      if (label.type === "none") label.label = undefined;
    },
  },
);
export type Seclabel = Infer<typeof Seclabel>;
