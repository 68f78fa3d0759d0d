import { array, i32, struct, u32 } from "@libvirt-ts/xdr";
import { text } from "../common.ts";
import { procFor } from "../program.ts";
import { Max } from "./limits.ts";
import { NonnullInterface } from "./objects.ts";

export const ConnectNumOfInterfacesRet = struct({ num: i32 });
export const ConnectListInterfacesArgs = struct({ maxnames: i32 });
export const ConnectListInterfacesRet = struct({ names: array(text, Max.INTERFACE_LIST) });
export const ConnectNumOfDefinedInterfacesRet = struct({ num: i32 });
export const ConnectListDefinedInterfacesArgs = struct({ maxnames: i32 });
export const ConnectListDefinedInterfacesRet = struct({ names: array(text, Max.INTERFACE_LIST) });
export const InterfaceLookupByNameArgs = struct({ name: text });
export const InterfaceLookupByNameRet = struct({ iface: NonnullInterface });
export const InterfaceLookupByMacStringArgs = struct({ mac: text });
export const InterfaceLookupByMacStringRet = struct({ iface: NonnullInterface });
export const InterfaceGetXmlDescArgs = struct({ iface: NonnullInterface, flags: u32 });
export const InterfaceGetXmlDescRet = struct({ xml: text });
export const InterfaceDefineXmlArgs = struct({ xml: text, flags: u32 });
export const InterfaceDefineXmlRet = struct({ iface: NonnullInterface });
export const InterfaceUndefineArgs = struct({ iface: NonnullInterface });
export const InterfaceCreateArgs = struct({ iface: NonnullInterface, flags: u32 });
export const InterfaceDestroyArgs = struct({ iface: NonnullInterface, flags: u32 });
export const InterfaceChangeBeginArgs = struct({ flags: u32 });
export const InterfaceChangeCommitArgs = struct({ flags: u32 });
export const InterfaceChangeRollbackArgs = struct({ flags: u32 });
export const InterfaceIsActiveArgs = struct({ iface: NonnullInterface });
export const InterfaceIsActiveRet = struct({ active: i32 });
export const ConnectListAllInterfacesArgs = struct({ needResults: i32, flags: u32 });
export const ConnectListAllInterfacesRet = struct({
  ifaces: array(NonnullInterface, Max.INTERFACE_LIST),
  ret: u32,
});

const proc = procFor("interface");

/** Interfaces of the host. */
export const interfaceProcs = {
  connectNumOfInterfaces: proc(126, null, ConnectNumOfInterfacesRet, {
    api: "virConnectNumOfInterfaces",
    acl: "connect:search_interfaces",
    aclFilter: "interface:getattr",
    priority: "high",
  }),
  connectListInterfaces: proc(127, ConnectListInterfacesArgs, ConnectListInterfacesRet, {
    api: "virConnectListInterfaces",
    acl: "connect:search_interfaces",
    aclFilter: "interface:getattr",
    priority: "high",
  }),
  interfaceLookupByName: proc(128, InterfaceLookupByNameArgs, InterfaceLookupByNameRet, {
    api: "virInterfaceLookupByName",
    acl: "interface:getattr",
    priority: "high",
  }),
  interfaceLookupByMacString: proc(129, InterfaceLookupByMacStringArgs, InterfaceLookupByMacStringRet, {
    api: "virInterfaceLookupByMACString",
    acl: "interface:getattr",
    priority: "high",
  }),
  interfaceGetXmlDesc: proc(130, InterfaceGetXmlDescArgs, InterfaceGetXmlDescRet, {
    api: "virInterfaceGetXMLDesc",
    acl: "interface:read",
  }),
  interfaceDefineXml: proc(131, InterfaceDefineXmlArgs, InterfaceDefineXmlRet, {
    api: "virInterfaceDefineXML",
    acl: ["interface:write", "interface:save"],
    priority: "high",
  }),
  interfaceUndefine: proc(132, InterfaceUndefineArgs, null, {
    api: "virInterfaceUndefine",
    acl: "interface:delete",
    priority: "high",
  }),
  interfaceCreate: proc(133, InterfaceCreateArgs, null, {
    api: "virInterfaceCreate",
    acl: "interface:start",
  }),
  interfaceDestroy: proc(134, InterfaceDestroyArgs, null, {
    api: "virInterfaceDestroy",
    acl: "interface:stop",
    priority: "high",
  }),
  connectNumOfDefinedInterfaces: proc(137, null, ConnectNumOfDefinedInterfacesRet, {
    api: "virConnectNumOfDefinedInterfaces",
    acl: "connect:search_interfaces",
    aclFilter: "interface:getattr",
    priority: "high",
  }),
  connectListDefinedInterfaces: proc(138, ConnectListDefinedInterfacesArgs, ConnectListDefinedInterfacesRet, {
    api: "virConnectListDefinedInterfaces",
    acl: "connect:search_interfaces",
    aclFilter: "interface:getattr",
    priority: "high",
  }),
  interfaceIsActive: proc(156, InterfaceIsActiveArgs, InterfaceIsActiveRet, {
    api: "virInterfaceIsActive",
    acl: "interface:read",
    priority: "high",
  }),
  interfaceChangeBegin: proc(220, InterfaceChangeBeginArgs, null, {
    api: "virInterfaceChangeBegin",
    acl: "connect:interface_transaction",
  }),
  interfaceChangeCommit: proc(221, InterfaceChangeCommitArgs, null, {
    api: "virInterfaceChangeCommit",
    acl: "connect:interface_transaction",
  }),
  interfaceChangeRollback: proc(222, InterfaceChangeRollbackArgs, null, {
    api: "virInterfaceChangeRollback",
    acl: "connect:interface_transaction",
  }),
  connectListAllInterfaces: proc(284, ConnectListAllInterfacesArgs, ConnectListAllInterfacesRet, {
    api: "virConnectListAllInterfaces",
    acl: "connect:search_interfaces",
    aclFilter: "interface:getattr",
    priority: "high",
  }),
};
