import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { readHostProcessor } from "./host-processor.ts";

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

function rootWith(cpuinfo: string): string {
  const root = mkdtempSync(join(tmpdir(), "cpu-"));
  roots.push(root);
  mkdirSync(join(root, "proc"));
  writeFileSync(join(root, "proc/cpuinfo"), cpuinfo);
  return root;
}

const letters = (text: string) => Buffer.from(text).readUInt32LE();
const zero = { eax: 0, ebx: 0, ecx: 0, edx: 0 };
/** An early processor of Intel's with one feature more, which only a register shows. */
const leaves: Record<number, typeof zero> = {
  0: { eax: 7, ebx: letters("Genu"), edx: letters("ineI"), ecx: letters("ntel") },
  1: { eax: 0x106a5, ebx: 0, ecx: 0, edx: 0b1011 },
  7: { eax: 0, ebx: 0, ecx: 0, edx: 1 << 29 },
};
const native = {
  cpuid: (leaf: number) => leaves[leaf] ?? zero,
  kvmMsr: (index: number) => (index === 0x10a ? 1n : -2),
  kvmTsc: () => ({ khz: 2_600_000, scaling: 0 }),
};
/** A later one whose counter never changes its pace. */
const steady = {
  ...native,
  cpuid: (leaf: number) =>
    leaf === 0x8000_0000
      ? { ...zero, eax: 0x8000_0008 }
      : leaf === 0x8000_0007
        ? { ...zero, edx: 1 << 8 }
        : (leaves[leaf] ?? zero),
};

test("x86: instructions and registers", () => {
  const root = rootWith("microcode\t: 0x11\naddress sizes\t: 40 bits physical, 48 bits virtual\n");
  const processor = readHostProcessor({ root, arch: "x86_64", native, kvm: true });
  expect(processor).toMatchObject({ arch: "x86_64", microcode: 17, physicalBits: 40 });
  expect(processor.itself()).toMatchObject({
    model: "486-v1",
    vendor: "Intel",
    signature: { family: 6, model: 26, stepping: 5 },
    features: [{ name: "arch-capabilities" }, { name: "rdctl-no" }],
  });
  expect(processor.describe([{ name: "486" }])).toMatchObject({ model: "486" });
});

test("x86: without KVM its registers are not asked for", () => {
  const processor = readHostProcessor({ root: rootWith(""), arch: "x86_64", native, kvm: false });
  expect(processor.itself()?.features.map(({ name }) => name)).toEqual(["arch-capabilities"]);
});

test.each([
  ["steady", steady, true, { hertz: 2_600_000_000, scaling: false }],
  ["not steady", native, true, undefined],
  ["without KVM", steady, false, undefined],
])("x86: the time stamp counter, %s", (_, machine, kvm, counter) => {
  const processor = readHostProcessor({ root: rootWith(""), arch: "x86_64", native: machine, kvm });
  expect(processor.counter?.()).toEqual(counter);
});

test.each([
  ["ppc64le", "revision\t: 2.1 (pvr 004b 0201)\n", "POWER8", "POWER8"],
  ["aarch64", "CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n", "Neoverse-N1", undefined],
  ["riscv64", "", undefined, undefined],
])("%s: what the kernel tells", (arch, cpuinfo, itself, forGuests) => {
  const processor = readHostProcessor({ root: rootWith(cpuinfo), arch, native, kvm: false });
  expect(processor.itself()?.model).toBe(itself);
  expect(processor.describe()?.model).toBe(forGuests);
});
