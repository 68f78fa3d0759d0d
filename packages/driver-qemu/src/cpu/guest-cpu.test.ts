import type { DomainDef } from "@libvirt-ts/conf/domain";
import { type CpuModel, formatGuestCpu, parseGuestCpu } from "@libvirt-ts/cpu";
import { describe, expect, test } from "vitest";
import type { CapsFlag } from "../caps/flags.ts";
import type { CpuDefinition, QemuCaps } from "../caps/qemu-caps.ts";
import { startedCpu } from "./guest-cpu.ts";
import { type HostProcessor, hostModels } from "./host-model.ts";

const definition = (name: string, blockers: string[] = []): CpuDefinition => ({
  name,
  usable: blockers.length === 0,
  blockers,
  deprecated: false,
});
/** Words QEMU knows of, with those the host has. */
const properties = (has: readonly string[], lacks: readonly string[] = []) => [
  { name: "vendor", value: "GenuineIntel" },
  ...has.map((name) => ({ name, value: true, migratable: name !== "invtsc" })),
  ...lacks.map((name) => ({ name, value: false })),
];
const penryn =
  "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 pni ssse3 cx16 sse4.1 syscall nx lm lahf-lm".split(
    " ",
  );

const accel = (has: readonly string[]) => ({
  hostCpu: { model: "base", migratability: true, properties: properties(has, ["avx", "popcnt"]) },
  cpus: [
    definition("Penryn"),
    definition("Conroe"),
    definition("n270"),
    definition("Denverton", ["mpx", "sha-ni"]),
  ],
  machines: [],
});
const caps = {
  emulator: "/usr/bin/qemu-system-x86_64",
  arch: "x86_64",
  flags: new Set<CapsFlag>(["cpu-max"]),
  accel: { tcg: accel([...penryn, "invtsc"]), kvm: accel(penryn) },
} as unknown as QemuCaps; // the part of it that is looked at

const host = (model: CpuModel): HostProcessor => ({
  arch: "x86_64",
  describe: () => model,
  itself: () => model,
  physicalBits: 40,
});
const conroe = host({ model: "Conroe", vendor: "Intel", features: [{ name: "vme", policy: "require" }] });

function start(cpu: string, type = "qemu", isNew = true): string {
  const def = { type, os: { type: { arch: "x86_64" } }, cpu: parseGuestCpu(cpu) } as unknown as DomainDef; // as above
  const models = hostModels(caps, type, conroe);
  const started = startedCpu(def, { caps, hostArch: "x86_64", models, isNew });
  return started ? formatGuestCpu(started) : "";
}

describe("host models", () => {
  test("what QEMU tells, and what of it can migrate", () => {
    const models = hostModels(caps, "qemu", conroe);
    expect(models?.reported.model?.name).toBe("Penryn");
    const isKept = (cpu = models?.reported) => cpu?.features.some(({ name }) => name === "invtsc");
    expect([isKept(), isKept(models?.migratable)]).toEqual([true, false]);
    expect(models?.reported.maxphysaddr).toBeUndefined();
  });

  test("an accelerated guest is checked against the machine itself", () => {
    const models = hostModels(caps, "kvm", conroe);
    expect(models?.full.model?.name).toBe("Conroe");
    expect(models?.reported.maxphysaddr).toEqual({ mode: "passthrough", limit: 40 });
  });

  test("a foreign machine offers none", () => {
    expect(hostModels(caps, "qemu", { ...conroe, arch: "s390x" })).toBeUndefined();
  });
});

describe("a guest's processor at start", () => {
  test.each<[what: string, args: Parameters<typeof start>, contains: string[]]>([
    [
      "host-model",
      ["<cpu mode='host-model'/>"],
      ["mode='custom'", "<model fallback='forbid'>Penryn</model>"],
    ],
    ["a model", ["<cpu><model>Conroe</model></cpu>"], ["<model fallback='forbid'>Conroe</model>"]],
    [
      "a model QEMU does not have",
      ["<cpu><model>Nehalem</model></cpu>"],
      [">Penryn<", "policy='require' name='sse4.2'"],
    ],
    [
      "known to QEMU or not",
      [
        "<cpu><model>Conroe</model><feature policy='disable' name='avx'/><feature policy='disable' name='pconfig'/></cpu>",
      ],
      ["name='avx'"],
    ],
    [
      "from an older release",
      ["<cpu mode='host-model'><model fallback='forbid'>Conroe</model></cpu>", "qemu", false],
      ["mode='custom'", ">Conroe<"],
    ],
    ["the largest", ["<cpu mode='maximum'/>"], ["<cpu mode='maximum'/>"]],
    [
      "usable, as QEMU says, whatever else is known of the host",
      ["<cpu match='exact' check='partial'><model>n270</model></cpu>", "kvm"],
      [">n270<"],
    ],
    [
      "usable, as QEMU says, with what blocks it taken away",
      [
        "<cpu match='exact' check='partial'><model>Denverton</model><feature policy='disable' name='mpx'/><feature policy='disable' name='sha-ni'/></cpu>",
        "kvm",
      ],
      [">Denverton<"],
    ],
  ])("%s", (_, args, contains) => {
    const text = start(...args);
    for (const part of contains) expect(text).toContain(part);
    expect(text).not.toContain("pconfig");
  });

  test.each<[cpu: string, type: string, message: string]>([
    [
      "<cpu mode='host-passthrough'/>",
      "qemu",
      "CPU mode 'host-passthrough' for x86_64 qemu domain on x86_64 host is not supported by hypervisor",
    ],
    [
      "<cpu><model fallback='forbid'>Nehalem</model></cpu>",
      "qemu",
      "CPU model Nehalem is not supported by hypervisor",
    ],
    [
      "<cpu match='exact' check='partial'><model>Penryn</model><feature name='vme'/></cpu>",
      "kvm",
      "Host CPU does not provide required features: cx16, sse4.1",
    ],
    [
      "<cpu match='exact' check='partial'><model>n270</model><feature name='avx'/></cpu>",
      "kvm",
      "Host CPU does not provide required features: ",
    ],
    [
      "<cpu match='exact' check='partial'><model>Denverton</model></cpu>",
      "kvm",
      "Host CPU does not provide required features: mpx, sha-ni",
    ],
    [
      "<cpu match='exact' check='partial'><model>Denverton</model><feature name='pcid'/><feature policy='disable' name='mpx'/></cpu>",
      "kvm",
      "Host CPU does not provide required features: sha-ni, pcid",
    ],
    [
      "<cpu match='exact' check='full'><model>Conroe</model><feature policy='forbid' name='vme'/></cpu>",
      "kvm",
      "Host CPU provides forbidden feature 'vme'",
    ],
  ])("refuses %s for %s", (cpu, type, message) => {
    expect(() => start(cpu, type)).toThrow(message);
  });
});
