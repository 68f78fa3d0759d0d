export type { NodeCapability, NodeCapabilityOf, NodeDeviceDef } from "./device.ts";
export type { Identity } from "./fields.ts";
export type { MdevType } from "./mdev-types.ts";
export { formatNodeDevice, type ParseNodeDeviceOptions, parseNodeDevice } from "./parse.ts";
export type { PciExtra } from "./pci.ts";
export type { ScsiHostExtra, ScsiTargetExtra } from "./scsi.ts";
export type { StorageExtra } from "./storage.ts";
