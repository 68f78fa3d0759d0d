import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { asTold, type Compare, mismatch, switchWord } from "@libvirt-ts/xml";
import type { NumaCell } from "./cpu.ts";
import type { DomainDef } from "./def.ts";

// What a guest sees of parts that single fields cannot tell. Each gets what its field holds, and what the field is in.

type Features = NonNullable<DomainDef["features"]>;
type Switches = { readonly [name: string]: unknown };
type Sysinfo = DomainDef["sysinfos"][number];

/** Memory the guest boots with, without modules. */
export const compareInitialMemory = asTold(
  "domain max memory",
  (_memory, def) => initialMemoryKiB(def as DomainDef), // a field of it
);

function initialMemoryKiB({ memoryKiB = 0, devices }: DomainDef): number {
  const modules = devices?.memories.map((memory) => ("target" in memory ? (memory.target?.sizeKiB ?? 0) : 0));
  return memoryKiB - (modules ?? []).reduce((sum, size) => sum + size, 0);
}

/** How far memory may grow. */
export const compareMaxMemory: Compare = (source, target) => {
  const [from, to] = [source as DomainDef["maxMemory"], target as DomainDef["maxMemory"]]; // values of the field
  const [was, is] = [from?.sizeKiB ?? 0, to?.sizeKiB ?? 0];
  if (was !== is) return mismatch("Target maximum memory size '%t' doesn't match source '%s'", was, is);
  const [slots, asked] = [from?.slots ?? 0, to?.slots ?? 0];
  return slots === asked
    ? undefined
    : mismatch("Target domain memory slots count '%t' doesn't match source '%s'", slots, asked);
};

/** NUMA cells: how many, how big, whose processors. */
function compareCells(from: DomainDef, to: DomainDef): string | undefined {
  const [source, target] = [from.cpu?.numa?.cells ?? [], to.cpu?.numa?.cells ?? []];
  if (source.length !== target.length)
    return mismatch("Target NUMA node count '%t' doesn't match source '%s'", source.length, target.length);
  for (const [index, was] of source.entries()) {
    const is = target[index];
    if (was.memoryKiB !== is?.memoryKiB)
      return `Size of target NUMA node ${index} (${is?.memoryKiB}) doesn't match source (${was.memoryKiB})`;
    if (String(was.cpus) !== String(is?.cpus))
      return `Processor mask of target NUMA node ${index} doesn't match source`;
    for (const to of source.keys())
      if (distance(was, to) !== distance(is, to))
        return `Target NUMA distance from ${index} to ${to} doesn't match source`;
  }
  return undefined;
}

const distance = (cell: NumaCell | undefined, to: number): number | undefined =>
  cell?.distances?.siblings.find(({ id }) => id === to)?.value;

/** Which processors are there at the start. */
export const compareVcpus: Compare = (_source, _target, from, to) => {
  const [source, target] = [from as DomainDef, to as DomainDef]; // a field of it
  const cells = compareCells(source, target);
  if (cells !== undefined) return cells;
  const [was, is] = [source.vcpu?.count ?? 1, target.vcpu?.count ?? 1];
  if (was !== is) return mismatch("domain vCPU max", was, is);
  for (let id = 0; id < was; id++)
    if (isOnline(source, id) !== isOnline(target, id))
      return `State of vCPU '${id}' differs between source and destination definitions`;
  return undefined;
};

function isOnline({ vcpu, vcpuList }: DomainDef, id: number): boolean {
  const named = vcpuList?.vcpus.find((each) => each.id === id);
  return named ? named.enabled : id < (vcpu?.current ?? vcpu?.count ?? 1);
}

/** Words for the blocks of SMBIOS, by the names of their fields. */
const blockLabels = {
  bios: "BIOS",
  system: "system",
  baseBoards: "base board",
  chassis: "chassis",
} as const;

const fieldLabels: { readonly [name: string]: string } = { manufacturer: "vendor" };

/** What firmware tells. @throws VirError SYSINFO/CONFIG_UNSUPPORTED */
export const compareSysinfos: Compare = (source, target) => {
  const [from, to] = [source as readonly Sysinfo[], target as readonly Sysinfo[]]; // values of the field
  if (from.length !== to.length) return "Target domain count of sysinfo does not match source";
  for (const [index, was] of from.entries()) {
    const is = to[index];
    if (was.type !== "smbios" || is?.type !== "smbios") {
      if (was.type !== is?.type) throw sysinfoDiffers(mismatch("sysinfo", was.type, is?.type));
      continue;
    }
    for (const [key, label] of Object.entries(blockLabels))
      compareBlocks(label, blocksOf(was, key), blocksOf(is, key));
  }
  return undefined;
};

const blocksOf = (info: Switches, key: string): readonly Switches[] =>
  [info[key] ?? []]
    .flat()
    .map((block) => (block as { entries?: Switches }).entries ?? {}) // all of them have entries only
    .filter((entries) => Object.keys(entries).length > 0);

function compareBlocks(label: string, from: readonly Switches[], to: readonly Switches[]): void {
  if (from.length !== to.length)
    throw sysinfoDiffers(
      label === blockLabels.baseBoards
        ? mismatch("Target sysinfo base board count '%t' does not match source '%s'", from.length, to.length)
        : "Target sysinfo does not match source",
    );
  for (const [index, was] of from.entries()) {
    const is = to[index] ?? {};
    for (const name of new Set([...Object.keys(was), ...Object.keys(is)]))
      if (was[name] !== is[name])
        throw sysinfoDiffers(mismatch(`sysinfo ${label} ${fieldLabels[name] ?? name}`, was[name], is[name]));
  }
}

const sysinfoDiffers = (text: string) =>
  new VirError(ErrorDomain.SYSINFO, ErrorCode.CONFIG_UNSUPPORTED, text);

/** How the state of a feature differs, in words; `undefined`: all are the same. */
export const compareFeatures: Compare = (source, target) => {
  const [from, to] = [(source ?? {}) as Features, (target ?? {}) as Features]; // values of the field
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const [was, is] = [from[name as keyof Features], to[name as keyof Features]];
    const change =
      name === "apic"
        ? differs("feature 'apic'", apicOf(from), apicOf(to))
        : differs(`feature '${name}'`, stateOf(was), stateOf(is));
    if (change !== undefined) return change;
  }
  return compareHyperv(from, to) ?? compareKvm(from, to);
};

function compareHyperv({ hyperv: from }: Features, { hyperv: to }: Features): string | undefined {
  if (!from || !to || from.mode !== "custom") return undefined;
  if (to.mode !== "custom") return differs("feature 'hyperv'", "on", "off");
  const { spinlocks: was, ...others } = from;
  const { spinlocks: is, ...wanted } = to;
  const change = compareSwitches("HyperV enlightenment feature", "_", [others, wanted]);
  if (change !== undefined) return change;
  const [retries, asked] = [was?.retries ?? 0, is?.retries ?? 0];
  if (retries !== asked)
    return `HyperV spinlock retry count differs: source: '${retries}', destination: '${asked}'`;
  const [direct, wished] = [switchWord(from.stimer?.direct), switchWord(to.stimer?.direct)];
  if (direct !== wished)
    return `State of HyperV stimer direct feature differs: source: '${direct}', destination: '${wished}'`;
  const [vendor, name] = [from.vendorId?.value, to.vendorId?.value];
  return vendor === name
    ? undefined
    : `HyperV vendor_id differs: source: '${vendor}', destination: '${name}'`;
}

function compareKvm({ kvm: from }: Features, { kvm: to }: Features): string | undefined {
  const change = compareSwitches("KVM feature", "-", [from, to]);
  if (change !== undefined) return change;
  const [was, is] = [from?.dirtyRing?.size ?? 0, to?.dirtyRing?.size ?? 0];
  if (was === is) return undefined;
  return `dirty ring size of KVM feature 'dirty-ring' differs: source: '${was}', destination: '${is}'`;
}

/** @param joint between the words of a name */
function compareSwitches(
  label: string,
  joint: "-" | "_",
  [from = {}, to = {}]: readonly [from: Switches | undefined, to: Switches | undefined],
): string | undefined {
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (key === "mode") continue;
    const name = key.replace(/[A-Z]/g, (letter) => `${joint}${letter.toLowerCase()}`);
    const change = differs(`${label} '${name}'`, stateOf(from[key]), stateOf(to[key]));
    if (change !== undefined) return change;
  }
  return undefined;
}

const differs = (what: string, was: string, is: string): string | undefined =>
  was === is ? undefined : `State of ${what} differs: source: '${was}', destination: '${is}'`;

const apicOf = ({ apic }: Features): string => `${apic ? "on" : "default"},eoi=${switchWord(apic?.eoi)}`;

/** What is more than a switch counts as on unless it says off. */
function stateOf(feature: unknown): string {
  if (feature === undefined) return "default";
  const state =
    typeof feature === "object" && feature !== null && "state" in feature ? feature.state : feature;
  return state === false ? "off" : typeof state === "string" ? state : "on";
}
