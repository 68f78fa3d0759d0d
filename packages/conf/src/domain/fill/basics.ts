import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { generateMac } from "@libvirt-ts/util/mac";
import { randomBytes } from "@libvirt-ts/util/random";
import { randomUuid } from "@libvirt-ts/util/uuid";
import { parseXml } from "@libvirt-ts/xml";
import { completePort } from "../../network/parts.ts";
import type { DomainDef } from "../def.ts";
import { Devices } from "../devices/devices.ts";
import type { Disk } from "../devices/disk.ts";
import type { Interface } from "../devices/interface.ts";
import type { DomainSyntax } from "../domain.ts";
import { unsupported, xmlDetail, xmlError } from "../errors.ts";
import { sortControllers } from "./controllers.ts";
import { diskIndex } from "./disk-name.ts";
import type { FillOptions } from "./fill.ts";
import { fillIothreads } from "./iothreads.ts";
import { sanitizeMetadata } from "./metadata.ts";
import { numberPorts } from "./serials.ts";

/** As many as libvirt can count. */
const mostVcpus = 0xffff;
const emptyElement = parseXml("<devices/>");
const noName = () => new VirError(ErrorDomain.DOMAIN, ErrorCode.NO_NAME);

/**
 * What reading a definition settles at once: identity, counts, the order of disks.
 * @returns the same object
 */
export function fillBasics(syntax: DomainSyntax, options: FillOptions): DomainDef {
  const { random = randomBytes } = options;
  const { name, title } = syntax;
  if (name === undefined || name === "") throw noName();
  if (name.includes("/")) throw xmlError(`name ${name} cannot contain '/'`);
  if (title?.includes("\n")) throw xmlError("Domain title can't contain newlines");
  syntax.uuid ??= randomUuid(random);
  if (syntax.genid) syntax.genid.uuid ??= randomUuid(random);
  syntax.vcpu = { placement: "static", count: 1, ...syntax.vcpu };
  const { vcpu } = syntax;
  vcpu.count ??= 1;
  if (vcpu.count === 0) throw xmlError("invalid domain configuration: maximum vcpu count must be an integer");
  if (vcpu.count > mostVcpus) throw xmlError(`invalid maximum number of vCPUs '${vcpu.count}'`);
  if (vcpu.current !== undefined && vcpu.current > vcpu.count) {
    throw unsupported("maximum vCPU count must not be less than current vCPU count");
  }
  if (vcpu.current === vcpu.count) vcpu.current = undefined;
  fillPlacement(syntax);
  if (syntax.metadata) syntax.metadata = sanitizeMetadata(syntax.metadata);
  fillIothreads(syntax);
  fillSeclabels(syntax, options);
  if (options.hostArch !== undefined) syntax.os.type.arch ??= options.hostArch;
  syntax.clock ??= { offset: "utc", timers: [] };
  syntax.onPoweroff ??= "destroy";
  syntax.onReboot ??= "restart";
  syntax.onCrash ??= "destroy";
  syntax.devices ??= Devices.parse(emptyElement, {});
  const { devices } = syntax;
  devices.controllers = sortControllers(devices.controllers);
  devices.disks = sortDisks(devices.disks);
  numberPorts(devices.parallels);
  for (const [at, each] of devices.consoles.entries())
    each.target = { type: "serial", ...each.target, port: at };
  for (const net of devices.interfaces) fillMac(net, options);
  return syntax as DomainDef; // the above is what the type adds, memory excepted: fillMemory throws without it
}

/** A card without an address (or with all zeros) gets one; so does its port. */
export function fillMac(net: Interface, { random = randomBytes, newMac }: FillOptions): void {
  const written = net.mac?.address === "00:00:00:00:00:00" ? undefined : net.mac?.address;
  const address = written ?? newMac?.() ?? generateMac("52:54:00", random);
  if (net.virtualport) completePort(net.virtualport, () => randomUuid(random));
  net.mac = { ...net.mac, address };
}

/** Whether CPUs and memory are placed by advice: each follows the other unless something else is written. */
function fillPlacement(def: DomainSyntax): void {
  const { vcpu = {} } = def;
  const memory = def.numatune?.memory;
  if (vcpu.placement === "auto") vcpu.cpuset = undefined;
  if (memory)
    memory.placement ??= memory.nodeset === undefined && vcpu.placement === "auto" ? "auto" : "static";
  if (memory?.placement === "static" && memory.nodeset === undefined) {
    throw unsupported("nodeset for NUMA memory tuning must be set if 'placement' is 'static'");
  }
  if (vcpu.placement === "auto" && !memory) {
    def.numatune = { memnodes: [], ...def.numatune, memory: { mode: "strict", placement: "auto" } };
  }
  const tune = def.cputune;
  const isPinned = (tune?.vcpupins.length ?? 0) > 0 || tune?.emulatorpin !== undefined;
  if (memory?.placement === "auto" && vcpu.cpuset === undefined && !isPinned) vcpu.placement = "auto";
}

/** How the guest is labelled when the driver's security model is the only one there is. */
function fillSeclabels(def: DomainSyntax, { defaultSecurityModel, inactive }: FillOptions): void {
  const { seclabels } = def;
  checkModels(seclabels);
  for (const label of seclabels) {
    label.model ??= defaultSecurityModel;
    label.type ??= "dynamic";
    if (label.model === "none" && inactive) label.type = "none";
    if (label.type === "none") label.relabel = undefined;
    else label.relabel ??= label.type === "dynamic";
  }
}

/** A security driver labels the guest once. */
function checkModels(labels: DomainSyntax["seclabels"]): void {
  const models = new Set<string | undefined>();
  for (const { model } of labels) {
    if (models.has(model)) throw xmlDetail(`seclabel for model ${model ?? "(null)"} is already provided`);
    models.add(model);
  }
  if (labels.length > 1 && models.has(undefined))
    throw xmlError("missing security model when using multiple labels");
}

/** A disk goes among those of the same written bus, by the number in its name; else to the end. */
export function sortDisks(disks: readonly Disk[]): Disk[] {
  const numbers = new Map<Disk, number>();
  const sorted: Disk[] = [];
  for (const disk of disks) {
    numbers.set(disk, numberOf(disk));
    insert(sorted, disk, (each) => numbers.get(each) ?? -1);
  }
  return sorted;
}

/** As `sortDisks`, for one more disk. */
export const insertDisk = (disks: Disk[], added: Disk): void => insert(disks, added, numberOf);

/** @param disks those of one bus stand in the order of their numbers */
function insert(disks: Disk[], added: Disk, number: (disk: Disk) => number): void {
  const own = number(added);
  let at = -1;
  for (let i = disks.length - 1; i >= 0; i--) {
    const present = disks[i];
    if (!present || present.target.bus !== added.target.bus) continue;
    if (number(present) <= own) {
      if (at < 0) at = i + 1;
      break;
    }
    at = i;
  }
  if (at < 0 || at === disks.length) disks.push(added);
  else disks.splice(at, 0, added);
}

const numberOf = (disk: Disk): number => diskIndex(disk.target.dev ?? "") ?? -1;
