import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readNumber } from "@libvirt-ts/host";

/** How a level of caches can be shared out, in parts of each bank. */
export interface CacheControl {
  level: number;
  type: "both" | "code" | "data";
  /** A bank consists of so many parts. */
  parts: number;
  /** A share has at least so many. */
  minParts: number;
  maxAllocs: number;
}

/** What the kernel's resource control offers. */
export interface Resctrl {
  caches: CacheControl[];
  /** In percent of what the memory can do. */
  bandwidth?: { granularity: number; min: number; maxAllocs: number };
  monitor?: { reuseThreshold: number; maxMonitors: number; features: string[] };
}

const kinds: Readonly<Record<string, CacheControl["type"]>> = { "": "both", CODE: "code", DATA: "data" };

/** @returns `undefined` where the kernel offers none, or it is not mounted */
export async function readResctrl(root: string): Promise<Resctrl | undefined> {
  const base = join(root, "/sys/fs/resctrl/info");
  const names = await entries(base);
  const caches = await Promise.all(names.map((name) => readCache(base, name)));
  const found = caches
    .flatMap((cache) => cache ?? [])
    .sort((a, b) => a.level - b.level || (a.type < b.type ? -1 : 1));
  const bandwidth = names.includes("MB") ? await readBandwidth(join(base, "MB")) : undefined;
  const monitor = names.includes("L3_MON") ? await readMonitor(join(base, "L3_MON")) : undefined;
  if (found.length === 0 && bandwidth === undefined && monitor === undefined) return undefined;
  return { caches: found, ...(bandwidth && { bandwidth }), ...(monitor && { monitor }) };
}

async function readCache(base: string, name: string): Promise<CacheControl | undefined> {
  const [, level, kind = ""] = /^L(\d)(CODE|DATA)?$/.exec(name) ?? [];
  const type = kinds[kind];
  if (level === undefined || type === undefined) return undefined;
  const folder = join(base, name);
  const [mask, minParts = 0, maxAllocs = 0] = await Promise.all([
    text(join(folder, "cbm_mask")),
    readNumber(join(folder, "min_cbm_bits")),
    readNumber(join(folder, "num_closids")),
  ]);
  const bits = Number.parseInt(mask, 16) || 0;
  const parts = bits.toString(2).replaceAll("0", "").length;
  return parts === 0 ? undefined : { level: Number(level), type, parts, minParts, maxAllocs };
}

async function readBandwidth(folder: string): Promise<Resctrl["bandwidth"]> {
  const [granularity = 0, min = 0, maxAllocs = 0] = await Promise.all([
    readNumber(join(folder, "bandwidth_gran")),
    readNumber(join(folder, "min_bandwidth")),
    readNumber(join(folder, "num_closids")),
  ]);
  return { granularity, min, maxAllocs };
}

async function readMonitor(folder: string): Promise<Resctrl["monitor"]> {
  const [reuseThreshold = 0, maxMonitors = 0, features] = await Promise.all([
    readNumber(join(folder, "max_threshold_occupancy")),
    readNumber(join(folder, "num_rmids")),
    text(join(folder, "mon_features")),
  ]);
  return { reuseThreshold, maxMonitors, features: features.split("\n").filter((line) => line !== "") };
}

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, "latin1");
  } catch {
    return ""; // not told
  }
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return []; // no resource control, or not for us
  }
}
