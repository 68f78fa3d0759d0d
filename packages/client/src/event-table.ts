import {
  DomainEventId,
  NetworkEventId,
  NodeDeviceEventId,
  SecretEventId,
  StoragePoolEventId,
} from "@libvirt-ts/api";
import { type CallRow, type EventRow, type NonnullDomain, qemu, remote } from "@libvirt-ts/protocol";

const { procs } = remote;

/** How the events of one kind of object are asked for. */
interface Family {
  readonly register: CallRow;
  readonly deregister: CallRow;
  /** @param object whose events; null for all */
  args(id: number, object: object | null): object;
}

export interface EventEntry<R extends EventRow = EventRow> extends Family {
  readonly id: number;
  readonly row: R;
}

const kind =
  (family: Family) =>
  <R extends EventRow>(id: number, row: R): EventEntry<R> => ({ ...family, id, row });

const domain = kind({
  register: procs.connectDomainEventCallbackRegisterAny,
  deregister: procs.connectDomainEventCallbackDeregisterAny,
  args: (eventID, dom) => ({ eventID, dom }),
});
const network = kind({
  register: procs.connectNetworkEventRegisterAny,
  deregister: procs.connectNetworkEventDeregisterAny,
  args: (eventID, net) => ({ eventID, net }),
});
const pool = kind({
  register: procs.connectStoragePoolEventRegisterAny,
  deregister: procs.connectStoragePoolEventDeregisterAny,
  args: (eventID, pool) => ({ eventID, pool }),
});
const device = kind({
  register: procs.connectNodeDeviceEventRegisterAny,
  deregister: procs.connectNodeDeviceEventDeregisterAny,
  args: (eventID, dev) => ({ eventID, dev }),
});
const secret = kind({
  register: procs.connectSecretEventRegisterAny,
  deregister: procs.connectSecretEventDeregisterAny,
  args: (eventID, secret) => ({ eventID, secret }),
});
const monitor = kind({
  register: qemu.procs.connectDomainMonitorEventRegister,
  deregister: qemu.procs.connectDomainMonitorEventDeregister,
  args: (_, dom) => ({ dom: dom as NonnullDomain | null, event: null, flags: 0 }), // what filters this kind
});

/** Everything a connection can tell of. */
export const events = {
  "domain.lifecycle": domain(DomainEventId.LIFECYCLE, procs.domainEventCallbackLifecycle),
  "domain.reboot": domain(DomainEventId.REBOOT, procs.domainEventCallbackReboot),
  "domain.rtcChange": domain(DomainEventId.RTC_CHANGE, procs.domainEventCallbackRtcChange),
  "domain.watchdog": domain(DomainEventId.WATCHDOG, procs.domainEventCallbackWatchdog),
  "domain.ioError": domain(DomainEventId.IO_ERROR, procs.domainEventCallbackIoError),
  "domain.graphics": domain(DomainEventId.GRAPHICS, procs.domainEventCallbackGraphics),
  "domain.ioErrorReason": domain(DomainEventId.IO_ERROR_REASON, procs.domainEventCallbackIoErrorReason),
  "domain.controlError": domain(DomainEventId.CONTROL_ERROR, procs.domainEventCallbackControlError),
  "domain.blockJob": domain(DomainEventId.BLOCK_JOB, procs.domainEventCallbackBlockJob),
  "domain.diskChange": domain(DomainEventId.DISK_CHANGE, procs.domainEventCallbackDiskChange),
  "domain.trayChange": domain(DomainEventId.TRAY_CHANGE, procs.domainEventCallbackTrayChange),
  "domain.pmWakeup": domain(DomainEventId.PMWAKEUP, procs.domainEventCallbackPmwakeup),
  "domain.pmSuspend": domain(DomainEventId.PMSUSPEND, procs.domainEventCallbackPmsuspend),
  "domain.balloonChange": domain(DomainEventId.BALLOON_CHANGE, procs.domainEventCallbackBalloonChange),
  "domain.pmSuspendDisk": domain(DomainEventId.PMSUSPEND_DISK, procs.domainEventCallbackPmsuspendDisk),
  "domain.deviceRemoved": domain(DomainEventId.DEVICE_REMOVED, procs.domainEventCallbackDeviceRemoved),
  "domain.blockJob2": domain(DomainEventId.BLOCK_JOB_2, procs.domainEventBlockJob2),
  "domain.tunable": domain(DomainEventId.TUNABLE, procs.domainEventCallbackTunable),
  "domain.agentLifecycle": domain(DomainEventId.AGENT_LIFECYCLE, procs.domainEventCallbackAgentLifecycle),
  "domain.deviceAdded": domain(DomainEventId.DEVICE_ADDED, procs.domainEventCallbackDeviceAdded),
  "domain.migrationIteration": domain(
    DomainEventId.MIGRATION_ITERATION,
    procs.domainEventCallbackMigrationIteration,
  ),
  "domain.jobCompleted": domain(DomainEventId.JOB_COMPLETED, procs.domainEventCallbackJobCompleted),
  "domain.deviceRemovalFailed": domain(
    DomainEventId.DEVICE_REMOVAL_FAILED,
    procs.domainEventCallbackDeviceRemovalFailed,
  ),
  "domain.metadataChange": domain(DomainEventId.METADATA_CHANGE, procs.domainEventCallbackMetadataChange),
  "domain.blockThreshold": domain(DomainEventId.BLOCK_THRESHOLD, procs.domainEventBlockThreshold),
  "domain.memoryFailure": domain(DomainEventId.MEMORY_FAILURE, procs.domainEventMemoryFailure),
  "domain.memoryDeviceSizeChange": domain(
    DomainEventId.MEMORY_DEVICE_SIZE_CHANGE,
    procs.domainEventMemoryDeviceSizeChange,
  ),
  "domain.nicMacChange": domain(DomainEventId.NIC_MAC_CHANGE, procs.domainEventNicMacChange),
  "network.lifecycle": network(NetworkEventId.LIFECYCLE, procs.networkEventLifecycle),
  "network.metadataChange": network(NetworkEventId.METADATA_CHANGE, procs.networkEventCallbackMetadataChange),
  "storagePool.lifecycle": pool(StoragePoolEventId.LIFECYCLE, procs.storagePoolEventLifecycle),
  "storagePool.refresh": pool(StoragePoolEventId.REFRESH, procs.storagePoolEventRefresh),
  "nodeDevice.lifecycle": device(NodeDeviceEventId.LIFECYCLE, procs.nodeDeviceEventLifecycle),
  "nodeDevice.update": device(NodeDeviceEventId.UPDATE, procs.nodeDeviceEventUpdate),
  "secret.lifecycle": secret(SecretEventId.LIFECYCLE, procs.secretEventLifecycle),
  "secret.valueChanged": secret(SecretEventId.VALUE_CHANGED, procs.secretEventValueChanged),
  "qemu.monitor": monitor(0, qemu.procs.domainMonitorEvent),
};
