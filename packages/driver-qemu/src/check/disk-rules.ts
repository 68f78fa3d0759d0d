import type { Disk, DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { isEmptySource } from "../device/image-layer.ts";
import { isPseries } from "../device/machine.ts";
import { type CheckContext, forEach, type Rule } from "./rule.ts";

const formatRule = ({ driver, type }: Disk): string | undefined => {
  switch (driver?.type) {
    case "dir":
      return "'directory' storage format is not directly supported by QEMU, use 'dir' disk type instead";
    case "iso":
      return "storage format 'iso' is not directly supported by QEMU, use 'raw' instead";
    case "fat":
      return type === "dir" ? undefined : "'fat' storage format is supported only with 'dir' storage type";
    default:
      return undefined;
  }
};

function encryptionRule(disk: Disk, _def: DomainDef, { caps }: CheckContext): string | undefined {
  const encryption = disk.encryption ?? disk.source?.encryption;
  if (encryption === undefined) return undefined;
  if (encryption.engine !== "librbd") {
    const format = disk.driver?.type;
    return format === "raw" || format === "qcow2"
      ? undefined
      : "encryption is supported only with 'raw' and 'qcow2' image format";
  }
  if (encryption.format === "luks-any" && !caps.flags.has("rbd-encryption-luks-any")) {
    return "luks-any encryption is not supported by this QEMU binary";
  }
  return encryption.secrets.length > 1 && !caps.flags.has("rbd-encryption-layering")
    ? "librbd encryption layering is not supported by this QEMU binary"
    : undefined;
}

function networkRule(disk: Disk, _def: DomainDef, { caps }: CheckContext): string | undefined {
  if (disk.type !== "network") return undefined;
  if (disk.source?.protocol === "sheepdog")
    return "'sheepdog' protocol is no longer supported by any hypervisor driver";
  return disk.source?.tlsHostname !== undefined && !caps.flags.has("blockdev.nbd.tls-hostname")
    ? "'tlsHostname' field is not supported by this QEMU"
    : undefined;
}

/** Rules for disks. */
export const diskRules: readonly Rule[] = [
  forEach(
    (def) => def.devices.disks,
    ({ target, address }) =>
      target.bus === "usb" && address !== undefined && address.type !== "usb"
        ? new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, "unexpected address type for usb disk")
        : undefined,
  ),
  forEach((def) => def.devices.disks, formatRule),
  forEach((def) => def.devices.disks, encryptionRule),
  forEach((def) => def.devices.disks, networkRule),
  forEach(
    (def) => def.devices.disks,
    (disk) =>
      disk.target.bus === "usb" && disk.type !== "vhostuser" && isEmptySource(disk)
        ? "'usb' disk must not be empty"
        : undefined,
  ),
  forEach(
    (def) => def.devices.disks,
    (disk, _def, { caps }) =>
      disk.target.bus === "virtio" && disk.device === "lun" && !caps.flags.has("virtio-blk-pci.scsi")
        ? "This QEMU doesn't support SCSI emulation with 'virtio-blk' device"
        : undefined,
  ),
];

/** What only a start refuses. */
export const diskStartRules: readonly Rule[] = [
  forEach(
    (def) => def.devices.disks,
    (disk, def) =>
      disk.target.bus === "fdc" && isPseries(def)
        ? "PowerPC pseries machines do not support floppy device"
        : undefined,
  ),
];
