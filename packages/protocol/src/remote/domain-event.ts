import { array, type Infer, i32, i64, optional, struct, u32, u64 } from "@libvirt-ts/xdr";
import { NonnullDomain, text, typedParamList } from "../common.ts";
import { event, procFor } from "../program.ts";
import { Max } from "./limits.ts";

export const ConnectDomainEventRegisterRet = struct({ cbRegistered: i32 });
export const ConnectDomainEventDeregisterRet = struct({ cbRegistered: i32 });
export const DomainEventLifecycleMsg = struct({ dom: NonnullDomain, event: i32, detail: i32 });
export const DomainEventCallbackLifecycleMsg = struct({ callbackID: i32, msg: DomainEventLifecycleMsg });
export const ConnectDomainEventRegisterAnyArgs = struct({ eventID: i32 });
export const ConnectDomainEventDeregisterAnyArgs = struct({ eventID: i32 });
export const ConnectDomainEventCallbackRegisterAnyArgs = struct({
  eventID: i32,
  dom: optional(NonnullDomain),
});
export const ConnectDomainEventCallbackRegisterAnyRet = struct({ callbackID: i32 });
export const ConnectDomainEventCallbackDeregisterAnyArgs = struct({ callbackID: i32 });
export const DomainEventRebootMsg = struct({ dom: NonnullDomain });
export const DomainEventCallbackRebootMsg = struct({ callbackID: i32, msg: DomainEventRebootMsg });
export const DomainEventRtcChangeMsg = struct({ dom: NonnullDomain, offset: i64 });
export const DomainEventCallbackRtcChangeMsg = struct({ callbackID: i32, msg: DomainEventRtcChangeMsg });
export const DomainEventWatchdogMsg = struct({ dom: NonnullDomain, action: i32 });
export const DomainEventCallbackWatchdogMsg = struct({ callbackID: i32, msg: DomainEventWatchdogMsg });
export const DomainEventIoErrorMsg = struct({
  dom: NonnullDomain,
  srcPath: text,
  devAlias: text,
  action: i32,
});
export const DomainEventCallbackIoErrorMsg = struct({ callbackID: i32, msg: DomainEventIoErrorMsg });
export const DomainEventIoErrorReasonMsg = struct({
  dom: NonnullDomain,
  srcPath: text,
  devAlias: text,
  action: i32,
  reason: text,
});
export const DomainEventCallbackIoErrorReasonMsg = struct({
  callbackID: i32,
  msg: DomainEventIoErrorReasonMsg,
});
export const DomainEventGraphicsAddress = struct({ family: i32, node: text, service: text });
export type DomainEventGraphicsAddress = Infer<typeof DomainEventGraphicsAddress>;
export const DomainEventGraphicsIdentity = struct({ type: text, name: text });
export type DomainEventGraphicsIdentity = Infer<typeof DomainEventGraphicsIdentity>;
export const DomainEventGraphicsMsg = struct({
  dom: NonnullDomain,
  phase: i32,
  local: DomainEventGraphicsAddress,
  remote: DomainEventGraphicsAddress,
  authScheme: text,
  subject: array(DomainEventGraphicsIdentity, Max.DOMAIN_EVENT_GRAPHICS_IDENTITY),
});
export const DomainEventCallbackGraphicsMsg = struct({ callbackID: i32, msg: DomainEventGraphicsMsg });
export const DomainEventBlockJobMsg = struct({ dom: NonnullDomain, path: text, type: i32, status: i32 });
export const DomainEventCallbackBlockJobMsg = struct({ callbackID: i32, msg: DomainEventBlockJobMsg });
export const DomainEventDiskChangeMsg = struct({
  dom: NonnullDomain,
  oldSrcPath: optional(text),
  newSrcPath: optional(text),
  devAlias: text,
  reason: i32,
});
export const DomainEventCallbackDiskChangeMsg = struct({ callbackID: i32, msg: DomainEventDiskChangeMsg });
export const DomainEventTrayChangeMsg = struct({ dom: NonnullDomain, devAlias: text, reason: i32 });
export const DomainEventCallbackTrayChangeMsg = struct({ callbackID: i32, msg: DomainEventTrayChangeMsg });
export const DomainEventPmwakeupMsg = struct({ dom: NonnullDomain });
export const DomainEventCallbackPmwakeupMsg = struct({
  callbackID: i32,
  reason: i32,
  msg: DomainEventPmwakeupMsg,
});
export const DomainEventPmsuspendMsg = struct({ dom: NonnullDomain });
export const DomainEventCallbackPmsuspendMsg = struct({
  callbackID: i32,
  reason: i32,
  msg: DomainEventPmsuspendMsg,
});
export const DomainEventBalloonChangeMsg = struct({ dom: NonnullDomain, actual: u64 });
export const DomainEventCallbackBalloonChangeMsg = struct({
  callbackID: i32,
  msg: DomainEventBalloonChangeMsg,
});
export const DomainEventPmsuspendDiskMsg = struct({ dom: NonnullDomain });
export const DomainEventCallbackPmsuspendDiskMsg = struct({
  callbackID: i32,
  reason: i32,
  msg: DomainEventPmsuspendDiskMsg,
});
export const DomainEventControlErrorMsg = struct({ dom: NonnullDomain });
export const DomainEventCallbackControlErrorMsg = struct({
  callbackID: i32,
  msg: DomainEventControlErrorMsg,
});
export const DomainEventDeviceRemovedMsg = struct({ dom: NonnullDomain, devAlias: text });
export const DomainEventCallbackDeviceRemovedMsg = struct({
  callbackID: i32,
  msg: DomainEventDeviceRemovedMsg,
});
export const DomainEventBlockJob2Msg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  dst: text,
  type: i32,
  status: i32,
});
export const DomainEventBlockThresholdMsg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  dev: text,
  path: optional(text),
  threshold: u64,
  excess: u64,
});
export const DomainEventCallbackTunableMsg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  params: typedParamList(Max.DOMAIN_EVENT_TUNABLE),
});
export const DomainEventCallbackDeviceAddedMsg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  devAlias: text,
});
export const ConnectEventConnectionClosedMsg = struct({ reason: i32 });
export const DomainEventCallbackAgentLifecycleMsg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  state: i32,
  reason: i32,
});
export const DomainEventCallbackMigrationIterationMsg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  iteration: i32,
});
export const DomainEventCallbackJobCompletedMsg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  params: typedParamList(Max.DOMAIN_JOB_STATS),
});
export const DomainEventCallbackDeviceRemovalFailedMsg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  devAlias: text,
});
export const DomainEventCallbackMetadataChangeMsg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  type: i32,
  nsuri: optional(text),
});
export const DomainEventMemoryFailureMsg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  recipient: i32,
  action: i32,
  flags: u32,
});
export const DomainEventMemoryDeviceSizeChangeMsg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  alias: text,
  size: u64,
});
export const DomainEventNicMacChangeMsg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  alias: text,
  oldMAC: text,
  newMAC: text,
});

const proc = procFor("hypervisor");

/** Domain events. The old ones come in two shapes: as they were, and wrapped with a callback id. */
export const domainEventProcs = {
  connectDomainEventRegister: proc(105, null, ConnectDomainEventRegisterRet, {
    api: "virConnectDomainEventRegister",
    acl: "connect:search_domains",
    aclFilter: "domain:getattr",
    priority: "high",
  }),
  connectDomainEventDeregister: proc(106, null, ConnectDomainEventDeregisterRet, {
    api: "virConnectDomainEventDeregister",
    acl: "connect:read",
    priority: "high",
  }),
  domainEventLifecycle: event(107, DomainEventLifecycleMsg),
  connectDomainEventRegisterAny: proc(167, ConnectDomainEventRegisterAnyArgs, null, {
    api: "virConnectDomainEventRegisterAny",
    acl: "connect:search_domains",
    aclFilter: "domain:getattr",
    priority: "high",
  }),
  connectDomainEventDeregisterAny: proc(168, ConnectDomainEventDeregisterAnyArgs, null, {
    api: "virConnectDomainEventDeregisterAny",
    acl: "connect:read",
    priority: "high",
  }),
  domainEventReboot: event(169, DomainEventRebootMsg),
  domainEventRtcChange: event(170, DomainEventRtcChangeMsg),
  domainEventWatchdog: event(171, DomainEventWatchdogMsg),
  domainEventIoError: event(172, DomainEventIoErrorMsg),
  domainEventGraphics: event(173, DomainEventGraphicsMsg),
  domainEventIoErrorReason: event(195, DomainEventIoErrorReasonMsg),
  domainEventControlError: event(224, DomainEventControlErrorMsg),
  domainEventBlockJob: event(241, DomainEventBlockJobMsg),
  domainEventDiskChange: event(248, DomainEventDiskChangeMsg),
  domainEventTrayChange: event(268, DomainEventTrayChangeMsg),
  domainEventPmwakeup: event(269, DomainEventPmwakeupMsg),
  domainEventPmsuspend: event(270, DomainEventPmsuspendMsg),
  domainEventBalloonChange: event(276, DomainEventBalloonChangeMsg),
  domainEventPmsuspendDisk: event(292, DomainEventPmsuspendDiskMsg),
  domainEventDeviceRemoved: event(311, DomainEventDeviceRemovedMsg),
  connectDomainEventCallbackRegisterAny: proc(
    316,
    ConnectDomainEventCallbackRegisterAnyArgs,
    ConnectDomainEventCallbackRegisterAnyRet,
    {
      api: "virConnectDomainEventRegisterAny",
      acl: "connect:search_domains",
      aclFilter: "domain:getattr",
      priority: "high",
    },
  ),
  connectDomainEventCallbackDeregisterAny: proc(317, ConnectDomainEventCallbackDeregisterAnyArgs, null, {
    api: "virConnectDomainEventDeregisterAny",
    acl: "connect:read",
    priority: "high",
  }),
  domainEventCallbackLifecycle: event(318, DomainEventCallbackLifecycleMsg),
  domainEventCallbackReboot: event(319, DomainEventCallbackRebootMsg),
  domainEventCallbackRtcChange: event(320, DomainEventCallbackRtcChangeMsg),
  domainEventCallbackWatchdog: event(321, DomainEventCallbackWatchdogMsg),
  domainEventCallbackIoError: event(322, DomainEventCallbackIoErrorMsg),
  domainEventCallbackGraphics: event(323, DomainEventCallbackGraphicsMsg),
  domainEventCallbackIoErrorReason: event(324, DomainEventCallbackIoErrorReasonMsg),
  domainEventCallbackControlError: event(325, DomainEventCallbackControlErrorMsg),
  domainEventCallbackBlockJob: event(326, DomainEventCallbackBlockJobMsg),
  domainEventCallbackDiskChange: event(327, DomainEventCallbackDiskChangeMsg),
  domainEventCallbackTrayChange: event(328, DomainEventCallbackTrayChangeMsg),
  domainEventCallbackPmwakeup: event(329, DomainEventCallbackPmwakeupMsg),
  domainEventCallbackPmsuspend: event(330, DomainEventCallbackPmsuspendMsg),
  domainEventCallbackBalloonChange: event(331, DomainEventCallbackBalloonChangeMsg),
  domainEventCallbackPmsuspendDisk: event(332, DomainEventCallbackPmsuspendDiskMsg),
  domainEventCallbackDeviceRemoved: event(333, DomainEventCallbackDeviceRemovedMsg),
  domainEventBlockJob2: event(339, DomainEventBlockJob2Msg),
  domainEventCallbackTunable: event(346, DomainEventCallbackTunableMsg),
  domainEventCallbackAgentLifecycle: event(348, DomainEventCallbackAgentLifecycleMsg),
  domainEventCallbackDeviceAdded: event(354, DomainEventCallbackDeviceAddedMsg),
  domainEventCallbackMigrationIteration: event(359, DomainEventCallbackMigrationIterationMsg),
  connectEventConnectionClosed: event(362, ConnectEventConnectionClosedMsg),
  domainEventCallbackJobCompleted: event(363, DomainEventCallbackJobCompletedMsg),
  domainEventCallbackDeviceRemovalFailed: event(367, DomainEventCallbackDeviceRemovalFailedMsg),
  domainEventCallbackMetadataChange: event(379, DomainEventCallbackMetadataChangeMsg),
  domainEventBlockThreshold: event(385, DomainEventBlockThresholdMsg),
  domainEventMemoryFailure: event(423, DomainEventMemoryFailureMsg),
  domainEventMemoryDeviceSizeChange: event(438, DomainEventMemoryDeviceSizeChangeMsg),
  domainEventNicMacChange: event(453, DomainEventNicMacChangeMsg),
};
