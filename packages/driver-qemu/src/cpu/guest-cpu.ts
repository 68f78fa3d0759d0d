import type { Cpu, DomainDef } from "@libvirt-ts/conf/domain";
import {
  type CpuArch,
  type CpuFeature,
  candidateOfGuest,
  cpuArch,
  featureOfQemu,
  modelOfGuest,
  withFeatures,
} from "@libvirt-ts/cpu";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { acceleratorOf, type CpuDefinition, type QemuCaps } from "../caps/qemu-caps.ts";
import { isX86 } from "../device/parts.ts";
import { type HostModels, usableModels } from "./host-model.ts";
import { isModeSupported } from "./modes.ts";

export interface GuestCpuContext {
  caps: QemuCaps;
  hostArch: string;
  /** What the host can give; absent: it cannot be told. */
  models: HostModels | undefined;
  /** False: the guest comes from elsewhere and keeps what was decided there. */
  isNew: boolean;
}

const unsupported = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);
const incompatible = (detail: string) => new VirError(ErrorDomain.CPU, ErrorCode.CPU_INCOMPATIBLE, detail);

/**
 * What becomes of a guest's `<cpu>` when it starts: `host-model` turns into a model with features, the wish is held
 * against the host, and the model is one QEMU knows.
 * @throws VirError CONFIG_UNSUPPORTED for what QEMU cannot do; CPU/CPU_INCOMPATIBLE if the host has less
 */
export function startedCpu(def: DomainDef, context: GuestCpuContext): Cpu | undefined {
  const { cpu } = def;
  if (cpu === undefined) return undefined;
  const mode = cpu.mode ?? "custom";
  if (mode === "custom" && cpu.model?.name === undefined) return cpu;
  const { caps, hostArch, models, isNew } = context;
  const guestArch = def.os.type.arch ?? "";
  // Guests on their way from an older release say host-model and the model it was.
  if (!isNew && isX86(guestArch) && mode === "host-model" && cpu.model?.name !== undefined)
    return startedCpu({ ...def, cpu: { ...cpu, mode: "custom" } }, context);
  if (!isModeSupported(mode, { caps, virtType: def.type, hostArch, models }))
    throw unsupported(
      `CPU mode '${mode}' for ${guestArch} ${def.type} domain on ${hostArch} host is not supported by hypervisor`,
    );
  const arch = cpuArch(guestArch);
  if (arch === undefined) return cpu;
  const guest = arch.modernise?.(cpu) ?? cpu;
  check(guest, { arch, virtType: def.type, context });
  let started =
    models === undefined
      ? guest
      : (arch.update?.(guest, modelOfGuest(models.migratable), "disable") ?? guest);
  const accel = caps.accel[acceleratorOf(def.type)];
  if (accel !== undefined) started = arch.translate?.(started, usableModels(accel)) ?? started;
  if (mode === "host-model") started = withoutDeprecated(started, accel?.hostCpu?.deprecatedFeatures);
  started = { ...started, features: withoutUnknown(started.features, guestArch, accel?.hostCpu?.properties) };
  return started.mode === "custom" && started.model
    ? { ...started, model: { ...started.model, fallback: "forbid" } }
    : started;
}

interface Check {
  arch: CpuArch;
  virtType: string;
  context: GuestCpuContext;
}

function check(guest: Cpu, { arch, virtType, context }: Check): void {
  const { models, caps } = context;
  if (models === undefined || guest.check === undefined || guest.check === "none") return;
  const host = modelOfGuest(models.full);
  const has = (name: string) => arch.hasFeature?.(host, name);
  if (guest.check !== "partial" || guest.mode !== "custom") {
    const forbidden = guest.features.find(({ name, policy }) => policy === "forbid" && has(name));
    if (forbidden) throw incompatible(`Host CPU provides forbidden feature '${forbidden.name}'`);
    return;
  }
  const name = guest.model?.name ?? "";
  const definition = caps.accel[acceleratorOf(virtType)]?.cpus.find((cpu) => cpu.name === name);
  if (definition !== undefined && arch.comparesFeatures?.(name) === false) {
    const missing = [...blockersOf(definition, guest), ...required(guest).filter((each) => !has(each))];
    if (missing.length === 0) return;
    throw incompatible(`Host CPU does not provide required features: ${missing.join(", ")}`);
  }
  // QEMU knows better what it can be, as long as no more is asked for.
  if (definition?.usable && guest.features.every(({ policy }) => policy === "disable")) return;
  const verdict = arch.compare(host, candidateOfGuest(guest));
  if (verdict.result === "incompatible") throw incompatible(verdict.why);
}

/** What keeps QEMU from being this model here, but for what the guest does without. */
function blockersOf({ blockers }: CpuDefinition, { features }: Cpu): string[] {
  const disabled = new Set(features.filter(isTaken).map(({ name }) => name));
  return blockers
    .map((blocker) => featureOfQemu(blocker)?.name ?? blocker)
    .filter((name) => !disabled.has(name));
}

const required = ({ features }: Cpu): string[] =>
  features.filter(({ policy }) => policy === "require" || policy === undefined).map(({ name }) => name);

const isTaken = ({ policy }: CpuFeature) => policy === "disable" || policy === "forbid";

/** `deprecated_features='off'`: what QEMU is about to drop is switched off now. */
function withoutDeprecated(cpu: Cpu, deprecated: readonly string[] = []): Cpu {
  if (cpu.deprecatedFeatures !== false) return cpu;
  const off = deprecated.map((name): CpuFeature => ({ name, policy: "disable" }));
  return { ...cpu, features: withFeatures(cpu.features, off) };
}

/** A feature QEMU does not know need not be switched off. */
function withoutUnknown(
  features: Cpu["features"],
  arch: string,
  properties: readonly { name: string }[] | undefined,
): Cpu["features"] {
  if (!isX86(arch) || properties === undefined) return features;
  const known = new Set(properties.map(({ name }) => featureOfQemu(name)?.name ?? name));
  return features.filter((feature) => !isTaken(feature) || known.has(feature.name));
}
