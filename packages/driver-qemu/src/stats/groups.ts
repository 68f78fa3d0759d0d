import { DomainStatsTypes } from "@libvirt-ts/api";
import type { TypedValue } from "@libvirt-ts/protocol";
import type { Guest, QemuDomain } from "../guest.ts";
import type { Monitor } from "../monitor/monitor.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { balloonStats } from "./balloon.ts";
import { blockStats } from "./block.ts";
import { cpuStats, stateStats, vcpuStats } from "./cpu.ts";
import { dirtyRateStats } from "./dirty-rate.ts";
import { interfaceStats } from "./interface.ts";
import { iothreadStats } from "./iothread.ts";

/** Statistics by their wire names; what is `undefined` is left out. */
export type Fields = Record<string, TypedValue | undefined>;

/** What a group may look at. */
export interface StatsContext {
  readonly driver: QemuDriver;
  readonly domain: QemuDomain;
  readonly def: QemuDomain["def"];
  /** Absent: nothing runs. */
  readonly guest: Guest | undefined;
  /** Absent as well if the guest cannot be asked now. */
  readonly monitor: Monitor | undefined;
  /** Disks are reported with the images below them. */
  readonly withBacking: boolean;
}

interface Group {
  readonly bit: number;
  /** Asks QEMU; the others look at what we and the kernel know. */
  readonly asksGuest: boolean;
  readonly read: (context: StatsContext) => Fields | Promise<Fields>;
}

/**
 * The groups of bulk statistics this driver has, in the order in which they are reported. Missing are those that
 * need performance counters (perf), resource control (memory) or KVM's own counters (vm).
 */
export const statsGroups: readonly Group[] = [
  { bit: DomainStatsTypes.STATE, asksGuest: false, read: stateStats },
  { bit: DomainStatsTypes.CPU_TOTAL, asksGuest: true, read: cpuStats },
  { bit: DomainStatsTypes.BALLOON, asksGuest: true, read: balloonStats },
  { bit: DomainStatsTypes.VCPU, asksGuest: false, read: vcpuStats },
  { bit: DomainStatsTypes.INTERFACE, asksGuest: false, read: interfaceStats },
  { bit: DomainStatsTypes.BLOCK, asksGuest: true, read: blockStats },
  { bit: DomainStatsTypes.IOTHREAD, asksGuest: true, read: iothreadStats },
  { bit: DomainStatsTypes.DIRTYRATE, asksGuest: true, read: dirtyRateStats },
];

/** All bits there are groups for. */
export const SUPPORTED_STATS = statsGroups.reduce((all, { bit }) => all | bit, 0);

/** The values of all wanted groups, those of a group together. */
export async function readStats(groups: readonly Group[], context: StatsContext): Promise<Fields> {
  const parts = await Promise.all(groups.map(({ read }) => read(context)));
  return Object.assign({}, ...parts) as Fields; // Object.assign loses the type
}
