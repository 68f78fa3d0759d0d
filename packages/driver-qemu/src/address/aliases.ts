import type { Controller, Disk, DomainDef } from "@libvirt-ts/conf/domain";
import { pciRootName } from "../device/address-props.ts";
import { isUnitAddressed } from "../device/disk.ts";
import { hasBuiltinIde, isQ35 } from "../device/machine.ts";
import { actualType } from "../device/net.ts";
import { findController } from "./controllers.ts";

interface Named {
  alias?: string | undefined;
}

/** Names every device as QEMU will know it; names the user chose (`ua-…`) stay. */
export function assignAliases(def: DomainDef): void {
  const { devices } = def;
  const number = (list: readonly Named[], prefix: string) => {
    for (const [i, device] of list.entries()) device.alias ??= `${prefix}${i}`;
  };
  for (const disk of devices.disks) disk.alias ??= diskAlias(disk, def);
  let nets = 0;
  let hostdevs = 0;
  for (const net of devices.interfaces) {
    if (actualType(net) === "hostdev") net.alias ??= `hostdev${hostdevs++}`;
    else net.alias ??= `net${nets++}`;
  }
  number(devices.filesystems, "fs");
  number(devices.sounds, "sound");
  for (const hostdev of devices.hostdevs) hostdev.alias ??= `hostdev${hostdevs++}`;
  number(devices.redirdevs, "redir");
  number(devices.videos, "video");
  for (const controller of devices.controllers) controller.alias ??= controllerAliasOf(controller, def);
  number(devices.inputs, "input");
  number(devices.parallels, "parallel");
  number(devices.serials, "serial");
  number(devices.channels, "channel");
  for (const [i, device] of devices.consoles.entries()) {
    // The first console is the first serial port seen from another side.
    const twin = i === 0 && device.target?.type === "serial" ? devices.serials[0] : undefined;
    device.alias ??= twin?.alias ?? `console${i}`;
  }
  number(devices.hubs, "hub");
  number(devices.smartcards, "smartcard");
  number(devices.watchdogs, "watchdog");
  if (devices.memballoon && devices.memballoon.model !== "none") devices.memballoon.alias ??= "balloon0";
  number(devices.rngs, "rng");
  number(devices.tpms, "tpm");
  number(devices.shmems, "shmem");
  if (devices.vsock) devices.vsock.alias ??= "vsock0";
  number(devices.iommus, "iommu");
  number(devices.cryptos, "crypto");
  if (devices.pstore) devices.pstore.alias ??= "pstore0";
  if (devices.nvram) devices.nvram.alias ??= "nvram";
  assignMemoryAliases(def);
}

const memoryPrefixes = {
  dimm: "dimm",
  nvdimm: "nvdimm",
  "virtio-pmem": "virtiopmem",
  "virtio-mem": "virtiomem",
  "sgx-epc": "epc",
} as const;

/** Modules are numbered by their slot, the others one kind at a time. */
function assignMemoryAliases({ devices }: DomainDef) {
  const counts = new Map<string, number>();
  for (const memory of devices.memories) {
    const prefix = memoryPrefixes[memory.model];
    const count = counts.get(prefix) ?? 0;
    counts.set(prefix, count + 1);
    const number = memory.address?.type === "dimm" ? memory.address.slot : count;
    memory.alias ??= `${prefix}${number}`;
  }
}

function controllerAliasOf(controller: Controller, def: DomainDef): string {
  const index = controller.index ?? 0;
  switch (controller.type) {
    case "pci":
      if (controller.model === "pcie-root" && index === 0) return "pcie.0";
      if (index === 0 && controller.model === "pci-root") return pciRootName(def);
      return `pci.${index}`;
    case "ide":
      if (index === 0 && hasBuiltinIde(def)) return "ide";
      break;
    case "sata":
      if (index === 0 && isQ35(def)) return "ide";
      break;
    case "usb":
      if (index === 0) return "usb";
      break;
    case "scsi":
      if (index === 0 && controller.model === "ncr53c90" && def.os.type.arch?.startsWith("sparc"))
        return "scsi";
      break;
  }
  return `${controller.type}${index}`;
}

function diskAlias(disk: Disk, def: DomainDef): string {
  const bus = disk.target.bus ?? "";
  if (disk.address?.type === "drive" || bus === "ide" || bus === "sata" || bus === "scsi" || bus === "fdc") {
    const address =
      disk.address?.type === "drive" ? disk.address : { controller: 0, bus: 0, target: 0, unit: 0 };
    if (bus === "scsi") {
      const controller = findController(def, "scsi", address.controller);
      const numbers = isUnitAddressed(controller?.model)
        ? [address.controller, address.bus, address.unit]
        : [address.controller, address.bus, address.target, address.unit];
      return `scsi${numbers.join("-")}`;
    }
    return `${bus}${address.controller}-${address.bus}-${address.unit}`;
  }
  return `${bus}-disk${diskIndex(disk.target.dev ?? "")}`;
}

/** `vda` 0, `vdz` 25, `vdaa` 26; partitions count for nothing. */
export function diskIndex(target: string): number {
  const letters = /^(?:fd|hd|vd|sd|xvd|ubd|nvme)?([a-z]+)/.exec(target)?.[1] ?? "a";
  let index = 0;
  for (const letter of letters) index = index * 26 + letter.charCodeAt(0) - 96;
  return index - 1;
}
