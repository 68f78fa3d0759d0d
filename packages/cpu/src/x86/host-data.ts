import type { CpuidData } from "./cpuid.ts";
import { x86Map } from "./map.ts";

type Registers = Record<"eax" | "ebx" | "ecx" | "edx", number>;

/** The ways to ask a processor. */
export interface X86Questions {
  cpuid(leaf: number, subleaf: number): Registers | undefined;
  /** A model-specific register, 64 bits; absent or `undefined`: it cannot be read. */
  msr?(index: number): bigint | undefined;
}

/** Highest leaf of a range: answers to higher numbers mean nothing. */
const RANGES = [0, 0x8000_0000] as const;

/** Asks a processor for all that is known to mean something, no more. */
export function gatherCpuid({ cpuid, msr }: X86Questions): CpuidData {
  const limits = RANGES.map((first) => cpuid(first, 0)?.eax ?? 0);
  const data: CpuidData = { leaves: [], msrs: [] };
  const places = new Set(["0", "1"]);
  for (const { register } of x86Map().features.values())
    places.add(register.slice(0, register.lastIndexOf(" ")));
  for (const place of places) {
    const [first = "", second] = place.split(/[ :]/);
    if (first === "msr") {
      const index = Number.parseInt(second ?? "", 16);
      const value = msr?.(index);
      if (value !== undefined)
        data.msrs.push({ index, eax: Number(value & 0xffff_ffffn), edx: Number(value >> 32n) });
      continue;
    }
    const leaf = Number.parseInt(first, 16);
    const subleaf = Number.parseInt(second ?? "0", 16);
    const limit = limits[leaf >= RANGES[1] ? 1 : 0] ?? 0;
    const answer = leaf <= limit ? cpuid(leaf, subleaf) : undefined;
    if (answer) data.leaves.push({ leaf, subleaf, ...answer });
  }
  return data;
}
