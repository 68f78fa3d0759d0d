import { ErrorCode } from "@libvirt-ts/errors";
import { cpuError, unknownFeature } from "./errors.ts";
import { guestOfModel } from "./guest-cpu.ts";
import { takeHosts } from "./guest-model.ts";
import type { CpuArch, CpuModel } from "./types.ts";

/** Vendors by implementer number. */
const vendors: Readonly<Record<number, string>> = {
  65: "ARM",
  66: "Broadcom",
  67: "Cavium",
  68: "DigitalEquipment",
  70: "Fujitsu",
  72: "HiSilicon",
  73: "Infineon",
  77: "Freescale",
  78: "NVIDIA",
  80: "APM",
  81: "Qualcomm",
  86: "Marvell",
  105: "Intel",
  112: "Phytium",
  192: "Ampere",
};

/** Models by vendor and part number. */
const models: readonly (readonly [name: string, vendor: string, part: number])[] = [
  ["cortex-a53", "ARM", 0xd03],
  ["cortex-a57", "ARM", 0xd07],
  ["cortex-a72", "ARM", 0xd08],
  ["Neoverse-N1", "ARM", 0xd0c],
  ["Neoverse-N2", "ARM", 0xd49],
  ["Neoverse-V1", "ARM", 0xd40],
  ["Falkor", "Qualcomm", 0xc00],
  ["ThunderX2 99xx", "Cavium", 0x0af],
  ["a64fx", "Fujitsu", 0x001],
  ["Kunpeng-920", "HiSilicon", 0xd01],
  ["FT-2000+", "Phytium", 0x662],
  ["Tengyun-S2500", "Phytium", 0x663],
  ["Ampere-1", "Ampere", 0xac3],
  ["Ampere-1a", "Ampere", 0xac4],
];

/** Vector lengths go up to 2048 bits. */
const features: ReadonlySet<string> = new Set([
  "sve",
  ...Array.from({ length: 16 }, (_, i) => `sve${128 * (i + 1)}`),
  "pauth",
]);

export const arm: CpuArch = {
  names: ["aarch64", "armv6l", "armv7b", "armv7l"],
  // The hypervisor's names are others.
  // The hypervisor alone knows.
  compare: () => ({ result: "identical" }),
  baseline(cpus) {
    const [first] = cpus;
    if (first?.model === undefined) throw cpuError(ErrorCode.INVALID_ARG, "No CPUs given");
    return guestOfModel({ model: first.model, features: [] });
  },
  update: takeHosts,
  checkFeatures(cpu) {
    for (const { name } of cpu.features) if (!features.has(name)) throw unknownFeature(name);
  },
};

/** The model by the numbers of the kernel's `/proc/cpuinfo`. */
export function armModel(implementer: number, part: number): CpuModel | undefined {
  const vendor = vendors[implementer];
  const found = models.find(([, of, number]) => of === vendor && number === part);
  return found && { model: found[0], ...(vendor !== undefined && { vendor }), features: [] };
}
