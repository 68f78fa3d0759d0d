import { attr, element, type Infer, leaf, oneOf, size, str, variant } from "@libvirt-ts/xml";
import { told } from "../told.ts";
import { internalError } from "./errors.ts";
import { decimal, given, nested, number, word } from "./fields.ts";

/** Size in blocks; both are what the host says. */
const blocks = {
  logicalBlockSize: told(leaf("logical_block_size", size, { omit: 0 }), "logical_block_size"),
  numBlocks: told(leaf("num_blocks", size, { omit: 0 }), "num_blocks"),
};

const flag01 = {
  parse: (text: string) => text === "1",
  format: (value: boolean) => (value ? "1" : "0"),
};

const extraTypes = ["removable", "hotpluggable"] as const;
const StorageExtra = element("capability", {
  type: attr("type", oneOf(extraTypes), { required: true }),
  $details: variant("type", {
    removable: {
      mediaAvailable: leaf("media_available", flag01, { default: false }),
      /** Bytes. */
      mediaSize: number("media_size", "removable media size", { bits: 64 }),
      mediaLabel: leaf("media_label", str),
      ...blocks,
    },
    hotpluggable: {},
  }),
});
export type StorageExtra = Infer<typeof StorageExtra>;

const bytes = given<number>("size", {
  read: decimal(64),
  write: String,
  invalid: (device) => internalError(`invalid size supplied for '${device}'`),
});

/** A block device. Those with media that come and go have their size there. */
export const storage = {
  block: word("block", (device) => internalError(`no block device path supplied for '${device}'`)),
  bus: leaf("bus", str),
  driveType: leaf("drive_type", str),
  model: leaf("model", str),
  vendor: leaf("vendor", str),
  serial: leaf("serial", str),
  size: bytes,
  ...blocks,
  extras: nested(StorageExtra, extraTypes, {
    missing: (device) => internalError(`missing storage capability type for '${device}'`),
    unknown: (device, type) => internalError(`unknown storage capability type '${type}' for '${device}'`),
  }),
};
