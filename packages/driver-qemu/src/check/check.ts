import type { DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { findMachine, type QemuCaps } from "../caps/qemu-caps.ts";
import { abilityRules } from "./ability-rules.ts";
import { chardevRules } from "./chardev-rules.ts";
import { controllerRules } from "./controller-rules.ts";
import { cpuRules } from "./cpu-rules.ts";
import { deviceRules, deviceStartRules } from "./devices.ts";
import { diskRules, diskStartRules } from "./disk-rules.ts";
import { displayRules } from "./display-rules.ts";
import { machineRules, machineStartRules } from "./machine-rules.ts";
import { memoryRules } from "./memory-rules.ts";
import { netRules, netStartRules } from "./net-rules.ts";
import type { CheckContext, Rule } from "./rule.ts";

const unsupported = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);

/** What a QEMU for one architecture can run. */
const guestArches = (arch: string): string[] =>
  arch === "x86_64"
    ? [arch, "i686"]
    : arch === "aarch64"
      ? [arch, "armv7l"]
      : arch === "ppc64"
        ? [arch, "ppc64le"]
        : [arch];

const canBe = (type: string, { flags, accel }: QemuCaps): boolean =>
  type === "qemu" ? flags.has("tcg") : (type === "kvm" || type === "hvf") && accel[type] !== undefined;

function apply(rules: readonly Rule[], def: DomainDef, context: CheckContext) {
  for (const rule of rules) {
    const complaint = rule(def, context);
    if (complaint !== undefined) throw complaint instanceof VirError ? complaint : unsupported(complaint);
  }
}

/** The whole guest first, then what is in it. */
const rules: readonly Rule[] = [
  ...machineRules,
  ...cpuRules,
  ...memoryRules,
  ...diskRules,
  ...netRules,
  ...controllerRules,
  ...chardevRules,
  ...displayRules,
  ...deviceRules,
  ...abilityRules,
];
const startRules: readonly Rule[] = [
  ...machineStartRules,
  ...diskStartRules,
  ...netStartRules,
  ...deviceStartRules,
];

/**
 * Refuses what this QEMU cannot do.
 * @throws VirError QEMU/CONFIG_UNSUPPORTED in libvirt's words
 */
export function checkQemu(def: DomainDef, caps: QemuCaps, more: Omit<CheckContext, "caps"> = {}): void {
  const { emulator } = def.devices;
  if (!guestArches(caps.arch).includes(def.os.type.arch ?? "")) {
    throw unsupported(`Emulator '${emulator}' does not support arch '${def.os.type.arch}'`);
  }
  if (!canBe(def.type, caps)) {
    throw unsupported(`Emulator '${emulator}' does not support virt type '${def.type}'`);
  }
  const { machine } = def.os.type;
  if (machine !== undefined && findMachine(caps, def.type, machine) === undefined)
    throw unsupported(`Emulator '${emulator}' does not support machine type '${machine}'`);
  if (def.os.type.name !== "hvm")
    throw unsupported(`Emulator '${emulator}' does not support os type '${def.os.type.name}'`);
  apply(rules, def, { caps, ...more });
}

/** Refuses what a definition may say but no guest can be started with. */
export function checkStart(
  def: DomainDef,
  caps: QemuCaps,
  more: Pick<CheckContext, "hostCounter"> = {},
): void {
  apply(startRules, def, { caps, ...more });
}
