import type { Cpu, DomainDef } from "@libvirt-ts/conf/domain";
import { type FeatureWord, x86Map } from "@libvirt-ts/cpu";
import { expect, test } from "vitest";
import type { Monitor } from "../monitor/monitor.ts";
import { readBackCpu } from "./read-back.ts";

/** Words with the CPUID bits of some features. */
function words(names: readonly string[]): FeatureWord[] {
  return names.flatMap((name) => {
    const { register = "", mask = 0 } = x86Map().features.get(name) ?? {};
    if (register.startsWith("msr")) return [];
    const [place = "", letters = ""] = register.split(" ");
    const [leaf = "", subleaf] = place.split(":");
    return {
      "cpuid-register": letters.toUpperCase() as FeatureWord["cpuid-register"],
      "cpuid-input-eax": Number.parseInt(leaf, 16),
      ...(subleaf !== undefined && { "cpuid-input-ecx": Number.parseInt(subleaf, 16) }),
      features: mask,
    };
  });
}

/** A QEMU whose processor has exactly these, registers included. */
function monitorWith(names: readonly string[], missing: readonly string[] = []) {
  const asked: string[] = [];
  const monitor = {
    qomList: async () => [...x86Map().byQemuName.keys()].map((name) => ({ name, type: "bool" })),
    qomGet: async (_path: string, property: string) => {
      asked.push(property);
      if (property === "feature-words") return words(names);
      return property === "unavailable-features" ? missing : names.includes(property);
    },
  } as unknown as Monitor; // the part of it that is used
  return { monitor, asked };
}

const features486 = ["fpu", "vme", "pse"];
const guest = (cpu: Partial<Cpu>): DomainDef =>
  ({
    os: { type: { arch: "x86_64" } },
    cpu: { mode: "custom", match: "exact", model: { name: "486", fallback: "forbid" }, features: [], ...cpu },
  }) as unknown as DomainDef; // the part of it that is looked at

const shown = ({ cpu }: DomainDef) =>
  [cpu?.check, ...(cpu?.features ?? []).map(({ name, policy }) => `${policy} ${name}`)].join(", ");

test.each<[what: string, has: string[], missing: string[], expected: string]>([
  ["as it was asked for", features486, [], "full"],
  ["more", [...features486, "hypervisor"], [], "full, require hypervisor"],
  ["less", ["fpu", "pse"], ["vme"], "full, disable vme"],
  [
    "registers",
    [...features486, "arch-capabilities", "rdctl-no"],
    [],
    "full, require arch-capabilities, require rdctl-no",
  ],
])("what QEMU made of it: %s", async (_, has, missing, expected) => {
  const def = guest({});
  await readBackCpu(def, monitorWith(has, missing).monitor, "/cpu");
  expect(shown(def)).toBe(expected);
});

test("registers are asked for only where they can have something", async () => {
  const { monitor, asked } = monitorWith(features486);
  await readBackCpu(guest({}), monitor, "/cpu");
  expect(asked).toEqual(["feature-words", "unavailable-features"]);
});

test("a full check refuses what is not exactly right", async () => {
  const { monitor } = monitorWith([...features486, "hypervisor"]);
  await expect(readBackCpu(guest({ check: "full" }), monitor, "/cpu")).rejects.toThrow(
    "guest CPU doesn't match specification: extra features: hypervisor",
  );
});

test.each<Partial<Cpu>>([{ mode: "maximum" }, { mode: "host-passthrough" }, { model: undefined }])(
  "nothing is expected of %o",
  async (cpu) => {
    const def = guest(cpu);
    const { monitor, asked } = monitorWith([]);
    await readBackCpu(def, monitor, "/cpu");
    expect(asked).toEqual([]);
    expect(def.cpu?.check).toBeUndefined();
  },
);
