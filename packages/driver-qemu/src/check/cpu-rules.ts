import type { DomainDef } from "@libvirt-ts/conf/domain";
import { findMachine } from "../caps/qemu-caps.ts";
import { isPseries, isQ35 } from "../device/machine.ts";
import { isX86 } from "../device/parts.ts";
import { archOf, type Rule } from "./rule.ts";

const limit: Rule = ({ vcpu, os, type }, { caps }) => {
  const most = findMachine(caps, type, os.type.machine ?? "")?.maxCpus;
  return most !== undefined && most > 0 && vcpu.count > most
    ? `Maximum CPUs greater than specified machine type limit ${most}`
    : undefined;
};

/** What interrupts of an 8-bit number can reach. */
const plainInterrupts = 255;

const manyCpus: Rule = (def) => {
  if (!isX86(archOf(def)) || def.vcpu.count <= plainInterrupts) return undefined;
  const many = `more than ${plainInterrupts} vCPUs`;
  if (!isQ35(def)) return `${many} are only supported on q35-based machine types`;
  return def.devices.iommus[0]?.driver?.eim === true
    ? undefined
    : `${many} require extended interrupt mode enabled on the iommu device`;
};

const topology: Rule = ({ cpu, vcpu }) => {
  if (cpu?.topology === undefined) return undefined;
  const { sockets = 1, dies = 1, clusters = 1, cores = 1, threads = 1 } = cpu.topology;
  return sockets * dies * clusters * cores * threads === vcpu.count
    ? undefined
    : "CPU topology doesn't match maximum vcpu count";
};

/** The first one boots the guest: it is there from the beginning. */
const firstCpu: Rule = ({ vcpu, vcpuList }) => {
  const list = vcpuList?.vcpus ?? [];
  if (vcpu.current === 0 || list.find(({ id }) => id === 0)?.enabled === false)
    return "vcpu 0 can't be offline";
  const first = list.find(({ id }) => id === 0);
  if (first?.hotpluggable) return "vcpu0 can't be hotpluggable";
  return first?.order !== undefined && first.order !== 1 ? "vcpu0 must be enabled first" : undefined;
};

const granularity: Rule = (def) => {
  const step = isPseries(def) ? (def.cpu?.topology?.threads ?? 1) : 1;
  const { count, current = count } = def.vcpu;
  return count % step !== 0 || current % step !== 0
    ? `vCPUs count must be a multiple of the vCPU hotplug granularity (${step})`
    : undefined;
};

const isHosts = ({ cpu }: DomainDef): boolean => cpu?.mode === "host-passthrough" || cpu?.mode === "maximum";

const cache: Rule = (def) => {
  if (def.cpu?.cache && !isX86(archOf(def)))
    return `CPU cache specification is not supported for '${archOf(def)}' architecture`;
  const { mode, level } = def.cpu?.cache ?? {};
  switch (mode) {
    case "emulate":
      return level === 3 ? undefined : "CPU cache mode 'emulate' can only be used with level='3'";
    case "passthrough":
      if (!isHosts(def))
        return "CPU cache mode 'passthrough' can only be used with 'host-passthrough' / 'maximum' CPUs";
      return level === undefined ? undefined : "unsupported CPU cache level for mode 'passthrough'";
    case "disable":
      return level === undefined ? undefined : "unsupported CPU cache level for mode 'disable'";
    default:
      return undefined;
  }
};

const addressBits: Rule = (def, { hostAddressBits = 0 }) => {
  if (def.cpu?.maxphysaddr === undefined) return undefined;
  const { mode, bits } = def.cpu.maxphysaddr;
  if (!isX86(archOf(def)))
    return `CPU maximum physical address bits specification is not supported for '${archOf(def)}' architecture`;
  if (mode === "passthrough" && bits !== undefined)
    return "CPU maximum physical address bits number specification cannot be used with mode='passthrough'";
  return hostAddressBits > 0 && (bits ?? 0) > hostAddressBits
    ? "The number of virtual CPU address bits cannot exceed the number supported by the host CPU"
    : undefined;
};

/** Rules for processors. */
export const cpuRules: readonly Rule[] = [
  granularity,
  limit,
  firstCpu,
  topology,
  manyCpus,
  cache,
  addressBits,
  ({ cputune, type }) =>
    (cputune?.cachetunes.length ?? 0) > 0 && type !== "kvm"
      ? "cachetune is only supported for KVM domains"
      : undefined,
];
