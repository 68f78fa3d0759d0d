import type { Shape } from "@libvirt-ts/xml";
import { BackupSyntax } from "../backup/backup.ts";
import { CheckpointSyntax } from "../checkpoint/checkpoint.ts";
import { Cpu } from "../domain/cpu.ts";
import { deviceCodecs } from "../domain/device.ts";
import { DomainSyntax } from "../domain/domain.ts";
import { DomainCapabilitiesSyntax } from "../domain-capabilities/domain-capabilities.ts";
import { InterfaceSyntax } from "../interface/interface.ts";
import { NetworkSyntax } from "../network/network.ts";
import { PortSyntax } from "../network/port.ts";
import { DeviceSyntax } from "../nodedev/device.ts";
import { BindingSyntax } from "../nwfilter/binding.ts";
import { FilterSyntax } from "../nwfilter/filter.ts";
import { SecretSyntax } from "../secret/secret.ts";
import { SnapshotSyntax } from "../snapshot/snapshot.ts";
import { PoolSyntax } from "../storage/pool.ts";
import { VolumeSyntax } from "../storage/volume.ts";
import { Capabilities } from "./capabilities.ts";
import { CpuData, CpuTest, HostCpu } from "./host-cpu.ts";
import { StoragePoolCapabilities } from "./pool-capabilities.ts";

interface Declared {
  readonly tag: string;
  shape?(): Shape | undefined;
}

/** The kinds of documents by the names of libvirt's schemas, each with what may stand at its root. */
const roots = {
  domain: [DomainSyntax],
  network: [NetworkSyntax],
  networkport: [PortSyntax],
  storagepool: [PoolSyntax],
  storagevol: [VolumeSyntax],
  secret: [SecretSyntax],
  interface: [InterfaceSyntax],
  nodedev: [DeviceSyntax],
  nwfilter: [FilterSyntax],
  nwfilterbinding: [BindingSyntax],
  domainsnapshot: [SnapshotSyntax],
  domaincheckpoint: [CheckpointSyntax],
  domainbackup: [BackupSyntax],
  capability: [Capabilities],
  domaincaps: [DomainCapabilitiesSyntax],
  storagepoolcaps: [StoragePoolCapabilities],
  cpu: [Cpu, HostCpu],
  "cpu-baseline": [Cpu, HostCpu, CpuData, CpuTest],
  device: Object.values(deviceCodecs),
} as const satisfies { readonly [schema: string]: readonly Declared[] };

export type SchemaName = keyof typeof roots;
export const schemaNames = Object.keys(roots) as SchemaName[]; // the keys of the literal above

/** The kind of document a root element begins; of devices by themselves there is none. */
export const schemaOfRoot = (tag: string): SchemaName | undefined =>
  schemaNames.find((name) => rootsOf(name).has(tag));

/** What documents of a kind may begin with; several shapes: one of them. */
export function rootsOf(schema: SchemaName): ReadonlyMap<string, readonly Shape[]> {
  const found = new Map<string, Shape[]>();
  const declared: readonly Declared[] = roots[schema];
  for (const { tag, shape } of declared.map((root) => ({ tag: root.tag, shape: root.shape?.() }))) {
    if (shape) found.set(tag, [...(found.get(tag) ?? []), shape]);
  }
  return found;
}
