import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { AddressOf } from "../address.ts";
import type { DomainDef } from "../def.ts";
import type { Disk } from "../devices/disk.ts";
import type { Hostdev } from "../devices/hostdev.ts";
import { internalError, misplaced, unsupported, xmlError } from "../errors.ts";
import { checkDiskName, checkNetworkSource, checkRates } from "./disk-parts.ts";

/** Sense of the disks, one by one and together. */
export function checkDisks({ devices, throttlegroups }: DomainDef): void {
  const groups = new Set(throttlegroups?.groups.map(({ groupName }) => groupName));
  const names = new Map<string, Disk>();
  for (const disk of devices.disks) {
    checkDisk(disk);
    for (const { group } of disk.throttlefilters?.filters ?? [])
      if (!groups.has(group)) throw xmlError(`throttle group '${group}' not found`);
    const dev = disk.target.dev ?? "";
    const other = names.get(dev);
    if (other) {
      throw xmlError(`target '${dev}' duplicated for disk sources '${pathOf(other)}' and '${pathOf(disk)}'`);
    }
    names.set(dev, disk);
  }
  for (const [at, disk] of devices.disks.entries())
    checkPlace(disk, devices.disks.slice(0, at), devices.hostdevs);
}

/** Drives have places of their own. */
function checkPlace(disk: Disk, earlier: readonly Disk[], hostdevs: readonly Hostdev[]): void {
  const place = disk.address;
  if (place?.type !== "drive") return;
  const { bus, dev } = disk.target;
  const clash = earlier.find((each) => each.target.bus === bus && isSamePlace(each.address, place));
  if (clash) {
    throw unsupported(
      `Found duplicate drive address for disk with target name '${clash.target.dev}' ${placeText(place)}`,
    );
  }
  if (bus === "scsi" && hostdevs.some((each) => each.type === "scsi" && isSamePlace(each.address, place))) {
    // The quote missing at the end is part of the text clients know.
    const where = placeText(place).slice(0, -1);
    throw unsupported(`using disk target name '${dev}' conflicts with SCSI host device address ${where}`);
  }
}

function isSamePlace(address: Disk["address"], place: AddressOf<"drive">): boolean {
  return (
    address?.type === "drive" &&
    address.controller === place.controller &&
    address.bus === place.bus &&
    address.target === place.target &&
    address.unit === place.unit
  );
}

const placeText = ({ controller, bus, target, unit }: AddressOf<"drive">): string =>
  `controller='${controller}' bus='${bus}' target='${target}' unit='${unit}'`;

const driveBuses = ["fdc", "ide", "sata", "scsi"];

function checkDisk(disk: Disk): void {
  const { target, vendor, product, address } = disk;
  if (target.dev === undefined) throw internalError("missing target dev for disk");
  if (vendor !== undefined && vendor.length > 8) throw unsupported("disk vendor is more than 8 characters");
  if (product !== undefined && product.length > 16)
    throw unsupported("disk product is more than 16 characters");
  if (address && address.type !== "drive" && driveBuses.includes(target.bus ?? "")) {
    if (address.type === "unassigned") throw misplaced();
    throw unsupported(
      `Invalid address type '${address.type}' for the disk '${target.dev}' with the bus type '${target.bus}'`,
    );
  }
  checkKind(disk);
  checkDriver(disk);
  checkDiskName(disk);
  checkLimits(disk);
  checkEncryption(disk);
  checkAuth(disk);
  if (disk.type === "network" && disk.source) checkNetworkSource(disk.source);
}

/** What a LUN, a drive or a floppy may be. */
function checkKind({
  device = "disk",
  type = "file",
  target,
  driver,
  rawio,
  sgio,
  source,
  model,
}: Disk): void {
  const { bus } = target;
  if (sgio === "unfiltered") throw unsupported("unfiltered sgio is no longer supported");
  if (device === "lun") {
    if (type !== "block" && type !== "network" && type !== "volume")
      throw unsupported("disk device='lun' is only valid for block type disk source");
    const protocol = type === "network" && source && "protocol" in source ? source.protocol : undefined;
    if (protocol !== undefined && protocol !== "iscsi")
      throw unsupported(`disk device='lun' is not supported for protocol='${protocol}'`);
    if (driver?.type !== undefined && driver.type !== "raw")
      throw unsupported("disk device 'lun' must use 'raw' format");
  } else {
    if (rawio !== undefined) throw unsupported("rawio can be used only with device='lun'");
    if (sgio !== undefined) throw unsupported("sgio can be used only with device='lun'");
    if (source && "reservations" in source && source.reservations)
      throw unsupported("<reservations/> allowed only for lun devices");
  }
  if ((device === "floppy") !== (bus === "fdc"))
    throw internalError(`Invalid bus type '${bus}' for ${device === "floppy" ? "floppy disk" : "disk"}`);
  if (model !== undefined && bus !== "virtio" && bus !== "usb")
    throw unsupported(`disk model '${model}' not supported for bus '${bus}'`);
  if (target.tray === "open" && device !== "cdrom" && device !== "floppy")
    throw unsupported("tray is only valid for cdrom and floppy");
  if (target.removable !== undefined && bus !== "usb" && bus !== "scsi")
    throw xmlError("removable is only valid for usb or scsi disks");
}

/** Options that belong to one bus, or one format. */
function checkDriver({ driver, target }: Disk): void {
  if (!driver) return;
  if (target.bus !== "virtio") {
    if (driver.queues !== undefined)
      throw unsupported("queues attribute in disk driver element is only supported for virtio bus");
    if (driver.queueSize !== undefined)
      throw unsupported("queue_size attribute in disk driver is only supported for virtio bus");
    if (driver.eventIdx !== undefined) throw unsupported("disk event_idx mode supported only for virtio bus");
    if (driver.ioeventfd !== undefined)
      throw unsupported("disk ioeventfd mode supported only for virtio bus");
  }
  if (driver.discardNoUnref === true && driver.type !== "qcow2")
    throw unsupported("'discard_no_unref' only works with qcow2 disk format");
  if (driver.iothread !== undefined && driver.iothreads)
    throw xmlError("disk driver 'iothread' attribute can't be used together with 'iothreads' subelement");
}

function checkLimits({ iotune, throttlefilters, target }: Disk): void {
  if (iotune && throttlefilters) {
    throw new VirError(
      ErrorDomain.DOMAIN,
      ErrorCode.OPERATION_UNSUPPORTED,
      `block 'throttlefilters' can't be used together with 'iotune' for disk '${target.dev}'`,
    );
  }
  if (iotune) checkRates(iotune);
}

function checkEncryption(disk: Disk): void {
  const encryption =
    disk.encryption ?? (disk.source && "encryption" in disk.source ? disk.source.encryption : undefined);
  if (encryption?.cipher) throw unsupported("supplying <cipher> for domain disk definition is unnecessary");
  if (encryption?.ivgen) throw unsupported("supplying <ivgen> for domain disk definition is unnecessary");
}

const secretTypes: { readonly [protocol: string]: string } = { iscsi: "iscsi", rbd: "ceph" };

const usageTypes = new Set<string | undefined>(["none", "volume", "ceph", "iscsi", "tls", "vtpm"]);

/** The secret's kind, if written, is that of the server's protocol. */
function checkAuth(disk: Disk): void {
  if (disk.type !== "network" || !disk.source) return;
  const type = (disk.auth ?? disk.source.auth)?.secret.type;
  const wanted = secretTypes[disk.source.protocol];
  if ((disk.auth ?? disk.source.auth) && !usageTypes.has(type))
    throw unsupported(`unknown secret type '${type ?? "<null>"}'`);
  if (type !== undefined && wanted !== undefined && type !== wanted)
    throw unsupported(`invalid secret type '${type}'`);
}

function pathOf(disk: Disk): string {
  if (disk.type === "file") return disk.source?.file ?? "<null>";
  if (disk.type === "block") return disk.source?.dev ?? "<null>";
  return "<null>";
}
