import type { DomainDef, Timer } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { CapsFlag } from "../caps/flags.ts";
import { acceleratorOf, findMachine } from "../caps/qemu-caps.ts";
import { isArmVirt, isI440fx, isPseries, isQ35, isRiscvVirt } from "../device/machine.ts";
import { isX86 } from "../device/parts.ts";
import { archOf, forEach, internalComplaint, type Rule, xmlComplaint } from "./rule.ts";

const notHere = (feature: string, def: DomainDef) =>
  `The '${feature}' feature is not supported for architecture '${archOf(def)}' or machine type '${def.os.type.machine}'`;

/** Features that belong to one kind of board. */
const boardFeatures: readonly (readonly [
  name: string,
  has: (def: DomainDef) => boolean,
  board: (def: DomainDef) => boolean,
])[] = [
  ["gic", (def) => def.features?.gic !== undefined, isArmVirt],
  ["hpt", (def) => def.features?.hpt !== undefined, isPseries],
  ["htm", (def) => def.features?.htm !== undefined, isPseries],
  ["nested-hv", (def) => def.features?.nestedHv !== undefined, isPseries],
  ["ccf-assist", (def) => def.features?.ccfAssist !== undefined, isPseries],
  ["cfpc", (def) => def.features?.cfpc !== undefined, isPseries],
  ["sbbc", (def) => def.features?.sbbc !== undefined, isPseries],
  ["ibs", (def) => def.features?.ibs !== undefined, isPseries],
];

const ps2: Rule = (def, { caps }) => {
  const state = def.features?.ps2;
  if (state === undefined) return undefined;
  if (!isX86(archOf(def)) || (!isI440fx(def) && !isQ35(def))) return notHere("ps2", def);
  if (!caps.flags.has("i8042")) return "ps2 feature is not available with this QEMU binary";
  if (!caps.flags.has("machine-i8042-opt"))
    return "ps2 feature state cannot be controlled with this QEMU binary";
  if (!state && def.devices.inputs.some((input) => input.bus === "ps2")) {
    return new VirError(
      ErrorDomain.DOMAIN,
      ErrorCode.CONFIG_UNSUPPORTED,
      "ps2 bus inputs require the ps2 feature not to be disabled",
    );
  }
  return undefined;
};

/** What becomes of a guest that ends: QEMU cannot keep one, nor give it another name. */
const endings: Rule = ({ onPoweroff, onReboot, onCrash }) => {
  const is = (action: string, where: string) =>
    `qemu driver doesn't support the '${action}' action for ${where}`;
  if (onPoweroff === "preserve" || onReboot === "preserve")
    return is("preserve", "'on_reboot'/'on_poweroff'");
  if ([onPoweroff, onReboot, onCrash].includes("rename-restart"))
    return is("rename-restart", "'on_reboot'/'on_poweroff'/'on_crash'");
  return onReboot === "destroy" && onPoweroff === "restart"
    ? "qemu driver doesn't support 'onReboot' set to 'destroy and 'onPoweroff' set to 'reboot'"
    : undefined;
};

const latestStart = 253_402_300_799n; // the end of the year 9999

const start: Rule = ({ clock }) =>
  clock.offset === "absolute" && BigInt(clock.start ?? 0) > latestStart
    ? `The maximum 'start' value for <clock offset='absolute'> is ${latestStart}`
    : undefined;

const timer = ({ name, track, tickpolicy }: Timer, def: DomainDef): string | undefined => {
  switch (name) {
    case "platform":
      return "unsupported timer type (name) 'platform'";
    case "rtc":
      if (track === "boot") return `unsupported rtc timer track '${track}'`;
      return tickpolicy === "merge" || tickpolicy === "discard"
        ? `unsupported rtc timer tickpolicy '${tickpolicy}'`
        : undefined;
    case "pit":
      return tickpolicy === "merge" ? `unsupported pit tickpolicy '${tickpolicy}'` : undefined;
    case "armvtimer":
      return isArmVirt(def) && def.type === "kvm"
        ? undefined
        : `Configuring the '${name}' timer is not supported for virtType=${def.type} arch=${archOf(def)} machine=${def.os.type.machine} guests`;
    default:
      return undefined;
  }
};

const firmware: Rule = (def) => {
  const { loader, firmware: wanted } = def.os;
  if (loader?.secure) {
    if (!isX86(archOf(def))) return "Secure boot is supported for x86_64 architecture only";
    if (!isQ35(def)) return "Secure boot is supported with q35 machine types only";
    if (def.features?.smm?.state !== true) return "Secure boot requires SMM feature enabled";
  }
  const isUefi = loader?.type === "pflash" || wanted === "efi";
  if (isUefi && isX86(archOf(def)) && !def.features?.acpi) return "UEFI requires ACPI on this architecture";
  return !isUefi && archOf(def) === "aarch64" && def.features?.acpi
    ? "ACPI requires UEFI on this architecture"
    : undefined;
};

/** Where variables of the firmware are. */
const nvram: Rule = ({ os: { nvram } }) => {
  if (nvram === undefined) return undefined;
  const { type = "file" } = nvram;
  if (type !== "file" && type !== "block" && type !== "network")
    return `unsupported nvram disk type '${type}'`;
  const source = "source" in nvram ? (nvram.source ?? {}) : {};
  if ("slices" in source && source.slices) return "slices are not supported with NVRAM";
  return "reservations" in source && source.reservations
    ? "persistent reservations are not supported with NVRAM"
    : undefined;
};

const firmwareNames: Rule = ({ sysinfos }) => {
  for (const sysinfo of sysinfos) {
    if (sysinfo.type !== "fwcfg") continue;
    for (const { name = "" } of sysinfo.entries) {
      if (!name.startsWith("opt/")) return "Invalid firmware name";
      if (/^opt\/(ovmf|org\.qemu|org\.systemd)\//.test(name)) return "That firmware name is reserved";
    }
  }
  return undefined;
};

const qemuEnvironment: Rule = ({ qemuCommandline }) => {
  for (const { name } of qemuCommandline?.envs ?? []) {
    if (!/^[A-Za-z_]/.test(name))
      return internalComplaint("Invalid environment name, it must begin with a letter or underscore");
    if (/[^A-Za-z0-9_]/.test(name))
      return internalComplaint("Invalid environment name, it must contain only alphanumerics and underscore");
  }
  return undefined;
};

const qemuProperties: Rule = ({ qemuOverride }) => {
  for (const { frontend } of qemuOverride?.devices ?? []) {
    for (const { type, value } of frontend?.properties ?? []) {
      if (type === "remove") {
        if (value !== undefined)
          return xmlComplaint(
            "setting 'value' attribute of 'qemu:property' doesn't make sense with 'remove' type",
          );
        continue;
      }
      if (value === undefined) return xmlComplaint("missing 'value' attribute for 'qemu:property'");
      if (propertyValues[type]?.test(value) === false)
        return xmlComplaint(`invalid value '${value}' of 'value' attribute of 'qemu:property'`);
    }
  }
  return undefined;
};
const propertyValues: Readonly<Record<string, RegExp>> = {
  unsigned: /^\s*\+?\d+$/,
  signed: /^\s*[-+]?\d+$/,
  bool: /^(true|false)$/,
};

/** Rules for the machine, its features, CPU and memory. */
export const machineRules: readonly Rule[] = [
  (def) =>
    boardFeatures
      .map(([name, has, board]) => (has(def) && !board(def) ? notHere(name, def) : undefined))
      .find((c) => c !== undefined),
  (def, { caps }) =>
    def.features?.acpi && findMachine(caps, def.type, def.os.type.machine ?? "")?.acpi === false
      ? `machine type '${def.os.type.machine}' does not support ACPI`
      : undefined,
  (def) =>
    def.features?.ras !== undefined && !isArmVirt(def)
      ? "ras feature is only supported with ARM Virt machines"
      : undefined,
  (def) =>
    def.features?.aia !== undefined && !isRiscvVirt(def)
      ? "aia feature is only supported with RISC-V Virt machines"
      : undefined,
  ({ features, type }) => {
    if (features?.tcg === undefined) return undefined;
    if (type !== "qemu") return `TCG features are incompatible with domain type '${type}'`;
    return (features.tcg.tbCacheKiB ?? 0) % 1024 === 0
      ? undefined
      : "tb-cache size must be an integer multiple of MiB";
  },
  ps2,
  (def) =>
    def.features?.smm?.tsegBytes !== undefined && !isQ35(def)
      ? "SMM TSEG is only supported with q35 machine type"
      : undefined,
  start,
  forEach((def) => def.clock.timers, timer),
  endings,
  firmware,
  nvram,
  ({ os }) =>
    os.acpi?.tables.some(({ type }) => type === "rawset")
      ? "ACPI table type 'rawset' is not supported"
      : undefined,
  (def) =>
    def.os.bios?.useserial && !isX86(archOf(def))
      ? "BIOS serial console only supported on x86 architectures"
      : undefined,
  ({ os, devices }) =>
    os.bios?.useserial && devices.serials.length === 0
      ? xmlComplaint("need at least one serial port to use BIOS serial output")
      : undefined,
  ({ bootloader, bootloaderArgs }) =>
    bootloader !== undefined || bootloaderArgs !== undefined
      ? "bootloader is not supported by QEMU"
      : undefined,
  firmwareNames,
  ({ launchSecurity }, { caps }) => {
    const flag = launchSecurityFlags[launchSecurity?.type ?? ""];
    return flag !== undefined && !caps.flags.has(flag)
      ? `'${launchSecurity?.type}' launch security is not supported with this QEMU binary`
      : undefined;
  },
  qemuEnvironment,
  qemuProperties,
];

const launchSecurityFlags: Readonly<Record<string, CapsFlag>> = {
  sev: "sev-guest",
  "sev-snp": "sev-snp-guest",
  "s390-pv": "s390-pv-guest",
};

/** A guest's time stamp counter may be off by so many millionths without anybody's help. */
const counterTolerance = 250;

const counter: Rule = ({ clock }, { hostCounter }) => {
  const wanted = Number(clock.timers.find(({ name }) => name === "tsc")?.frequency ?? 0);
  const host = wanted > 0 ? hostCounter?.() : undefined;
  if (host === undefined || host.scaling) return undefined;
  const off = Math.floor((host.hertz * counterTolerance) / 1_000_000);
  const [least, most] = [host.hertz - off, host.hertz + off];
  return wanted >= least && wanted <= most
    ? undefined
    : `Requested TSC frequency ${wanted} Hz is outside tolerance range ([${least}, ${most}] Hz) around host frequency ${host.hertz} Hz and TSC scaling is not supported by the host CPU`;
};

/** What only a start refuses. */
export const machineStartRules: readonly Rule[] = [
  counter,
  (def, { caps }) =>
    def.cpu?.deprecatedFeatures !== undefined && !caps.flags.has("query-cpu-model-expansion.deprecated-props")
      ? "toggling deprecated features for CPU model is unsupported"
      : undefined,
  (def, { caps }) => {
    if (archOf(def) !== "aarch64" && archOf(def) !== "armv7l") return undefined;
    const known = caps.accel[acceleratorOf(def.type)]?.hostCpu?.properties;
    const unknown = def.cpu?.features.find(
      ({ name }) => known?.some((property) => property.name === name) === false,
    );
    return unknown === undefined ? undefined : `unknown CPU feature: ${unknown.name}`;
  },
];
