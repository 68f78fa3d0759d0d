import { array, i32, optional, struct, u32 } from "@libvirt-ts/xdr";
import { text } from "../common.ts";
import { event, procFor } from "../program.ts";
import { Max } from "./limits.ts";
import { NonnullNodeDevice } from "./objects.ts";

export const NodeNumOfDevicesArgs = struct({ cap: optional(text), flags: u32 });
export const NodeNumOfDevicesRet = struct({ num: i32 });
export const NodeListDevicesArgs = struct({ cap: optional(text), maxnames: i32, flags: u32 });
export const NodeListDevicesRet = struct({ names: array(text, Max.NODE_DEVICE_LIST) });
export const NodeDeviceLookupByNameArgs = struct({ name: text });
export const NodeDeviceLookupByNameRet = struct({ dev: NonnullNodeDevice });
export const NodeDeviceLookupScsiHostByWwnArgs = struct({ wwnn: text, wwpn: text, flags: u32 });
export const NodeDeviceLookupScsiHostByWwnRet = struct({ dev: NonnullNodeDevice });
export const NodeDeviceGetXmlDescArgs = struct({ name: text, flags: u32 });
export const NodeDeviceGetXmlDescRet = struct({ xml: text });
export const NodeDeviceGetParentArgs = struct({ name: text });
export const NodeDeviceGetParentRet = struct({ parentName: optional(text) });
export const NodeDeviceNumOfCapsArgs = struct({ name: text });
export const NodeDeviceNumOfCapsRet = struct({ num: i32 });
export const NodeDeviceListCapsArgs = struct({ name: text, maxnames: i32 });
export const NodeDeviceListCapsRet = struct({ names: array(text, Max.NODE_DEVICE_CAPS_LIST) });
export const NodeDeviceCreateXmlArgs = struct({ xmlDesc: text, flags: u32 });
export const NodeDeviceCreateXmlRet = struct({ dev: NonnullNodeDevice });
export const NodeDeviceDestroyArgs = struct({ name: text });
export const NodeDeviceDefineXmlArgs = struct({ xmlDesc: text, flags: u32 });
export const NodeDeviceDefineXmlRet = struct({ dev: NonnullNodeDevice });
export const NodeDeviceUndefineArgs = struct({ name: text, flags: u32 });
export const NodeDeviceCreateArgs = struct({ name: text, flags: u32 });
export const NodeDeviceGetAutostartArgs = struct({ name: text });
export const NodeDeviceGetAutostartRet = struct({ autostart: i32 });
export const NodeDeviceSetAutostartArgs = struct({ name: text, autostart: i32 });
export const NodeDeviceIsPersistentArgs = struct({ name: text });
export const NodeDeviceIsPersistentRet = struct({ persistent: i32 });
export const NodeDeviceIsActiveArgs = struct({ name: text });
export const NodeDeviceIsActiveRet = struct({ active: i32 });
export const NodeDeviceUpdateArgs = struct({ name: text, xmlDesc: text, flags: u32 });
export const ConnectListAllNodeDevicesArgs = struct({ needResults: i32, flags: u32 });
export const ConnectListAllNodeDevicesRet = struct({
  devices: array(NonnullNodeDevice, Max.NODE_DEVICE_LIST),
  ret: u32,
});
export const ConnectNodeDeviceEventRegisterAnyArgs = struct({
  eventID: i32,
  dev: optional(NonnullNodeDevice),
});
export const ConnectNodeDeviceEventRegisterAnyRet = struct({ callbackID: i32 });
export const ConnectNodeDeviceEventDeregisterAnyArgs = struct({ callbackID: i32 });
export const NodeDeviceEventLifecycleMsg = struct({
  callbackID: i32,
  dev: NonnullNodeDevice,
  event: i32,
  detail: i32,
});
export const NodeDeviceEventUpdateMsg = struct({ callbackID: i32, dev: NonnullNodeDevice });

const proc = procFor("nodedev");

/** Devices of the host. */
export const nodeDeviceProcs = {
  nodeNumOfDevices: proc(111, NodeNumOfDevicesArgs, NodeNumOfDevicesRet, {
    api: "virNodeNumOfDevices",
    acl: "connect:search_node_devices",
    aclFilter: "node_device:getattr",
    priority: "high",
  }),
  nodeListDevices: proc(112, NodeListDevicesArgs, NodeListDevicesRet, {
    api: "virNodeListDevices",
    acl: "connect:search_node_devices",
    aclFilter: "node_device:getattr",
    priority: "high",
  }),
  nodeDeviceLookupByName: proc(113, NodeDeviceLookupByNameArgs, NodeDeviceLookupByNameRet, {
    api: "virNodeDeviceLookupByName",
    acl: "node_device:getattr",
    priority: "high",
  }),
  nodeDeviceGetXmlDesc: proc(114, NodeDeviceGetXmlDescArgs, NodeDeviceGetXmlDescRet, {
    api: "virNodeDeviceGetXMLDesc",
    acl: "node_device:read",
  }),
  nodeDeviceGetParent: proc(115, NodeDeviceGetParentArgs, NodeDeviceGetParentRet, {
    api: "virNodeDeviceGetParent",
    acl: "node_device:read",
    priority: "high",
  }),
  nodeDeviceNumOfCaps: proc(116, NodeDeviceNumOfCapsArgs, NodeDeviceNumOfCapsRet, {
    api: "virNodeDeviceNumOfCaps",
    acl: "node_device:read",
    priority: "high",
  }),
  nodeDeviceListCaps: proc(117, NodeDeviceListCapsArgs, NodeDeviceListCapsRet, {
    api: "virNodeDeviceListCaps",
    acl: "node_device:read",
    priority: "high",
  }),
  nodeDeviceCreateXml: proc(123, NodeDeviceCreateXmlArgs, NodeDeviceCreateXmlRet, {
    api: "virNodeDeviceCreateXML",
    acl: ["node_device:write", "node_device:start"],
  }),
  nodeDeviceDestroy: proc(124, NodeDeviceDestroyArgs, null, {
    api: "virNodeDeviceDestroy",
    acl: "node_device:stop",
    priority: "high",
  }),
  connectListAllNodeDevices: proc(285, ConnectListAllNodeDevicesArgs, ConnectListAllNodeDevicesRet, {
    api: "virConnectListAllNodeDevices",
    acl: "connect:search_node_devices",
    aclFilter: "node_device:getattr",
    priority: "high",
  }),
  nodeDeviceLookupScsiHostByWwn: proc(
    297,
    NodeDeviceLookupScsiHostByWwnArgs,
    NodeDeviceLookupScsiHostByWwnRet,
    { api: "virNodeDeviceLookupSCSIHostByWWN", acl: "node_device:getattr", priority: "high" },
  ),
  connectNodeDeviceEventRegisterAny: proc(
    374,
    ConnectNodeDeviceEventRegisterAnyArgs,
    ConnectNodeDeviceEventRegisterAnyRet,
    {
      api: "virConnectNodeDeviceEventRegisterAny",
      acl: "connect:search_node_devices",
      aclFilter: "node_device:getattr",
      priority: "high",
    },
  ),
  connectNodeDeviceEventDeregisterAny: proc(375, ConnectNodeDeviceEventDeregisterAnyArgs, null, {
    api: "virConnectNodeDeviceEventDeregisterAny",
    acl: "connect:read",
    priority: "high",
  }),
  nodeDeviceEventLifecycle: event(376, NodeDeviceEventLifecycleMsg),
  nodeDeviceEventUpdate: event(377, NodeDeviceEventUpdateMsg),
  nodeDeviceDefineXml: proc(428, NodeDeviceDefineXmlArgs, NodeDeviceDefineXmlRet, {
    api: "virNodeDeviceDefineXML",
    acl: ["node_device:write", "node_device:save"],
  }),
  nodeDeviceUndefine: proc(429, NodeDeviceUndefineArgs, null, {
    api: "virNodeDeviceUndefine",
    acl: "node_device:delete",
    priority: "high",
  }),
  nodeDeviceCreate: proc(430, NodeDeviceCreateArgs, null, {
    api: "virNodeDeviceCreate",
    acl: "node_device:start",
    priority: "high",
  }),
  nodeDeviceGetAutostart: proc(433, NodeDeviceGetAutostartArgs, NodeDeviceGetAutostartRet, {
    api: "virNodeDeviceGetAutostart",
    acl: "node_device:read",
    priority: "high",
  }),
  nodeDeviceSetAutostart: proc(434, NodeDeviceSetAutostartArgs, null, {
    api: "virNodeDeviceSetAutostart",
    acl: "node_device:write",
    priority: "high",
  }),
  nodeDeviceIsPersistent: proc(435, NodeDeviceIsPersistentArgs, NodeDeviceIsPersistentRet, {
    api: "virNodeDeviceIsPersistent",
    acl: "node_device:read",
    priority: "high",
  }),
  nodeDeviceIsActive: proc(436, NodeDeviceIsActiveArgs, NodeDeviceIsActiveRet, {
    api: "virNodeDeviceIsActive",
    acl: "node_device:read",
    priority: "high",
  }),
  nodeDeviceUpdate: proc(447, NodeDeviceUpdateArgs, null, {
    api: "virNodeDeviceUpdate",
    acl: [
      "node_device:write",
      "node_device:save:!VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG|VIR_NODE_DEVICE_UPDATE_AFFECT_LIVE",
      "node_device:save:VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG",
    ],
    priority: "high",
  }),
};
