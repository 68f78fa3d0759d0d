import { cpuArch, featureOfQemu } from "@libvirt-ts/cpu";
import type { XmlWriter } from "@libvirt-ts/xml";
import { acceleratorOf, type CpuDefinition, type QemuCaps } from "../caps/qemu-caps.ts";
import { type CpuMode, isModeSupported } from "../cpu/modes.ts";
import { type DomainCapabilitiesRequest, has, isX86, type Value } from "./request.ts";
import { empty, enumeration, leafWith } from "./write.ts";

type Writer = (writer: XmlWriter, request: DomainCapabilitiesRequest) => void;

const migratable = (name: string, values: readonly Value[]): Writer => {
  return (writer, request) => enumeration(writer, name, values, request);
};
const canMigrate: Value = ["on", (request) => isX86(request) && has("cpu.migratable")(request)];

/** What each mode offers, in libvirt's order. */
const modes: readonly (readonly [mode: CpuMode, details: Writer])[] = [
  ["host-passthrough", migratable("hostPassthroughMigratable", [canMigrate, "off"])],
  ["maximum", migratable("maximumMigratable", ["on", "off"])],
  ["host-model", writeHostModel],
  ["custom", writeModels],
];

/** `<cpu>` of the capabilities of a guest: the ways to choose a processor. */
export function writeCpu(writer: XmlWriter, request: DomainCapabilitiesRequest): void {
  writer.open("cpu");
  for (const [mode, details] of modes) {
    const isSupported = isModeSupported(mode, request);
    writer.open("mode");
    writer.attr("name", mode);
    writer.attr("supported", isSupported ? "yes" : "no");
    if (isSupported) details(writer, request);
    writer.close("mode");
  }
  writer.close("cpu");
}

function writeHostModel(writer: XmlWriter, { models }: DomainCapabilitiesRequest): void {
  if (models === undefined) return;
  const { model, vendor, maxphysaddr, features } = models.reported;
  leafWith(writer, "model", { fallback: model?.fallback ?? "allow" }, model?.name ?? "");
  if (vendor !== undefined) leafWith(writer, "vendor", {}, vendor);
  if (maxphysaddr !== undefined)
    empty(writer, "maxphysaddr", { mode: maxphysaddr.mode, limit: String(maxphysaddr.limit ?? "") });
  for (const { name, policy } of features) empty(writer, "feature", { policy, name });
}

function writeModels(writer: XmlWriter, { caps, virtType }: DomainCapabilitiesRequest): void {
  const arch = cpuArch(caps.arch);
  const models = modelsOf(caps, virtType);
  for (const { name, usable, deprecated, blockers } of models) {
    const canonical = arch?.canonicalOf?.(name);
    leafWith(
      writer,
      "model",
      {
        usable: usable === undefined ? "unknown" : usable ? "yes" : "no",
        ...(deprecated && { deprecated: "yes" }),
        vendor: arch?.vendorOf?.(name) ?? "unknown",
        ...(canonical !== undefined && { canonical }),
      },
      name,
    );
    const features = [...new Set(blockers.map((each) => featureOfQemu(each)?.name ?? each))].sort();
    if (usable !== false || features.length === 0) continue;
    writer.open("blockers");
    writer.attr("model", name);
    for (const feature of features) empty(writer, "feature", { name: feature });
    writer.close("blockers");
  }
}

/** Processor models a guest can be given, by name. */
export function modelsOf(caps: QemuCaps, virtType: string): CpuDefinition[] {
  const known = cpuArch(caps.arch)?.models?.();
  const all = caps.accel[acceleratorOf(virtType)]?.cpus ?? [];
  return all
    .filter(({ name }) => name !== "host" && (known?.includes(name) ?? true))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
