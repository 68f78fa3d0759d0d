import {
  DomainCheckpointCreateFlags,
  DomainCheckpointXmlFlags,
  DomainInterfaceAddressesSource,
  DomainModificationImpact,
  DomainRebootFlags,
  DomainSaveImageXmlFlags,
  DomainShutdownFlags,
  DomainSnapshotCreateFlags,
  DomainSnapshotXmlFlags,
  DomainVcpuFlags,
  DomainXmlFlags,
  NetworkUpdateFlags,
  NodeDeviceUpdateFlags,
} from "@libvirt-ts/api";

/** The names of the public headers that rules use. */
const constants: Readonly<Record<string, number>> = {
  VIR_DOMAIN_AFFECT_CONFIG: DomainModificationImpact.CONFIG,
  VIR_DOMAIN_AFFECT_LIVE: DomainModificationImpact.LIVE,
  VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE: DomainCheckpointCreateFlags.QUIESCE,
  VIR_DOMAIN_CHECKPOINT_XML_SECURE: DomainCheckpointXmlFlags.SECURE,
  VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT: DomainInterfaceAddressesSource.AGENT,
  VIR_DOMAIN_REBOOT_GUEST_AGENT: DomainRebootFlags.GUEST_AGENT,
  VIR_DOMAIN_SAVE_IMAGE_XML_SECURE: DomainSaveImageXmlFlags.SECURE,
  VIR_DOMAIN_SHUTDOWN_GUEST_AGENT: DomainShutdownFlags.GUEST_AGENT,
  VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE: DomainSnapshotCreateFlags.QUIESCE,
  VIR_DOMAIN_SNAPSHOT_XML_SECURE: DomainSnapshotXmlFlags.SECURE,
  VIR_DOMAIN_VCPU_GUEST: DomainVcpuFlags.GUEST,
  VIR_DOMAIN_XML_MIGRATABLE: DomainXmlFlags.MIGRATABLE,
  VIR_DOMAIN_XML_SECURE: DomainXmlFlags.SECURE,
  VIR_NETWORK_UPDATE_AFFECT_CONFIG: NetworkUpdateFlags.AFFECT_CONFIG,
  VIR_NETWORK_UPDATE_AFFECT_LIVE: NetworkUpdateFlags.AFFECT_LIVE,
  VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG: NodeDeviceUpdateFlags.AFFECT_CONFIG,
  VIR_NODE_DEVICE_UPDATE_AFFECT_LIVE: NodeDeviceUpdateFlags.AFFECT_LIVE,
};

/** @throws TypeError for a name not in the table: a rule was added and this table was not */
export function constant(name: string): number {
  const value = constants[name];
  if (value === undefined) throw new TypeError(`access rule with unknown constant ${name}`);
  return value;
}
