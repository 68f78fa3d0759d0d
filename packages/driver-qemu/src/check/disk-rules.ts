import { isDeepStrictEqual } from "node:util";
import { type Disk, type DomainDef, hasPartition, isDiskName } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { isEmptySource } from "../device/image-layer.ts";
import { isPseries } from "../device/machine.ts";
import { diskAddress } from "./disk-address-rules.ts";
import { encryption, format, place } from "./disk-source-rules.ts";
import { iothreadRule } from "./iothread-rules.ts";
import { type DeviceRule, forEach, internalComplaint, type Rule } from "./rule.ts";

type DiskRule = DeviceRule<Disk>;

/** What QEMU can be told of a disk's bandwidth at most, bytes and operations alike. */
const maxThrottle = 1_000_000_000_000_000n;

const throttle: DiskRule = ({ iotune, target }, { devices }) => {
  if (iotune === undefined) return undefined;
  if (target.bus === "sd") return "<iotune> is not supported with bus='sd'";
  const other = iotune.groupName && devices.disks.find((each) => isThrottledOtherwise(each, iotune));
  if (other) return `different iotunes for disks ${target.dev} and ${other.target.dev}`;
  const limits = Object.values(iotune).filter(
    (value) => typeof value === "bigint" || typeof value === "number",
  );
  if (limits.some((limit) => BigInt(limit) > maxThrottle))
    return new VirError(
      ErrorDomain.QEMU,
      ErrorCode.ARGUMENT_UNSUPPORTED,
      `block I/O throttle limit must be no more than ${maxThrottle} using QEMU`,
    );
  return iotune.groupName !== undefined && limits.every((limit) => BigInt(limit) === 0n)
    ? "group_name can be configured only together with settings"
    : undefined;
};

/** Disks of one group share what they are given. */
const isThrottledOtherwise = ({ iotune }: Disk, mine: NonNullable<Disk["iotune"]>): boolean =>
  iotune?.groupName === mine.groupName && !isDeepStrictEqual(iotune, mine);

const driverName: DiskRule = ({ driver, target }) =>
  driver?.name !== undefined && driver.name !== "qemu"
    ? `unsupported driver name '${driver.name}' for disk '${target.dev}'`
    : undefined;

const identity: DiskRule = ({ target, vendor, product, serial, wwn, device }) => {
  const { bus = "", dev = "" } = target;
  if (serial !== undefined && bus === "sd")
    return internalComplaint(`Serial property not supported for drive bus '${bus}'`);
  if (!isDiskName(dev)) return `invalid disk target '${dev}'`;
  if (hasPartition(dev)) return `invalid disk target '${dev}', partitions can't appear in disk targets`;
  if (wwn !== undefined && bus !== "ide" && bus !== "scsi") return "Only ide and scsi disk support wwn";
  if (vendor !== undefined && bus !== "scsi") return "Only scsi disk supports 'vendor'";
  if (product !== undefined && !["ide", "sata", "scsi"].includes(bus))
    return "Only ide, sata and scsi disk supports 'product'";
  if (device === "lun" && wwn !== undefined) return "Setting wwn is not supported for lun device";
  if (device === "lun" && (vendor !== undefined || product !== undefined))
    return "Setting vendor or product is not supported for lun device";
  if (device === "lun" && serial !== undefined && bus === "scsi")
    return "scsi-block 'lun' devices do not support the serial property";
  return serial !== undefined && /[^A-Za-z0-9_.+\- ]/.test(serial)
    ? internalComplaint(`driver serial '${serial}' contains unsafe characters`)
    : undefined;
};

/** Media that can be taken out, and what cannot be written to. */
const medium: DiskRule = (disk) => {
  const { device = "disk", target, readonly, driver } = disk;
  const { bus = "", dev } = target;
  if (device === "lun" && bus !== "scsi" && bus !== "virtio")
    return `disk device='lun' is not supported for bus='${bus}'`;
  if (device === "cdrom" && bus === "virtio") return `disk type of '${dev}' does not support ejectable media`;
  if (bus === "usb" && disk.type !== "vhostuser" && isEmptySource(disk))
    return "'usb' disk must not be empty";
  if (device === "disk" && readonly && (bus === "ide" || bus === "sata"))
    return `readonly ${bus} disks are not supported`;
  if (!driver?.copyOnRead) return undefined;
  if (readonly || device === "cdrom") return `copy_on_read is not compatible with read-only disk '${dev}'`;
  if (device === "lun") return `copy_on_read is not compatible with 'lun' disk '${dev}'`;
  return device === "floppy" ? `copy_on_read is not supported with removable disk '${dev}'` : undefined;
};

const transient: DiskRule = (disk) => {
  const { transient: wish, readonly, device = "disk", type, target } = disk;
  if (wish === undefined) return undefined;
  const { dev, bus } = target;
  if (type !== "vhostuser" && isEmptySource(disk)) return `transient disk '${dev}' must not be empty`;
  if (readonly || device === "cdrom") return `transient disk '${dev}' must not be read-only`;
  if (device !== "disk") return `transient disk supported only with 'disk' device (${dev})`;
  if (type !== undefined && type !== "file") return `transient disk supported only with 'file' type (${dev})`;
  const canShare = bus === "usb" || bus === "virtio" || bus === "scsi";
  return wish.shareBacking && !canShare
    ? `disk bus '${bus}' doesn't support transiend disk backing image sharing`
    : undefined;
};

const access: DiskRule = ({ driver, shareable, readonly, target, type }) => {
  if (driver?.io === "native" && driver.cache !== "none" && driver.cache !== "directsync")
    return "io='native' needs either no disk cache or directsync cache mode";
  const isShared = shareable && !readonly && driver?.type !== undefined && driver.type !== "raw";
  return isShared && type !== "vhostuser"
    ? `shared access for disk '${target.dev}' requires use of supported storage format`
    : undefined;
};

const shape: DiskRule = ({ target, geometry, device = "disk" }) => {
  const { bus = "", rotationRate } = target;
  if (rotationRate !== undefined && !["scsi", "ide", "sata"].includes(bus))
    return internalComplaint("rotation rate is only valid for SCSI/IDE/SATA bus");
  if (rotationRate !== undefined && device !== "disk")
    return internalComplaint("rotation rate is only valid for disk device");
  if (geometry !== undefined && (bus === "usb" || bus === "sd"))
    return `CHS geometry can not be set for '${bus}' bus`;
  return geometry?.trans !== undefined && bus !== "ide"
    ? `CHS translation mode can only be set for 'ide' bus not '${bus}'`
    : undefined;
};

const iothreads: DiskRule = ({ driver, target }, def) => {
  if (driver?.iothread === undefined && driver?.iothreads === undefined) return undefined;
  if (target.bus !== "virtio") return `IOThreads not available for bus ${target.bus} target ${target.dev}`;
  return iothreadRule(def, driver, (id) => `Disk iothread '${id}' not defined in iothreadid`);
};

const scsiCommands: DiskRule = ({ target, device }, _def, { caps }) =>
  target.bus === "virtio" && device === "lun" && !caps.flags.has("virtio-blk-pci.scsi")
    ? "This QEMU doesn't support SCSI emulation with 'virtio-blk' device"
    : undefined;

/** Rules for disks. */
export const diskRules: readonly Rule[] = [
  forEach(
    (def: DomainDef) => def.devices.disks,
    throttle,
    driverName,
    identity,
    medium,
    scsiCommands,
    access,
    transient,
    shape,
    iothreads,
    diskAddress,
    format,
    encryption,
    place,
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
