import type { Devices } from "./devices/devices.ts";
import type { DomainSyntax } from "./domain.ts";

/** A guest with all that must be there filled in; memory sizes in KiB. */
export type DomainDef = DomainSyntax & {
  name: string;
  uuid: string;
  memoryKiB: number;
  currentMemoryKiB: number;
  vcpu: { count: number };
  clock: NonNullable<DomainSyntax["clock"]>;
  onPoweroff: NonNullable<DomainSyntax["onPoweroff"]>;
  onReboot: NonNullable<DomainSyntax["onReboot"]>;
  onCrash: NonNullable<DomainSyntax["onCrash"]>;
  devices: Devices;
};

/** A copy that shares nothing that may change with the original (trees handed through are shared). */
export const domainDefCopy = (def: DomainDef): DomainDef => structuredClone(def);
