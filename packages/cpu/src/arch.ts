import { arm } from "./arm.ts";
import { takeHosts } from "./guest-model.ts";
import { ppc64 } from "./ppc64.ts";
import type { CpuArch } from "./types.ts";
import { x86 } from "./x86/index.ts";

/** Models are the hypervisor's alone. */
const opaque = (...names: string[]): CpuArch => ({
  names,
  compare: () => ({ result: "identical" }),
  update: takeHosts,
  checkFeatures() {},
});

const architectures: readonly CpuArch[] = [
  x86,
  ppc64,
  arm,
  { ...opaque("s390x", "s390"), vendorOf: (name) => (/^(gen|z)/.test(name) ? "IBM" : undefined) },
  opaque("riscv64", "riscv32"),
  opaque("loongarch64"),
];

/** What is known about processors of an architecture, by its name in `<arch>`. */
export const cpuArch = (name: string): CpuArch | undefined =>
  architectures.find(({ names }) => names.includes(name));
