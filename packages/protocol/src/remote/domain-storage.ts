import { array, bytes, type Infer, i32, i64, optional, struct, u32, u64 } from "@libvirt-ts/xdr";
import { NonnullDomain, text, typedParamList } from "../common.ts";
import { procFor } from "../program.ts";
import { Max } from "./limits.ts";

export const DomainDiskError = struct({ disk: text, error: i32 });
export type DomainDiskError = Infer<typeof DomainDiskError>;
export const DomainSetBlkioParametersArgs = struct({
  dom: NonnullDomain,
  params: typedParamList(Max.DOMAIN_BLKIO_PARAMETERS),
  flags: u32,
});
export const DomainGetBlkioParametersArgs = struct({ dom: NonnullDomain, nparams: i32, flags: u32 });
export const DomainGetBlkioParametersRet = struct({
  params: typedParamList(Max.DOMAIN_BLKIO_PARAMETERS),
  nparams: i32,
});
export const DomainBlockResizeArgs = struct({ dom: NonnullDomain, disk: text, size: u64, flags: u32 });
export const DomainBlockStatsArgs = struct({ dom: NonnullDomain, path: text });
export const DomainBlockStatsRet = struct({ rdReq: i64, rdBytes: i64, wrReq: i64, wrBytes: i64, errs: i64 });
export const DomainBlockStatsFlagsArgs = struct({ dom: NonnullDomain, path: text, nparams: i32, flags: u32 });
export const DomainBlockStatsFlagsRet = struct({
  params: typedParamList(Max.DOMAIN_BLOCK_STATS_PARAMETERS),
  nparams: i32,
});
export const DomainBlockPeekArgs = struct({
  dom: NonnullDomain,
  path: text,
  offset: u64,
  size: u32,
  flags: u32,
});
export const DomainBlockPeekRet = struct({ buffer: bytes(Max.DOMAIN_BLOCK_PEEK_BUFFER) });
export const DomainGetBlockInfoArgs = struct({ dom: NonnullDomain, path: text, flags: u32 });
export const DomainGetBlockInfoRet = struct({ allocation: u64, capacity: u64, physical: u64 });
export const DomainBlockJobAbortArgs = struct({ dom: NonnullDomain, path: text, flags: u32 });
export const DomainGetBlockJobInfoArgs = struct({ dom: NonnullDomain, path: text, flags: u32 });
export const DomainGetBlockJobInfoRet = struct({ found: i32, type: i32, bandwidth: u64, cur: u64, end: u64 });
export const DomainBlockJobSetSpeedArgs = struct({
  dom: NonnullDomain,
  path: text,
  bandwidth: u64,
  flags: u32,
});
export const DomainBlockPullArgs = struct({ dom: NonnullDomain, path: text, bandwidth: u64, flags: u32 });
export const DomainBlockRebaseArgs = struct({
  dom: NonnullDomain,
  path: text,
  base: optional(text),
  bandwidth: u64,
  flags: u32,
});
export const DomainBlockCopyArgs = struct({
  dom: NonnullDomain,
  path: text,
  destxml: text,
  params: typedParamList(Max.DOMAIN_BLOCK_COPY_PARAMETERS),
  flags: u32,
});
export const DomainBlockCommitArgs = struct({
  dom: NonnullDomain,
  disk: text,
  base: optional(text),
  top: optional(text),
  bandwidth: u64,
  flags: u32,
});
export const DomainSetBlockIoTuneArgs = struct({
  dom: NonnullDomain,
  disk: text,
  params: typedParamList(Max.DOMAIN_BLOCK_IO_TUNE_PARAMETERS),
  flags: u32,
});
export const DomainGetBlockIoTuneArgs = struct({
  dom: NonnullDomain,
  disk: optional(text),
  nparams: i32,
  flags: u32,
});
export const DomainGetBlockIoTuneRet = struct({
  params: typedParamList(Max.DOMAIN_BLOCK_IO_TUNE_PARAMETERS),
  nparams: i32,
});
export const DomainSetThrottleGroupArgs = struct({
  dom: NonnullDomain,
  group: text,
  params: typedParamList(Max.DOMAIN_BLOCK_IO_TUNE_PARAMETERS),
  flags: u32,
});
export const DomainDelThrottleGroupArgs = struct({ dom: NonnullDomain, group: optional(text), flags: u32 });
export const DomainGetDiskErrorsArgs = struct({ dom: NonnullDomain, maxerrors: u32, flags: u32 });
export const DomainGetDiskErrorsRet = struct({
  errors: array(DomainDiskError, Max.DOMAIN_DISK_ERRORS),
  nerrors: i32,
});
export const DomainFstrimArgs = struct({
  dom: NonnullDomain,
  mountPoint: optional(text),
  minimum: u64,
  flags: u32,
});
export const DomainFsfreezeArgs = struct({
  dom: NonnullDomain,
  mountpoints: array(text, Max.DOMAIN_FSFREEZE_MOUNTPOINTS),
  flags: u32,
});
export const DomainFsfreezeRet = struct({ filesystems: i32 });
export const DomainFsthawArgs = struct({
  dom: NonnullDomain,
  mountpoints: array(text, Max.DOMAIN_FSFREEZE_MOUNTPOINTS),
  flags: u32,
});
export const DomainFsthawRet = struct({ filesystems: i32 });
export const DomainFsinfo = struct({
  mountpoint: text,
  name: text,
  fstype: text,
  devAliases: array(text, Max.DOMAIN_FSINFO_DISKS),
});
export type DomainFsinfo = Infer<typeof DomainFsinfo>;
export const DomainGetFsinfoArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetFsinfoRet = struct({ info: array(DomainFsinfo, Max.DOMAIN_FSINFO), ret: u32 });
export const DomainSetBlockThresholdArgs = struct({
  dom: NonnullDomain,
  dev: text,
  threshold: u64,
  flags: u32,
});

const proc = procFor("hypervisor");

/** Disks and file systems of a domain. */
export const domainStorageProcs = {
  domainBlockStats: proc(64, DomainBlockStatsArgs, DomainBlockStatsRet, {
    api: "virDomainBlockStats",
    acl: "domain:read",
  }),
  domainBlockPeek: proc(103, DomainBlockPeekArgs, DomainBlockPeekRet, {
    api: "virDomainBlockPeek",
    acl: "domain:block_read",
  }),
  domainGetBlockInfo: proc(194, DomainGetBlockInfoArgs, DomainGetBlockInfoRet, {
    api: "virDomainGetBlockInfo",
    acl: "domain:read",
  }),
  domainSetBlkioParameters: proc(205, DomainSetBlkioParametersArgs, null, {
    api: "virDomainSetBlkioParameters",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainGetBlkioParameters: proc(206, DomainGetBlkioParametersArgs, DomainGetBlkioParametersRet, {
    api: "virDomainGetBlkioParameters",
    acl: "domain:read",
  }),
  domainBlockJobAbort: proc(237, DomainBlockJobAbortArgs, null, {
    api: "virDomainBlockJobAbort",
    acl: "domain:write",
  }),
  domainGetBlockJobInfo: proc(238, DomainGetBlockJobInfoArgs, DomainGetBlockJobInfoRet, {
    api: "virDomainGetBlockJobInfo",
    acl: "domain:read",
  }),
  domainBlockJobSetSpeed: proc(239, DomainBlockJobSetSpeedArgs, null, {
    api: "virDomainBlockJobSetSpeed",
    acl: "domain:write",
  }),
  domainBlockPull: proc(240, DomainBlockPullArgs, null, {
    api: "virDomainBlockPull",
    acl: "domain:block_write",
  }),
  domainBlockStatsFlags: proc(243, DomainBlockStatsFlagsArgs, DomainBlockStatsFlagsRet, {
    api: "virDomainBlockStatsFlags",
    acl: "domain:read",
  }),
  domainBlockResize: proc(251, DomainBlockResizeArgs, null, {
    api: "virDomainBlockResize",
    acl: "domain:block_write",
  }),
  domainSetBlockIoTune: proc(252, DomainSetBlockIoTuneArgs, null, {
    api: "virDomainSetBlockIoTune",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainGetBlockIoTune: proc(253, DomainGetBlockIoTuneArgs, DomainGetBlockIoTuneRet, {
    api: "virDomainGetBlockIoTune",
    acl: "domain:read",
  }),
  domainGetDiskErrors: proc(263, DomainGetDiskErrorsArgs, DomainGetDiskErrorsRet, {
    api: "virDomainGetDiskErrors",
    acl: "domain:read",
  }),
  domainBlockRebase: proc(266, DomainBlockRebaseArgs, null, {
    api: "virDomainBlockRebase",
    acl: "domain:block_write",
  }),
  domainBlockCommit: proc(290, DomainBlockCommitArgs, null, {
    api: "virDomainBlockCommit",
    acl: "domain:block_write",
  }),
  domainFstrim: proc(294, DomainFstrimArgs, null, { api: "virDomainFSTrim", acl: "domain:fs_trim" }),
  domainFsfreeze: proc(335, DomainFsfreezeArgs, DomainFsfreezeRet, {
    api: "virDomainFSFreeze",
    acl: "domain:fs_freeze",
  }),
  domainFsthaw: proc(336, DomainFsthawArgs, DomainFsthawRet, {
    api: "virDomainFSThaw",
    acl: "domain:fs_freeze",
  }),
  domainBlockCopy: proc(345, DomainBlockCopyArgs, null, {
    api: "virDomainBlockCopy",
    acl: "domain:block_write",
  }),
  domainGetFsinfo: proc(349, DomainGetFsinfoArgs, DomainGetFsinfoRet, {
    api: "virDomainGetFSInfo",
    acl: "domain:fs_freeze",
  }),
  domainSetBlockThreshold: proc(386, DomainSetBlockThresholdArgs, null, {
    api: "virDomainSetBlockThreshold",
    acl: "domain:write",
  }),
  domainSetThrottleGroup: proc(451, DomainSetThrottleGroupArgs, null, {
    api: "virDomainSetThrottleGroup",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainDelThrottleGroup: proc(452, DomainDelThrottleGroupArgs, null, {
    api: "virDomainDelThrottleGroup",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
};
