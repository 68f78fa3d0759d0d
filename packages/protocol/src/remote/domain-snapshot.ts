import { array, i32, optional, struct, u32 } from "@libvirt-ts/xdr";
import { NonnullDomain, text } from "../common.ts";
import { procFor } from "../program.ts";
import { Max } from "./limits.ts";
import { NonnullDomainCheckpoint, NonnullDomainSnapshot } from "./objects.ts";

export const DomainSnapshotCreateXmlArgs = struct({ dom: NonnullDomain, xmlDesc: text, flags: u32 });
export const DomainSnapshotCreateXmlRet = struct({ snap: NonnullDomainSnapshot });
export const DomainSnapshotGetXmlDescArgs = struct({ snap: NonnullDomainSnapshot, flags: u32 });
export const DomainSnapshotGetXmlDescRet = struct({ xml: text });
export const DomainSnapshotNumArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainSnapshotNumRet = struct({ num: i32 });
export const DomainSnapshotListNamesArgs = struct({ dom: NonnullDomain, maxnames: i32, flags: u32 });
export const DomainSnapshotListNamesRet = struct({ names: array(text, Max.DOMAIN_SNAPSHOT_LIST) });
export const DomainListAllSnapshotsArgs = struct({ dom: NonnullDomain, needResults: i32, flags: u32 });
export const DomainListAllSnapshotsRet = struct({
  snapshots: array(NonnullDomainSnapshot, Max.DOMAIN_SNAPSHOT_LIST),
  ret: i32,
});
export const DomainSnapshotNumChildrenArgs = struct({ snap: NonnullDomainSnapshot, flags: u32 });
export const DomainSnapshotNumChildrenRet = struct({ num: i32 });
export const DomainSnapshotListChildrenNamesArgs = struct({
  snap: NonnullDomainSnapshot,
  maxnames: i32,
  flags: u32,
});
export const DomainSnapshotListChildrenNamesRet = struct({ names: array(text, Max.DOMAIN_SNAPSHOT_LIST) });
export const DomainSnapshotListAllChildrenArgs = struct({
  snapshot: NonnullDomainSnapshot,
  needResults: i32,
  flags: u32,
});
export const DomainSnapshotListAllChildrenRet = struct({
  snapshots: array(NonnullDomainSnapshot, Max.DOMAIN_SNAPSHOT_LIST),
  ret: i32,
});
export const DomainSnapshotLookupByNameArgs = struct({ dom: NonnullDomain, name: text, flags: u32 });
export const DomainSnapshotLookupByNameRet = struct({ snap: NonnullDomainSnapshot });
export const DomainHasCurrentSnapshotArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainHasCurrentSnapshotRet = struct({ result: i32 });
export const DomainSnapshotGetParentArgs = struct({ snap: NonnullDomainSnapshot, flags: u32 });
export const DomainSnapshotGetParentRet = struct({ snap: NonnullDomainSnapshot });
export const DomainSnapshotCurrentArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainSnapshotCurrentRet = struct({ snap: NonnullDomainSnapshot });
export const DomainSnapshotIsCurrentArgs = struct({ snap: NonnullDomainSnapshot, flags: u32 });
export const DomainSnapshotIsCurrentRet = struct({ current: i32 });
export const DomainSnapshotHasMetadataArgs = struct({ snap: NonnullDomainSnapshot, flags: u32 });
export const DomainSnapshotHasMetadataRet = struct({ metadata: i32 });
export const DomainRevertToSnapshotArgs = struct({ snap: NonnullDomainSnapshot, flags: u32 });
export const DomainSnapshotDeleteArgs = struct({ snap: NonnullDomainSnapshot, flags: u32 });
export const DomainCheckpointCreateXmlArgs = struct({ dom: NonnullDomain, xmlDesc: text, flags: u32 });
export const DomainCheckpointCreateXmlRet = struct({ checkpoint: NonnullDomainCheckpoint });
export const DomainCheckpointGetXmlDescArgs = struct({ checkpoint: NonnullDomainCheckpoint, flags: u32 });
export const DomainCheckpointGetXmlDescRet = struct({ xml: text });
export const DomainListAllCheckpointsArgs = struct({ dom: NonnullDomain, needResults: i32, flags: u32 });
export const DomainListAllCheckpointsRet = struct({
  checkpoints: array(NonnullDomainCheckpoint, Max.DOMAIN_CHECKPOINT_LIST),
  ret: i32,
});
export const DomainCheckpointListAllChildrenArgs = struct({
  checkpoint: NonnullDomainCheckpoint,
  needResults: i32,
  flags: u32,
});
export const DomainCheckpointListAllChildrenRet = struct({
  checkpoints: array(NonnullDomainCheckpoint, Max.DOMAIN_CHECKPOINT_LIST),
  ret: i32,
});
export const DomainCheckpointLookupByNameArgs = struct({ dom: NonnullDomain, name: text, flags: u32 });
export const DomainCheckpointLookupByNameRet = struct({ checkpoint: NonnullDomainCheckpoint });
export const DomainCheckpointGetParentArgs = struct({ checkpoint: NonnullDomainCheckpoint, flags: u32 });
export const DomainCheckpointGetParentRet = struct({ parent: NonnullDomainCheckpoint });
export const DomainCheckpointDeleteArgs = struct({ checkpoint: NonnullDomainCheckpoint, flags: u32 });
export const DomainBackupBeginArgs = struct({
  dom: NonnullDomain,
  backupXml: text,
  checkpointXml: optional(text),
  flags: u32,
});
export const DomainBackupGetXmlDescArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainBackupGetXmlDescRet = struct({ xml: text });

const proc = procFor("hypervisor");

/** Snapshots, checkpoints and backups. */
export const domainSnapshotProcs = {
  domainSnapshotCreateXml: proc(185, DomainSnapshotCreateXmlArgs, DomainSnapshotCreateXmlRet, {
    api: "virDomainSnapshotCreateXML",
    acl: ["domain:snapshot", "domain:fs_freeze:VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE"],
  }),
  domainSnapshotGetXmlDesc: proc(186, DomainSnapshotGetXmlDescArgs, DomainSnapshotGetXmlDescRet, {
    api: "virDomainSnapshotGetXMLDesc",
    acl: ["domain:read", "domain:read_secure:VIR_DOMAIN_SNAPSHOT_XML_SECURE"],
    priority: "high",
  }),
  domainSnapshotNum: proc(187, DomainSnapshotNumArgs, DomainSnapshotNumRet, {
    api: "virDomainSnapshotNum",
    acl: "domain:read",
    priority: "high",
  }),
  domainSnapshotListNames: proc(188, DomainSnapshotListNamesArgs, DomainSnapshotListNamesRet, {
    api: "virDomainSnapshotListNames",
    acl: "domain:read",
    priority: "high",
  }),
  domainSnapshotLookupByName: proc(189, DomainSnapshotLookupByNameArgs, DomainSnapshotLookupByNameRet, {
    api: "virDomainSnapshotLookupByName",
    acl: "domain:read",
    priority: "high",
  }),
  domainHasCurrentSnapshot: proc(190, DomainHasCurrentSnapshotArgs, DomainHasCurrentSnapshotRet, {
    api: "virDomainHasCurrentSnapshot",
    acl: "domain:read",
  }),
  domainSnapshotCurrent: proc(191, DomainSnapshotCurrentArgs, DomainSnapshotCurrentRet, {
    api: "virDomainSnapshotCurrent",
    acl: "domain:read",
  }),
  domainRevertToSnapshot: proc(192, DomainRevertToSnapshotArgs, null, {
    api: "virDomainRevertToSnapshot",
    acl: "domain:snapshot",
  }),
  domainSnapshotDelete: proc(193, DomainSnapshotDeleteArgs, null, {
    api: "virDomainSnapshotDelete",
    acl: "domain:snapshot",
  }),
  domainSnapshotGetParent: proc(244, DomainSnapshotGetParentArgs, DomainSnapshotGetParentRet, {
    api: "virDomainSnapshotGetParent",
    acl: "domain:read",
    priority: "high",
  }),
  domainSnapshotNumChildren: proc(246, DomainSnapshotNumChildrenArgs, DomainSnapshotNumChildrenRet, {
    api: "virDomainSnapshotNumChildren",
    acl: "domain:read",
    priority: "high",
  }),
  domainSnapshotListChildrenNames: proc(
    247,
    DomainSnapshotListChildrenNamesArgs,
    DomainSnapshotListChildrenNamesRet,
    { api: "virDomainSnapshotListChildrenNames", acl: "domain:read", priority: "high" },
  ),
  domainSnapshotIsCurrent: proc(271, DomainSnapshotIsCurrentArgs, DomainSnapshotIsCurrentRet, {
    api: "virDomainSnapshotIsCurrent",
    acl: "domain:read",
  }),
  domainSnapshotHasMetadata: proc(272, DomainSnapshotHasMetadataArgs, DomainSnapshotHasMetadataRet, {
    api: "virDomainSnapshotHasMetadata",
    acl: "domain:read",
  }),
  domainListAllSnapshots: proc(274, DomainListAllSnapshotsArgs, DomainListAllSnapshotsRet, {
    api: "virDomainListAllSnapshots",
    acl: "domain:read",
    priority: "high",
  }),
  domainSnapshotListAllChildren: proc(
    275,
    DomainSnapshotListAllChildrenArgs,
    DomainSnapshotListAllChildrenRet,
    { api: "virDomainSnapshotListAllChildren", acl: "domain:read", priority: "high" },
  ),
  domainCheckpointCreateXml: proc(411, DomainCheckpointCreateXmlArgs, DomainCheckpointCreateXmlRet, {
    api: "virDomainCheckpointCreateXML",
    acl: ["domain:checkpoint", "domain:fs_freeze:VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE"],
  }),
  domainCheckpointGetXmlDesc: proc(412, DomainCheckpointGetXmlDescArgs, DomainCheckpointGetXmlDescRet, {
    api: "virDomainCheckpointGetXMLDesc",
    acl: ["domain:read", "domain:read_secure:VIR_DOMAIN_CHECKPOINT_XML_SECURE"],
  }),
  domainListAllCheckpoints: proc(413, DomainListAllCheckpointsArgs, DomainListAllCheckpointsRet, {
    api: "virDomainListAllCheckpoints",
    acl: "domain:read",
    priority: "high",
  }),
  domainCheckpointListAllChildren: proc(
    414,
    DomainCheckpointListAllChildrenArgs,
    DomainCheckpointListAllChildrenRet,
    { api: "virDomainCheckpointListAllChildren", acl: "domain:read", priority: "high" },
  ),
  domainCheckpointLookupByName: proc(415, DomainCheckpointLookupByNameArgs, DomainCheckpointLookupByNameRet, {
    api: "virDomainCheckpointLookupByName",
    acl: "domain:read",
    priority: "high",
  }),
  domainCheckpointGetParent: proc(416, DomainCheckpointGetParentArgs, DomainCheckpointGetParentRet, {
    api: "virDomainCheckpointGetParent",
    acl: "domain:read",
    priority: "high",
  }),
  domainCheckpointDelete: proc(417, DomainCheckpointDeleteArgs, null, {
    api: "virDomainCheckpointDelete",
    acl: "domain:checkpoint",
  }),
  domainBackupBegin: proc(421, DomainBackupBeginArgs, null, {
    api: "virDomainBackupBegin",
    acl: ["domain:checkpoint", "domain:block_write"],
  }),
  domainBackupGetXmlDesc: proc(422, DomainBackupGetXmlDescArgs, DomainBackupGetXmlDescRet, {
    api: "virDomainBackupGetXMLDesc",
    acl: "domain:read",
    priority: "high",
  }),
};
