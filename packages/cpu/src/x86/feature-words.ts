import type { CpuidData } from "./cpuid.ts";

/** What QEMU's `feature-words` tells of one register. */
export interface FeatureWord {
  "cpuid-register": "EAX" | "EBX" | "ECX" | "EDX" | "ESP" | "EBP" | "ESI" | "EDI";
  "cpuid-input-eax": number;
  "cpuid-input-ecx"?: number;
  /** Unsigned 32-bit number. */
  features: number;
}

const registers: Readonly<Record<string, "eax" | "ebx" | "ecx" | "edx">> = {
  EAX: "eax",
  EBX: "ebx",
  ECX: "ecx",
  EDX: "edx",
};

/** The leaves a processor of QEMU shows; those without any bit are left out. */
export function readFeatureWords(words: readonly FeatureWord[]): CpuidData {
  const leaves = new Map<string, CpuidData["leaves"][number]>();
  for (const word of words) {
    const register = registers[word["cpuid-register"]];
    const { features, "cpuid-input-eax": leaf, "cpuid-input-ecx": subleaf = 0 } = word;
    if (register === undefined || features === 0) continue;
    const key = `${leaf} ${subleaf}`;
    const found = leaves.get(key) ?? { leaf, subleaf, eax: 0, ebx: 0, ecx: 0, edx: 0 };
    found[register] |= features;
    found[register] >>>= 0;
    leaves.set(key, found);
  }
  return { leaves: [...leaves.values()], msrs: [] };
}
