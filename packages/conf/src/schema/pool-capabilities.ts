import { attr, attrOf, child, element, leaves, list, oneOf, str, yesNo } from "@libvirt-ts/xml";
import { storagePoolTypes } from "../storage/pool-types.ts";

const options = (tag: string) =>
  child(
    element(tag, {
      defaultFormat: attrOf("defaultFormat", "type", str),
      enums: list(
        element("enum", { name: attr("name", str, { required: true }), values: leaves("value", str) }),
      ),
    }),
  );

/** Which storage pools a host supports. */
export const StoragePoolCapabilities = element("storagepoolCapabilities", {
  pools: list(
    element("pool", {
      type: attr("type", oneOf(storagePoolTypes), { required: true }),
      supported: attr("supported", yesNo, { required: true }),
      poolOptions: options("poolOptions"),
      volOptions: options("volOptions"),
    }),
  ),
});
