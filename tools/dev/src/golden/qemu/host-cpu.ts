import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { CpuModel } from "@libvirt-ts/cpu";
import {
  describedModels,
  type HostModels,
  type HostProcessor,
  hostModels,
  type QemuCaps,
} from "@libvirt-ts/driver-qemu/command";
import type { Row } from "../corpus.ts";

const model = (name: string, vendor?: string, features = ""): CpuModel => ({
  model: name,
  ...(vendor !== undefined && { vendor }),
  features: features.split(" ").flatMap((each) => (each === "" ? [] : [{ name: each, policy: "require" }])),
});

const core2duo = model("core2duo", "Intel", "ds acpi ss ht tm pbe ds_cpl vmx est tm2 cx16 xtpr lahf_lm");

/** Processors a case may ask for (README §4.2). */
const named: Readonly<Record<string, CpuModel>> = {
  HASWELL: model(
    "Haswell",
    "Intel",
    "vme ds acpi ss ht tm pbe dtes64 monitor ds_cpl vmx smx est tm2 xtpr pdcm osxsave f16c rdrand cmt pdpe1gb abm invtsc lahf_lm",
  ),
  POWER8: model("POWER8"),
  POWER9: model("POWER9"),
  POWER10: model("POWER10"),
};

const hosts = new Map<string, HostProcessor>();

/** The pretended machine. */
function hostOf(arch: string, hostCpu: string | undefined): HostProcessor {
  const key = `${arch} ${hostCpu}`;
  let host = hosts.get(key);
  if (host === undefined) {
    const usual = arch.startsWith("ppc64")
      ? named.POWER8
      : arch === "x86_64" || arch === "i686"
        ? core2duo
        : undefined;
    const described = hostCpu === undefined ? usual : named[hostCpu];
    host = {
      arch,
      describe: () => described,
      itself: () => described,
      physicalBits: arch.startsWith("s390") ? 0 : 64,
    };
    hosts.set(key, host);
  }
  return host;
}

/** What guests of a case can have of its host. */
export function modelsOf(def: DomainDef, caps: QemuCaps, row: Row): HostModels | undefined {
  const { arch = "x86_64" } = row;
  const hostCpu = row.hostCpu as string | undefined; // the README's format
  const described = arch.startsWith("ppc64") ? undefined : named[hostCpu ?? ""];
  return described ? describedModels(described, arch) : hostModels(caps, def.type, hostOf(arch, hostCpu));
}

const broadwell = model("Broadwell");

/** The machine of the capabilities of guests (README §4.2). */
export function domcapsHost(arch: string): HostProcessor {
  const described = arch === "x86_64" ? broadwell : arch.startsWith("ppc64") ? named.POWER8 : undefined;
  return {
    arch,
    describe: () => described,
    itself: () => described,
    physicalBits: arch.startsWith("s390") ? 0 : 64,
  };
}
