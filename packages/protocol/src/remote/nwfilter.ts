import { array, i32, struct, u32 } from "@libvirt-ts/xdr";
import { text, uuid } from "../common.ts";
import { procFor } from "../program.ts";
import { Max } from "./limits.ts";
import { NonnullNwfilter, NonnullNwfilterBinding } from "./objects.ts";

export const ConnectNumOfNwfiltersRet = struct({ num: i32 });
export const ConnectListNwfiltersArgs = struct({ maxnames: i32 });
export const ConnectListNwfiltersRet = struct({ names: array(text, Max.NWFILTER_LIST) });
export const NwfilterLookupByUuidArgs = struct({ uuid });
export const NwfilterLookupByUuidRet = struct({ nwfilter: NonnullNwfilter });
export const NwfilterLookupByNameArgs = struct({ name: text });
export const NwfilterLookupByNameRet = struct({ nwfilter: NonnullNwfilter });
export const NwfilterDefineXmlArgs = struct({ xml: text });
export const NwfilterDefineXmlRet = struct({ nwfilter: NonnullNwfilter });
export const NwfilterDefineXmlFlagsArgs = struct({ xml: text, flags: u32 });
export const NwfilterDefineXmlFlagsRet = struct({ nwfilter: NonnullNwfilter });
export const NwfilterUndefineArgs = struct({ nwfilter: NonnullNwfilter });
export const NwfilterGetXmlDescArgs = struct({ nwfilter: NonnullNwfilter, flags: u32 });
export const NwfilterGetXmlDescRet = struct({ xml: text });
export const ConnectListAllNwfiltersArgs = struct({ needResults: i32, flags: u32 });
export const ConnectListAllNwfiltersRet = struct({
  filters: array(NonnullNwfilter, Max.NWFILTER_LIST),
  ret: u32,
});
export const NwfilterBindingLookupByPortDevArgs = struct({ name: text });
export const NwfilterBindingLookupByPortDevRet = struct({ nwfilter: NonnullNwfilterBinding });
export const NwfilterBindingCreateXmlArgs = struct({ xml: text, flags: u32 });
export const NwfilterBindingCreateXmlRet = struct({ nwfilter: NonnullNwfilterBinding });
export const NwfilterBindingDeleteArgs = struct({ nwfilter: NonnullNwfilterBinding });
export const NwfilterBindingGetXmlDescArgs = struct({ nwfilter: NonnullNwfilterBinding, flags: u32 });
export const NwfilterBindingGetXmlDescRet = struct({ xml: text });
export const ConnectListAllNwfilterBindingsArgs = struct({ needResults: i32, flags: u32 });
export const ConnectListAllNwfilterBindingsRet = struct({
  bindings: array(NonnullNwfilterBinding, Max.NWFILTER_BINDING_LIST),
  ret: u32,
});

const proc = procFor("nwfilter");

/** Network filters and their bindings. */
export const nwfilterProcs = {
  nwfilterLookupByName: proc(175, NwfilterLookupByNameArgs, NwfilterLookupByNameRet, {
    api: "virNWFilterLookupByName",
    acl: "nwfilter:getattr",
    priority: "high",
  }),
  nwfilterLookupByUuid: proc(176, NwfilterLookupByUuidArgs, NwfilterLookupByUuidRet, {
    api: "virNWFilterLookupByUUID",
    acl: "nwfilter:getattr",
    priority: "high",
  }),
  nwfilterGetXmlDesc: proc(177, NwfilterGetXmlDescArgs, NwfilterGetXmlDescRet, {
    api: "virNWFilterGetXMLDesc",
    acl: "nwfilter:read",
    priority: "high",
  }),
  connectNumOfNwfilters: proc(178, null, ConnectNumOfNwfiltersRet, {
    api: "virConnectNumOfNWFilters",
    acl: "connect:search_nwfilters",
    aclFilter: "nwfilter:getattr",
    priority: "high",
  }),
  connectListNwfilters: proc(179, ConnectListNwfiltersArgs, ConnectListNwfiltersRet, {
    api: "virConnectListNWFilters",
    acl: "connect:search_nwfilters",
    aclFilter: "nwfilter:getattr",
    priority: "high",
  }),
  nwfilterDefineXml: proc(180, NwfilterDefineXmlArgs, NwfilterDefineXmlRet, {
    api: "virNWFilterDefineXML",
    acl: ["nwfilter:write", "nwfilter:save"],
    priority: "high",
  }),
  nwfilterUndefine: proc(181, NwfilterUndefineArgs, null, {
    api: "virNWFilterUndefine",
    acl: "nwfilter:delete",
    priority: "high",
  }),
  connectListAllNwfilters: proc(286, ConnectListAllNwfiltersArgs, ConnectListAllNwfiltersRet, {
    api: "virConnectListAllNWFilters",
    acl: "connect:search_nwfilters",
    aclFilter: "nwfilter:getattr",
    priority: "high",
  }),
  nwfilterBindingLookupByPortDev: proc(
    397,
    NwfilterBindingLookupByPortDevArgs,
    NwfilterBindingLookupByPortDevRet,
    { api: "virNWFilterBindingLookupByPortDev", acl: "nwfilter_binding:getattr", priority: "high" },
  ),
  nwfilterBindingGetXmlDesc: proc(398, NwfilterBindingGetXmlDescArgs, NwfilterBindingGetXmlDescRet, {
    api: "virNWFilterBindingGetXMLDesc",
    acl: "nwfilter_binding:read",
    priority: "high",
  }),
  nwfilterBindingCreateXml: proc(399, NwfilterBindingCreateXmlArgs, NwfilterBindingCreateXmlRet, {
    api: "virNWFilterBindingCreateXML",
    acl: "nwfilter_binding:create",
    priority: "high",
  }),
  nwfilterBindingDelete: proc(400, NwfilterBindingDeleteArgs, null, {
    api: "virNWFilterBindingDelete",
    acl: "nwfilter_binding:delete",
    priority: "high",
  }),
  connectListAllNwfilterBindings: proc(
    401,
    ConnectListAllNwfilterBindingsArgs,
    ConnectListAllNwfilterBindingsRet,
    {
      api: "virConnectListAllNWFilterBindings",
      acl: "connect:search_nwfilter_bindings",
      aclFilter: "nwfilter_binding:getattr",
      priority: "high",
    },
  ),
  nwfilterDefineXmlFlags: proc(431, NwfilterDefineXmlFlagsArgs, NwfilterDefineXmlFlagsRet, {
    api: "virNWFilterDefineXMLFlags",
    acl: ["nwfilter:write", "nwfilter:save"],
    priority: "high",
  }),
};
