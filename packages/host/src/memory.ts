import { readdir } from "node:fs/promises";
import { type Bitmap, parseBitmap } from "@libvirt-ts/util/bitmap";
import { readFact } from "./files.ts";

/** Sizes in KiB. */
export interface MemoryFacts {
  total: number;
  free: number;
  /** Absent for a single NUMA cell. */
  buffers?: number;
  cached?: number;
}

/** @param cell a NUMA cell; undefined: the whole machine */
export async function readMemory(root: string, cell?: number): Promise<MemoryFacts | undefined> {
  const file = cell === undefined ? "/proc/meminfo" : `/sys/devices/system/node/node${cell}/meminfo`;
  const text = await readFact(`${root}${file}`);
  if (text === undefined) return undefined;
  const field = (name: string) => {
    const match = new RegExp(`(?:^|\\s)${name}:\\s*(\\d+) kB`, "m").exec(text);
    return match ? Number(match[1]) : undefined;
  };
  const buffers = cell === undefined ? field("Buffers") : undefined;
  const cached = cell === undefined ? field("Cached") : undefined;
  return {
    total: field("MemTotal") ?? 0,
    free: field("MemFree") ?? 0,
    ...(buffers === undefined ? {} : { buffers }),
    ...(cached === undefined ? {} : { cached }),
  };
}

export interface HugePages {
  sizeKiB: number;
  total: number;
  free: number;
}

export interface NumaCell {
  id: number;
  memoryKiB: number;
  cpus: Bitmap;
  /** To each cell, in their order; 10 is local. */
  distances: { cell: number; value: number }[];
  hugePages: HugePages[];
}

/** The NUMA cells; a kernel without NUMA has one that holds everything. */
export async function readNumaCells(root = "", allCpus: Bitmap = []): Promise<NumaCell[]> {
  const base = `${root}/sys/devices/system/node`;
  const ids = await numbers(base, /^node(\d+)$/);
  if (ids.length === 0) {
    const memory = await readMemory(root);
    const hugePages = await readHugePages(`${root}/sys/kernel/mm/hugepages`);
    return [{ id: 0, memoryKiB: memory?.total ?? 0, cpus: allCpus, distances: [], hugePages }];
  }
  return Promise.all(ids.map((id) => readCell(root, base, id, ids)));
}

async function readCell(root: string, base: string, id: number, ids: readonly number[]): Promise<NumaCell> {
  const [memory, cpus, distance, hugePages] = await Promise.all([
    readMemory(root, id),
    readFact(`${base}/node${id}/cpulist`),
    readFact(`${base}/node${id}/distance`),
    readHugePages(`${base}/node${id}/hugepages`),
  ]);
  const values = distance?.trim().split(/\s+/).map(Number) ?? [];
  return {
    id,
    memoryKiB: memory?.total ?? 0,
    cpus: cpus ? (parseBitmap(cpus) ?? []) : [],
    distances: ids.flatMap((cell, index) => {
      const value = values[index];
      return value === undefined ? [] : [{ cell, value }];
    }),
    hugePages,
  };
}

async function readHugePages(base: string): Promise<HugePages[]> {
  const sizes = await numbers(base, /^hugepages-(\d+)kB$/);
  return Promise.all(
    sizes.map(async (sizeKiB) => {
      const read = async (name: string) =>
        Number((await readFact(`${base}/hugepages-${sizeKiB}kB/${name}`)) ?? 0);
      return { sizeKiB, total: await read("nr_hugepages"), free: await read("free_hugepages") };
    }),
  );
}

/** The numbers in the names of a folder, ascending; none when there is no such folder. */
async function numbers(folder: string, name: RegExp): Promise<number[]> {
  try {
    return (await readdir(folder))
      .flatMap((entry) => name.exec(entry)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return []; // node:fs throws nothing else
    throw error;
  }
}
