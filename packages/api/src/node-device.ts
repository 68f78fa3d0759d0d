import type { Values } from "./values.ts";

/* Devices of the host. */

/** `virConnectListAllNodeDeviceFlags`: `VIR_CONNECT_LIST_NODE_DEVICES_*`. */
export const ConnectListAllNodeDeviceFlags = {
  CAP_SYSTEM: 0x1,
  CAP_PCI_DEV: 0x2,
  CAP_USB_DEV: 0x4,
  CAP_USB_INTERFACE: 0x8,
  CAP_NET: 0x10,
  CAP_SCSI_HOST: 0x20,
  CAP_SCSI_TARGET: 0x40,
  CAP_SCSI: 0x80,
  CAP_STORAGE: 0x100,
  CAP_FC_HOST: 0x200,
  CAP_VPORTS: 0x400,
  CAP_SCSI_GENERIC: 0x800,
  CAP_DRM: 0x1000,
  CAP_MDEV_TYPES: 0x2000,
  CAP_MDEV: 0x4000,
  CAP_CCW_DEV: 0x8000,
  CAP_CSS_DEV: 0x10000,
  CAP_VDPA: 0x20000,
  CAP_AP_CARD: 0x40000,
  CAP_AP_QUEUE: 0x80000,
  CAP_AP_MATRIX: 0x100000,
  CAP_VPD: 0x200000,
  CAP_CCWGROUP_DEV: 0x400000,
  CAP_CCWGROUP_MEMBER: 0x800000,
  PERSISTENT: 0x10000000,
  TRANSIENT: 0x20000000,
  INACTIVE: 0x40000000,
  ACTIVE: 0x80000000,
} as const;
export type ConnectListAllNodeDeviceFlags = Values<typeof ConnectListAllNodeDeviceFlags>;

/** `virNodeDeviceXMLFlags`: `VIR_NODE_DEVICE_XML_*`. */
export const NodeDeviceXmlFlags = {
  INACTIVE: 0x1,
} as const;
export type NodeDeviceXmlFlags = Values<typeof NodeDeviceXmlFlags>;

/** `virNodeDeviceCreateXMLFlags`: `VIR_NODE_DEVICE_CREATE_XML_*`. */
export const NodeDeviceCreateXmlFlags = {
  VALIDATE: 0x1,
} as const;
export type NodeDeviceCreateXmlFlags = Values<typeof NodeDeviceCreateXmlFlags>;

/** `virNodeDeviceDefineXMLFlags`: `VIR_NODE_DEVICE_DEFINE_XML_*`. */
export const NodeDeviceDefineXmlFlags = {
  VALIDATE: 0x1,
} as const;
export type NodeDeviceDefineXmlFlags = Values<typeof NodeDeviceDefineXmlFlags>;

/** `virNodeDeviceUpdateFlags`: `VIR_NODE_DEVICE_UPDATE_*`. */
export const NodeDeviceUpdateFlags = {
  AFFECT_CURRENT: 0x0,
  AFFECT_LIVE: 0x1,
  AFFECT_CONFIG: 0x2,
} as const;
export type NodeDeviceUpdateFlags = Values<typeof NodeDeviceUpdateFlags>;

/** `virNodeDeviceEventID`: `VIR_NODE_DEVICE_EVENT_ID_*`. */
export const NodeDeviceEventId = {
  LIFECYCLE: 0,
  UPDATE: 1,
} as const;
export type NodeDeviceEventId = Values<typeof NodeDeviceEventId>;

/** `virNodeDeviceEventLifecycleType`: `VIR_NODE_DEVICE_EVENT_*`. */
export const NodeDeviceEventLifecycleType = {
  CREATED: 0,
  DELETED: 1,
  DEFINED: 2,
  UNDEFINED: 3,
} as const;
export type NodeDeviceEventLifecycleType = Values<typeof NodeDeviceEventLifecycleType>;
