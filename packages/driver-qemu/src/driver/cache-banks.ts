import { readdir } from "node:fs/promises";
import { readFact, readNumber } from "@libvirt-ts/host";
import { type Bitmap, parseBitmap } from "@libvirt-ts/util/bitmap";

/** A cache of the last level that has one, as capabilities show it. */
export interface CacheBank {
  id: number;
  level: number;
  type: "both" | "code" | "data";
  sizeKiB: number;
  cpus: Bitmap;
}

const types: Readonly<Record<string, CacheBank["type"]>> = {
  Unified: "both",
  Instruction: "code",
  Data: "data",
};
/** Caches closer to the processor than this are not shown. */
const LOWEST_LEVEL = 2;

/** @param cpus processors that are online */
export async function readCacheBanks(root: string, cpus: Bitmap): Promise<CacheBank[]> {
  const banks = new Map<string, CacheBank>();
  for (const cpu of cpus) {
    const base = `${root}/sys/devices/system/cpu/cpu${cpu}/cache`;
    for (const index of await entries(base)) {
      const bank = await readBank(`${base}/${index}`);
      if (bank && bank.level >= LOWEST_LEVEL) banks.set(`${bank.level}/${bank.type}/${bank.id}`, bank);
    }
  }
  return [...banks.values()].sort((a, b) => a.level - b.level || a.id - b.id);
}

async function readBank(base: string): Promise<CacheBank | undefined> {
  const [id, level, type, size, shared] = await Promise.all([
    readNumber(`${base}/id`),
    readNumber(`${base}/level`),
    readFact(`${base}/type`),
    readFact(`${base}/size`),
    readFact(`${base}/shared_cpu_list`),
  ]);
  const kind = types[type ?? ""];
  if (id === undefined || level === undefined || kind === undefined) return undefined;
  return {
    id,
    level,
    type: kind,
    sizeKiB: parseSize(size ?? ""),
    cpus: parseBitmap(shared ?? "") ?? [],
  };
}

/** `33M` in KiB. */
function parseSize(text: string): number {
  const [, amount = "0", unit = "K"] = /^(\d+)([KMG])?/.exec(text) ?? [];
  return Number(amount) * 1024 ** "KMG".indexOf(unit);
}

async function entries(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.startsWith("index"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return []; // node:fs throws nothing else
    throw error;
  }
}
