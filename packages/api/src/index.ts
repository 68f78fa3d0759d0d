export { AdmConnectDaemonShutdownFlags, ClientTransport } from "./admin.ts";
export {
  ConnectBaselineCpuFlags,
  ConnectCloseReason,
  ConnectCompareCpuFlags,
  ConnectCredentialType,
  ConnectFlags,
  CpuCompareResult,
} from "./connect.ts";
export {
  ConnectGetDomainCapabilitiesFlags,
  ConnectListAllDomainsFlags,
  DomainCoreDumpFlags,
  DomainCoreDumpFormat,
  DomainCreateFlags,
  DomainDefineFlags,
  DomainDestroyFlags,
  DomainDeviceModifyFlags,
  DomainFdAssociateFlags,
  DomainLifecycle,
  DomainLifecycleAction,
  DomainMessageType,
  DomainMetadataType,
  DomainModificationImpact,
  DomainRebootFlags,
  DomainSaveImageXmlFlags,
  DomainSaveRestoreFlags,
  DomainShutdownFlags,
  DomainUndefineFlags,
  DomainXmlFlags,
} from "./domain.ts";
export {
  DomainBlockCommitFlags,
  DomainBlockCopyFlags,
  DomainBlockPullFlags,
  DomainBlockRebaseFlags,
  DomainBlockResizeFlags,
  DomainDiskErrorCode,
} from "./domain-block.ts";
export {
  DomainCrashedDetail,
  DomainDefinedDetail,
  DomainEventAgentLifecycleReason,
  DomainEventAgentLifecycleState,
  DomainEventBlockJobStatus,
  DomainEventDiskChangeReason,
  DomainEventGraphicsAddressType,
  DomainEventGraphicsPhase,
  DomainEventId,
  DomainEventIoErrorAction,
  DomainEventTrayChangeReason,
  DomainEventType,
  DomainEventWatchdogAction,
  DomainMemoryFailureActionType,
  DomainMemoryFailureFlags,
  DomainMemoryFailureRecipientType,
  DomainPmsuspendedDetail,
  DomainResumedDetail,
  DomainShutdownDetail,
  DomainStartedDetail,
  DomainStoppedDetail,
  DomainSuspendedDetail,
  DomainUndefinedDetail,
} from "./domain-event.ts";
export {
  DomainBandwidthField,
  DomainBlkioField,
  DomainBlockCopyField,
  DomainBlockIotuneField,
  DomainBlockStatsField,
  DomainCpuStatsField,
  DomainIothreadField,
  DomainLaunchSecurityField,
  DomainMemoryField,
  DomainNumaField,
  DomainSaveField,
  DomainSchedulerField,
  PerfField,
} from "./domain-fields.ts";
export {
  DomainAgentResponseTimeout,
  DomainAuthorizedSshKeysSetFlags,
  DomainChannelFlags,
  DomainConsoleFlags,
  DomainGetHostnameFlags,
  DomainGraphicsReloadType,
  DomainGuestInfoTypes,
  DomainInterfaceAddressesSource,
  DomainOpenGraphicsFlags,
  DomainProcessSignal,
  DomainSetTimeFlags,
  DomainSetUserPasswordFlags,
  KeycodeSet,
} from "./domain-guest.ts";
export { DomainGuestInfoField } from "./domain-guest-info-fields.ts";
export {
  DomainAbortJobFlags,
  DomainBlockJobAbortFlags,
  DomainBlockJobInfoFlags,
  DomainBlockJobSetSpeedFlags,
  DomainBlockJobType,
  DomainDirtyRateCalcFlags,
  DomainDirtyRateStatus,
  DomainGetJobStatsFlags,
  DomainJobOperation,
  DomainJobType,
  DomainMigrateFlags,
  DomainMigrateMaxSpeedFlags,
} from "./domain-job.ts";
export { DomainJobField, MigrateField } from "./domain-job-fields.ts";
export {
  ConnectGetAllDomainStatsFlags,
  DomainMemoryFlags,
  DomainMemoryModFlags,
  DomainMemoryStatTags,
  DomainNumatuneMemMode,
  DomainStatsTypes,
  DomainVcpuFlags,
  VcpuHostCpuState,
  VcpuState,
} from "./domain-resources.ts";
export {
  DomainBlockedReason,
  DomainControlErrorReason,
  DomainControlState,
  DomainCrashedReason,
  DomainNostateReason,
  DomainPausedReason,
  DomainPmsuspendedDiskReason,
  DomainPmsuspendedReason,
  DomainRunningReason,
  DomainShutdownReason,
  DomainShutoffReason,
  DomainState,
} from "./domain-state.ts";
export { DomainStatsField } from "./domain-stats-fields.ts";
export { DomainTunableField } from "./domain-tunable-fields.ts";
export { DriverFeature } from "./feature.ts";
export {
  IdentityField,
  NetworkPortField,
  NodeCpuStatsField,
  NodeMemorySharedField,
  NodeMemoryStatsField,
  NodeSevField,
} from "./host-fields.ts";
export { ConnectListAllInterfacesFlags, InterfaceDefineFlags, InterfaceXmlFlags } from "./interface.ts";
export {
  DOMAIN_MEMORY_PARAM_UNLIMITED,
  DOMAIN_SEND_KEY_MAX_KEYS,
  SECURITY_DOI_BUFLEN,
  SECURITY_LABEL_BUFLEN,
  SECURITY_MODEL_BUFLEN,
  TYPED_PARAM_FIELD_LENGTH,
  UUID_BUFLEN,
  UUID_STRING_BUFLEN,
} from "./limits.ts";
export {
  ConnectListAllNetworksFlags,
  IpAddrType,
  NetworkCreateFlags,
  NetworkDefineFlags,
  NetworkEventId,
  NetworkEventLifecycleType,
  NetworkMetadataType,
  NetworkPortCreateFlags,
  NetworkUpdateCommand,
  NetworkUpdateFlags,
  NetworkUpdateSection,
  NetworkXmlFlags,
} from "./network.ts";
export {
  NodeAllocPagesFlags,
  NodeGetCpuStatsAllCpus,
  NodeGetMemoryStatsAllCells,
  NodeSuspendTarget,
} from "./node.ts";
export {
  ConnectListAllNodeDeviceFlags,
  NodeDeviceCreateXmlFlags,
  NodeDeviceDefineXmlFlags,
  NodeDeviceEventId,
  NodeDeviceEventLifecycleType,
  NodeDeviceUpdateFlags,
  NodeDeviceXmlFlags,
} from "./node-device.ts";
export { NwfilterBindingCreateFlags, NwfilterDefineFlags } from "./nwfilter.ts";
export {
  ConnectDomainQemuMonitorEventRegisterFlags,
  DomainQemuAgentCommandTimeout,
  DomainQemuMonitorCommandFlags,
} from "./qemu.ts";
export {
  ConnectListAllSecretsFlags,
  SecretDefineFlags,
  SecretEventId,
  SecretEventLifecycleType,
  SecretUsageType,
} from "./secret.ts";
export {
  DomainBackupBeginFlags,
  DomainCheckpointCreateFlags,
  DomainCheckpointDeleteFlags,
  DomainCheckpointListFlags,
  DomainCheckpointXmlFlags,
  DomainSnapshotCreateFlags,
  DomainSnapshotDeleteFlags,
  DomainSnapshotListFlags,
  DomainSnapshotRevertFlags,
  DomainSnapshotXmlFlags,
} from "./snapshot.ts";
export {
  ConnectListAllStoragePoolsFlags,
  StoragePoolBuildFlags,
  StoragePoolCreateFlags,
  StoragePoolDefineFlags,
  StoragePoolDeleteFlags,
  StoragePoolEventId,
  StoragePoolEventLifecycleType,
  StoragePoolState,
  StorageVolCreateFlags,
  StorageVolDeleteFlags,
  StorageVolDownloadFlags,
  StorageVolInfoFlags,
  StorageVolResizeFlags,
  StorageVolType,
  StorageVolUploadFlags,
  StorageVolWipeAlgorithm,
  StorageXmlFlags,
} from "./storage.ts";
export { EventHandleType, StreamEventType, StreamFlags, StreamRecvFlags } from "./stream.ts";
export {
  BlkioParameterType,
  MemoryParameterType,
  SchedParameterType,
  TypedParameterFlags,
  TypedParameterType,
} from "./typed-param.ts";
