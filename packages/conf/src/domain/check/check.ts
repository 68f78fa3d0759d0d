import { checkReconnectMode } from "../chardev.ts";
import type { DomainDef } from "../def.ts";
import { unsupported, xmlDetail, xmlError } from "../errors.ts";
import { iothreadIds } from "../fill/iothreads.ts";
import { checkDisks } from "./disk.ts";
import { checkHostdevs } from "./hostdev.ts";
import { checkInterface } from "./interface.ts";
import { checkOs } from "./os.ts";

/** Refuses what contradicts itself, whatever the driver. */
export function checkDomain(def: DomainDef): void {
  checkOs(def.os);
  checkSysinfo(def);
  checkTuning(def);
  checkHugepages(def);
  checkControllers(def);
  checkDisks(def);
  for (const net of def.devices.interfaces) checkInterface(net);
  checkHostdevs(def);
  for (const { source } of def.devices.channels) checkReconnectMode(source);
}

/** The machine's UUID told by firmware is the guest's. */
function checkSysinfo({ sysinfos, uuid }: DomainDef): void {
  for (const info of sysinfos) {
    if (info.type !== "smbios") continue;
    const told = info.system?.entries?.uuid;
    if (told !== undefined && told.toLowerCase() !== uuid)
      throw xmlDetail("UUID mismatch between <uuid> and <sysinfo>");
  }
}

function checkTuning(def: DomainDef): void {
  const ids = new Set(iothreadIds(def));
  for (const { iothreads } of def.cputune?.iothreadscheds ?? []) {
    for (const id of iothreads) if (!ids.has(id)) throw unsupported(`Cannot find 'iothread' : ${id}`);
  }
  for (const { iothread } of def.cputune?.iothreadpins ?? []) {
    if (!ids.has(iothread)) throw xmlError(`Cannot find 'iothread' : ${iothread}`);
  }
}

/** Huge pages are for nodes there are. */
function checkHugepages({ memoryBacking, cpu }: DomainDef): void {
  const nodes = Math.max(cpu?.numa?.cells.length ?? 0, 1);
  for (const { nodeset = [] } of memoryBacking?.hugepages?.pages ?? []) {
    const missing = nodeset.find((node) => node >= nodes);
    if (missing !== undefined) throw xmlDetail(`hugepages: node ${missing} not found`);
  }
}

function checkControllers({ devices }: DomainDef): void {
  for (const each of devices.controllers) {
    const isRoot = each.type === "pci" && (each.model === "pci-root" || each.model === "pcie-root");
    if (isRoot && each.address)
      throw unsupported("pci-root and pcie-root controllers should not have an address");
  }
}
