import type { DomainDef } from "@libvirt-ts/conf/domain";
import { acceleratorOf, findMachine } from "../caps/qemu-caps.ts";
import { isArmVirt, isI440fx, isPseries, isQ35, isRiscvVirt } from "../device/machine.ts";
import { isX86 } from "../device/parts.ts";
import type { Rule } from "./rule.ts";

const archOf = (def: DomainDef) => def.os.type.arch ?? "";

const notHere = (feature: string, def: DomainDef) =>
  `The '${feature}' feature is not supported for architecture '${archOf(def)}' or machine type '${def.os.type.machine}'`;

/** Features that belong to one kind of board. */
const boardFeatures: readonly (readonly [
  name: string,
  has: (def: DomainDef) => boolean,
  board: (def: DomainDef) => boolean,
])[] = [
  ["gic", (def) => def.features?.gic !== undefined, isArmVirt],
  ["ras", (def) => def.features?.ras !== undefined, isArmVirt],
  ["aia", (def) => def.features?.aia !== undefined, isRiscvVirt],
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
  if (!caps.flags.has("machine-i8042-opt"))
    return "ps2 feature state cannot be controlled with this QEMU binary";
  if (!state && def.devices.inputs.some((input) => input.bus === "ps2")) {
    return "ps2 bus inputs require the ps2 feature not to be disabled";
  }
  return undefined;
};

const granularity: Rule = (def) => {
  const { topology } = def.cpu ?? {};
  const step = isPseries(def) ? (topology?.threads ?? 1) : 1;
  const { count, current = count } = def.vcpu;
  return count % step !== 0 || current % step !== 0
    ? `vCPUs count must be a multiple of the vCPU hotplug granularity (${step})`
    : undefined;
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
  ps2,
  (def) =>
    def.features?.smm?.tsegBytes !== undefined && !isQ35(def)
      ? "SMM TSEG is only supported with q35 machine type"
      : undefined,
  granularity,
  (def) =>
    def.maxMemory !== undefined &&
    !isPseries(def) &&
    (def.cpu?.numa?.cells.length ?? 0) === 0 &&
    !supportsPlainHotplug(def)
      ? "At least one numa node has to be configured when enabling memory hotplug"
      : undefined,
  (def) => {
    const { loader } = def.os;
    const isFlash = loader?.type === "pflash";
    if (isFlash && isX86(archOf(def)) && !def.features?.acpi)
      return "UEFI requires ACPI on this architecture";
    return undefined;
  },
];

/** What only a start refuses. */
export const machineStartRules: readonly Rule[] = [
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

/** s390 takes memory devices without NUMA. */
const supportsPlainHotplug = (def: DomainDef) => archOf(def).startsWith("s390");
