import { parseUuid } from "@libvirt-ts/util/uuid";
import type { DomainDef } from "../def.ts";
import { type AnyDevice, allDevices, insertDevice, withoutDevices } from "../device.ts";
import { misplaced, unsupported, xmlDetail, xmlError } from "../errors.ts";
import { checkChardevs } from "./chardevs.ts";
import { checkClock } from "./clock.ts";
import { checkCpu } from "./cpu.ts";
import { checkDevices } from "./devices.ts";
import { checkDisks } from "./disk.ts";
import { checkThrottling } from "./disk-parts.ts";
import { checkDisplay } from "./display.ts";
import { checkHostdevs } from "./hostdev.ts";
import { checkInterface } from "./interface.ts";
import { checkTuning } from "./tuning.ts";
import { checkVirtioOptions } from "./virtio.ts";

/** Refuses what contradicts itself, whatever the driver. */
export function checkDomain(def: DomainDef): void {
  checkSysinfo(def);
  checkSeclabels(def);
  checkClock(def.clock);
  checkCpu(def.cpu);
  checkTuning(def);
  checkAllDevices(def);
}

/**
 * Refuses a device that is added to a guest and contradicts itself. What the guest has was accepted before, perhaps by
 * older rules, and is not looked at.
 */
export function checkNewDevice(each: AnyDevice, def: DomainDef): void {
  const devices = withoutDevices(def.devices);
  insertDevice(devices, each);
  checkAllDevices({ ...def, devices });
}

function checkAllDevices(def: DomainDef): void {
  for (const { kind, device } of allDevices(def.devices))
    if (
      kind !== "hostdev" &&
      kind !== "graphics" &&
      kind !== "disk" &&
      "address" in device &&
      device.address?.type === "unassigned"
    )
      throw misplaced();
  checkControllers(def);
  checkThrottling(def);
  checkDisks(def);
  for (const net of def.devices.interfaces) checkInterface(net);
  checkHostdevs(def);
  checkChardevs(def.devices);
  checkDevices(def.devices);
  checkDisplay(def.devices);
  checkVirtioOptions(def.devices);
}

/** The machine's UUID told by firmware is the guest's. */
function checkSysinfo({ sysinfos, uuid, idmap }: DomainDef): void {
  if (idmap && (idmap.uids.length === 0) !== (idmap.gids.length === 0))
    throw unsupported("uid and gid should be mapped both");
  for (const info of sysinfos) {
    if (info.type !== "smbios") continue;
    const told = info.system?.entries?.uuid;
    if (told !== undefined && parseUuid(told) === undefined)
      throw xmlDetail("malformed <sysinfo> uuid element");
    if (told !== undefined && told.toLowerCase() !== uuid)
      throw xmlDetail("UUID mismatch between <uuid> and <sysinfo>");
  }
}

function checkControllers({ devices }: DomainDef): void {
  for (const each of devices.controllers) {
    const isRoot = each.type === "pci" && (each.model === "pci-root" || each.model === "pcie-root");
    if (isRoot && each.address)
      throw unsupported("pci-root and pcie-root controllers should not have an address");
  }
}

function checkSeclabels({ seclabels }: DomainDef): void {
  for (const { model, type, relabel, label } of seclabels) {
    if (type === "dynamic" && relabel === false && model !== undefined)
      throw unsupported("dynamic label type must use resource relabeling");
    if (type === "static" && label === undefined && model !== undefined)
      throw xmlError("security label is missing");
  }
}
