import type { Values } from "./values.ts";

/* Interfaces of the host. */

/** `virConnectListAllInterfacesFlags`: `VIR_CONNECT_LIST_INTERFACES_*`. */
export const ConnectListAllInterfacesFlags = {
  INACTIVE: 0x1,
  ACTIVE: 0x2,
} as const;
export type ConnectListAllInterfacesFlags = Values<typeof ConnectListAllInterfacesFlags>;

/** `virInterfaceXMLFlags`: `VIR_INTERFACE_XML_*`. */
export const InterfaceXmlFlags = {
  INACTIVE: 0x1,
} as const;
export type InterfaceXmlFlags = Values<typeof InterfaceXmlFlags>;

/** `virInterfaceDefineFlags`: `VIR_INTERFACE_DEFINE_*`. */
export const InterfaceDefineFlags = {
  VALIDATE: 0x1,
} as const;
export type InterfaceDefineFlags = Values<typeof InterfaceDefineFlags>;
