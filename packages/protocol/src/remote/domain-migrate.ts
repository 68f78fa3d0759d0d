import { bytes, i32, optional, struct, u32, u64 } from "@libvirt-ts/xdr";
import { NonnullDomain, text, typedParamList } from "../common.ts";
import { procFor } from "../program.ts";
import { Max } from "./limits.ts";

export const DomainMigratePrepareArgs = struct({
  uriIn: optional(text),
  flags: u64,
  dname: optional(text),
  resource: u64,
});
export const DomainMigratePrepareRet = struct({ cookie: bytes(Max.MIGRATE_COOKIE), uriOut: optional(text) });
export const DomainMigratePerformArgs = struct({
  dom: NonnullDomain,
  cookie: bytes(Max.MIGRATE_COOKIE),
  uri: text,
  flags: u64,
  dname: optional(text),
  resource: u64,
});
export const DomainMigrateFinishArgs = struct({
  dname: text,
  cookie: bytes(Max.MIGRATE_COOKIE),
  uri: text,
  flags: u64,
});
export const DomainMigrateFinishRet = struct({ ddom: NonnullDomain });
export const DomainMigratePrepare2Args = struct({
  uriIn: optional(text),
  flags: u64,
  dname: optional(text),
  resource: u64,
  domXml: text,
});
export const DomainMigratePrepare2Ret = struct({ cookie: bytes(Max.MIGRATE_COOKIE), uriOut: optional(text) });
export const DomainMigrateFinish2Args = struct({
  dname: text,
  cookie: bytes(Max.MIGRATE_COOKIE),
  uri: text,
  flags: u64,
  retcode: i32,
});
export const DomainMigrateFinish2Ret = struct({ ddom: NonnullDomain });
export const DomainMigratePrepareTunnelArgs = struct({
  flags: u64,
  dname: optional(text),
  resource: u64,
  domXml: text,
});
export const DomainMigrateGetMaxDowntimeArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainMigrateGetMaxDowntimeRet = struct({ downtime: u64 });
export const DomainMigrateSetMaxDowntimeArgs = struct({ dom: NonnullDomain, downtime: u64, flags: u32 });
export const DomainMigrateGetCompressionCacheArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainMigrateGetCompressionCacheRet = struct({ cacheSize: u64 });
export const DomainMigrateSetCompressionCacheArgs = struct({
  dom: NonnullDomain,
  cacheSize: u64,
  flags: u32,
});
export const DomainMigrateSetMaxSpeedArgs = struct({ dom: NonnullDomain, bandwidth: u64, flags: u32 });
export const DomainMigrateGetMaxSpeedArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainMigrateGetMaxSpeedRet = struct({ bandwidth: u64 });
export const DomainMigrateBegin3Args = struct({
  dom: NonnullDomain,
  xmlin: optional(text),
  flags: u64,
  dname: optional(text),
  resource: u64,
});
export const DomainMigrateBegin3Ret = struct({ cookieOut: bytes(Max.MIGRATE_COOKIE), xml: text });
export const DomainMigratePrepare3Args = struct({
  cookieIn: bytes(Max.MIGRATE_COOKIE),
  uriIn: optional(text),
  flags: u64,
  dname: optional(text),
  resource: u64,
  domXml: text,
});
export const DomainMigratePrepare3Ret = struct({
  cookieOut: bytes(Max.MIGRATE_COOKIE),
  uriOut: optional(text),
});
export const DomainMigratePrepareTunnel3Args = struct({
  cookieIn: bytes(Max.MIGRATE_COOKIE),
  flags: u64,
  dname: optional(text),
  resource: u64,
  domXml: text,
});
export const DomainMigratePrepareTunnel3Ret = struct({ cookieOut: bytes(Max.MIGRATE_COOKIE) });
export const DomainMigratePerform3Args = struct({
  dom: NonnullDomain,
  xmlin: optional(text),
  cookieIn: bytes(Max.MIGRATE_COOKIE),
  dconnuri: optional(text),
  uri: optional(text),
  flags: u64,
  dname: optional(text),
  resource: u64,
});
export const DomainMigratePerform3Ret = struct({ cookieOut: bytes(Max.MIGRATE_COOKIE) });
export const DomainMigrateFinish3Args = struct({
  dname: text,
  cookieIn: bytes(Max.MIGRATE_COOKIE),
  dconnuri: optional(text),
  uri: optional(text),
  flags: u64,
  cancelled: i32,
});
export const DomainMigrateFinish3Ret = struct({ dom: NonnullDomain, cookieOut: bytes(Max.MIGRATE_COOKIE) });
export const DomainMigrateConfirm3Args = struct({
  dom: NonnullDomain,
  cookieIn: bytes(Max.MIGRATE_COOKIE),
  flags: u64,
  cancelled: i32,
});
export const DomainMigrateBegin3ParamsArgs = struct({
  dom: NonnullDomain,
  params: typedParamList(Max.DOMAIN_MIGRATE_PARAM_LIST),
  flags: u32,
});
export const DomainMigrateBegin3ParamsRet = struct({ cookieOut: bytes(Max.MIGRATE_COOKIE), xml: text });
export const DomainMigratePrepare3ParamsArgs = struct({
  params: typedParamList(Max.DOMAIN_MIGRATE_PARAM_LIST),
  cookieIn: bytes(Max.MIGRATE_COOKIE),
  flags: u32,
});
export const DomainMigratePrepare3ParamsRet = struct({
  cookieOut: bytes(Max.MIGRATE_COOKIE),
  uriOut: optional(text),
});
export const DomainMigratePrepareTunnel3ParamsArgs = struct({
  params: typedParamList(Max.DOMAIN_MIGRATE_PARAM_LIST),
  cookieIn: bytes(Max.MIGRATE_COOKIE),
  flags: u32,
});
export const DomainMigratePrepareTunnel3ParamsRet = struct({ cookieOut: bytes(Max.MIGRATE_COOKIE) });
export const DomainMigratePerform3ParamsArgs = struct({
  dom: NonnullDomain,
  dconnuri: optional(text),
  params: typedParamList(Max.DOMAIN_MIGRATE_PARAM_LIST),
  cookieIn: bytes(Max.MIGRATE_COOKIE),
  flags: u32,
});
export const DomainMigratePerform3ParamsRet = struct({ cookieOut: bytes(Max.MIGRATE_COOKIE) });
export const DomainMigrateFinish3ParamsArgs = struct({
  params: typedParamList(Max.DOMAIN_MIGRATE_PARAM_LIST),
  cookieIn: bytes(Max.MIGRATE_COOKIE),
  flags: u32,
  cancelled: i32,
});
export const DomainMigrateFinish3ParamsRet = struct({
  dom: NonnullDomain,
  cookieOut: bytes(Max.MIGRATE_COOKIE),
});
export const DomainMigrateConfirm3ParamsArgs = struct({
  dom: NonnullDomain,
  params: typedParamList(Max.DOMAIN_MIGRATE_PARAM_LIST),
  cookieIn: bytes(Max.MIGRATE_COOKIE),
  flags: u32,
  cancelled: i32,
});
export const DomainMigrateStartPostCopyArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainStartDirtyRateCalcArgs = struct({ dom: NonnullDomain, seconds: i32, flags: u32 });

const proc = procFor("hypervisor");

/** Migration in all its historic shapes. */
export const domainMigrateProcs = {
  domainMigratePrepare: proc(61, DomainMigratePrepareArgs, DomainMigratePrepareRet, {
    api: "virDomainMigratePrepare",
    acl: ["domain:migrate", "domain:start", "domain:write"],
  }),
  domainMigratePerform: proc(62, DomainMigratePerformArgs, null, {
    api: "virDomainMigratePerform",
    acl: "domain:migrate",
  }),
  domainMigrateFinish: proc(63, DomainMigrateFinishArgs, DomainMigrateFinishRet, {
    api: "virDomainMigrateFinish",
    acl: "domain:migrate",
  }),
  domainMigratePrepare2: proc(108, DomainMigratePrepare2Args, DomainMigratePrepare2Ret, {
    api: "virDomainMigratePrepare2",
    acl: ["domain:migrate", "domain:start", "domain:write"],
  }),
  domainMigrateFinish2: proc(109, DomainMigrateFinish2Args, DomainMigrateFinish2Ret, {
    api: "virDomainMigrateFinish2",
    acl: "domain:migrate",
  }),
  domainMigratePrepareTunnel: proc(148, DomainMigratePrepareTunnelArgs, null, {
    api: "virDomainMigratePrepareTunnel",
    acl: ["domain:migrate", "domain:start", "domain:write"],
    stream: { direction: "write" },
  }),
  domainMigrateSetMaxDowntime: proc(166, DomainMigrateSetMaxDowntimeArgs, null, {
    api: "virDomainMigrateSetMaxDowntime",
    acl: "domain:migrate",
  }),
  domainMigrateSetMaxSpeed: proc(207, DomainMigrateSetMaxSpeedArgs, null, {
    api: "virDomainMigrateSetMaxSpeed",
    acl: "domain:migrate",
  }),
  domainMigrateBegin3: proc(213, DomainMigrateBegin3Args, DomainMigrateBegin3Ret, {
    api: "virDomainMigrateBegin3",
    acl: "domain:migrate",
  }),
  domainMigratePrepare3: proc(214, DomainMigratePrepare3Args, DomainMigratePrepare3Ret, {
    api: "virDomainMigratePrepare3",
    acl: ["domain:migrate", "domain:start", "domain:write"],
  }),
  domainMigratePrepareTunnel3: proc(215, DomainMigratePrepareTunnel3Args, DomainMigratePrepareTunnel3Ret, {
    api: "virDomainMigratePrepareTunnel3",
    acl: ["domain:migrate", "domain:start", "domain:write"],
    stream: { direction: "write" },
  }),
  domainMigratePerform3: proc(216, DomainMigratePerform3Args, DomainMigratePerform3Ret, {
    api: "virDomainMigratePerform3",
    acl: "domain:migrate",
  }),
  domainMigrateFinish3: proc(217, DomainMigrateFinish3Args, DomainMigrateFinish3Ret, {
    api: "virDomainMigrateFinish3",
    acl: "domain:migrate",
  }),
  domainMigrateConfirm3: proc(218, DomainMigrateConfirm3Args, null, {
    api: "virDomainMigrateConfirm3",
    acl: "domain:migrate",
  }),
  domainMigrateGetMaxSpeed: proc(242, DomainMigrateGetMaxSpeedArgs, DomainMigrateGetMaxSpeedRet, {
    api: "virDomainMigrateGetMaxSpeed",
    acl: "domain:migrate",
  }),
  domainMigrateGetCompressionCache: proc(
    299,
    DomainMigrateGetCompressionCacheArgs,
    DomainMigrateGetCompressionCacheRet,
    { api: "virDomainMigrateGetCompressionCache", acl: "domain:migrate" },
  ),
  domainMigrateSetCompressionCache: proc(300, DomainMigrateSetCompressionCacheArgs, null, {
    api: "virDomainMigrateSetCompressionCache",
    acl: "domain:migrate",
  }),
  domainMigrateBegin3Params: proc(302, DomainMigrateBegin3ParamsArgs, DomainMigrateBegin3ParamsRet, {
    api: "virDomainMigrateBegin3Params",
    acl: "domain:migrate",
  }),
  domainMigratePrepare3Params: proc(303, DomainMigratePrepare3ParamsArgs, DomainMigratePrepare3ParamsRet, {
    api: "virDomainMigratePrepare3Params",
    acl: ["domain:migrate", "domain:start", "domain:write"],
  }),
  domainMigratePrepareTunnel3Params: proc(
    304,
    DomainMigratePrepareTunnel3ParamsArgs,
    DomainMigratePrepareTunnel3ParamsRet,
    { api: "virDomainMigratePrepareTunnel3Params", acl: ["domain:migrate", "domain:start", "domain:write"] },
  ),
  domainMigratePerform3Params: proc(305, DomainMigratePerform3ParamsArgs, DomainMigratePerform3ParamsRet, {
    api: "virDomainMigratePerform3Params",
    acl: "domain:migrate",
  }),
  domainMigrateFinish3Params: proc(306, DomainMigrateFinish3ParamsArgs, DomainMigrateFinish3ParamsRet, {
    api: "virDomainMigrateFinish3Params",
    acl: "domain:migrate",
  }),
  domainMigrateConfirm3Params: proc(307, DomainMigrateConfirm3ParamsArgs, null, {
    api: "virDomainMigrateConfirm3Params",
    acl: "domain:migrate",
  }),
  domainMigrateStartPostCopy: proc(364, DomainMigrateStartPostCopyArgs, null, {
    api: "virDomainMigrateStartPostCopy",
    acl: "domain:migrate",
  }),
  domainMigrateGetMaxDowntime: proc(387, DomainMigrateGetMaxDowntimeArgs, DomainMigrateGetMaxDowntimeRet, {
    api: "virDomainMigrateGetMaxDowntime",
    acl: "domain:migrate",
  }),
  domainStartDirtyRateCalc: proc(427, DomainStartDirtyRateCalcArgs, null, {
    api: "virDomainStartDirtyRateCalc",
    acl: "domain:write",
  }),
};
