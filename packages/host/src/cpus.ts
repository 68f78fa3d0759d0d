import { type Bitmap, parseBitmap } from "@libvirt-ts/util/bitmap";
import { readFact, readNumber } from "./files.ts";

export interface HostCpu {
  id: number;
  socket: number;
  die: number;
  /** Cores that share something short of a die; 0 where nothing does. */
  cluster: number;
  core: number;
  /** Threads of the same core, this one included. */
  siblings: Bitmap;
}

export interface HostCpus {
  /** All that exist, whether used or not. */
  present: Bitmap;
  online: Bitmap;
  /** The online ones. */
  cpus: HostCpu[];
  /** 0 when the kernel does not tell. */
  mhz: number;
}

/** @param root folder below which /proc and /sys are; "" for the machine itself */
export async function readCpus(root = ""): Promise<HostCpus> {
  const base = `${root}/sys/devices/system/cpu`;
  const [present, online, info] = await Promise.all([
    readFact(`${base}/present`),
    readFact(`${base}/online`),
    readFact(`${root}/proc/cpuinfo`),
  ]);
  const onlineBits = bits(online);
  return {
    present: bits(present),
    online: onlineBits,
    cpus: await Promise.all(onlineBits.map((id) => readCpu(base, id))),
    mhz: Math.floor(Number(/^cpu MHz\s*:\s*([\d.]+)/m.exec(info ?? "")?.[1] ?? 0)),
  };
}

async function readCpu(base: string, id: number): Promise<HostCpu> {
  const topology = `${base}/cpu${id}/topology`;
  const [socket, die, cluster, core, siblings] = await Promise.all([
    readNumber(`${topology}/physical_package_id`),
    readNumber(`${topology}/die_id`),
    readNumber(`${topology}/cluster_id`),
    readNumber(`${topology}/core_id`),
    readFact(`${topology}/thread_siblings_list`),
  ]);
  const known = (value: number | undefined) => (value === undefined || value < 0 ? 0 : value);
  return {
    id,
    socket: known(socket),
    die: known(die),
    cluster: known(cluster),
    core: core ?? id,
    siblings: siblings === undefined ? [id] : bits(siblings),
  };
}

/** How many of what there are per level, the largest count where levels are uneven. */
export function cpuTopology(cpus: readonly HostCpu[]): {
  sockets: number;
  dies: number;
  cores: number;
  threads: number;
} {
  const count = <K>(keys: K[]) => new Set(keys).size;
  const sockets = count(cpus.map(({ socket }) => socket));
  const dies = Math.max(
    1,
    ...groups(cpus, ({ socket }) => `${socket}`).map((of) => count(of.map((c) => c.die))),
  );
  const cores = Math.max(
    1,
    ...groups(cpus, (c) => `${c.socket}/${c.die}`).map((of) => count(of.map((c) => c.core))),
  );
  const threads = Math.max(1, ...cpus.map(({ siblings }) => siblings.length));
  return { sockets: Math.max(1, sockets), dies, cores, threads };
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const byKey = new Map<string, T[]>();
  for (const item of items) byKey.set(keyOf(item), [...(byKey.get(keyOf(item)) ?? []), item]);
  return [...byKey.values()];
}

const bits = (list: string | undefined): Bitmap => (list ? (parseBitmap(list) ?? []) : []);

/** Time a processor, or all of them, spent since boot, in nanoseconds. */
export interface CpuTimes {
  user: bigint;
  system: bigint;
  idle: bigint;
  iowait: bigint;
}

/** Nanoseconds of a clock tick of /proc/stat (100 Hz). */
const TICK_NS = 10_000_000n;

/**
 * @param cpu number, or undefined for the sum
 * @returns undefined when there is no such processor
 */
export async function readCpuTimes(root: string, cpu?: number): Promise<CpuTimes | undefined> {
  const name = `cpu${cpu ?? ""} `;
  const line = (await readFact(`${root}/proc/stat`))?.split("\n").find((text) => text.startsWith(name));
  if (line === undefined) return undefined;
  const [user = 0n, nice = 0n, system = 0n, idle = 0n, iowait = 0n, irq = 0n, softirq = 0n] = line
    .slice(name.length)
    .trim()
    .split(/\s+/)
    .map((ticks) => BigInt(ticks) * TICK_NS);
  return { user: user + nice, system: system + irq + softirq, idle, iowait };
}
