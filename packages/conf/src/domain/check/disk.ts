import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { AddressOf } from "../address.ts";
import type { DomainDef } from "../def.ts";
import type { Disk } from "../devices/disk.ts";
import type { Hostdev } from "../devices/hostdev.ts";
import { internalError, unsupported, xmlError } from "../errors.ts";

/** Sense of the disks, one by one and together. */
export function checkDisks({ devices }: DomainDef): void {
  const names = new Map<string, Disk>();
  for (const disk of devices.disks) {
    checkDisk(disk);
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
  const { target, device, vendor, product, address } = disk;
  if (target.dev === undefined) throw internalError("missing target dev for disk");
  if (device === "lun" && disk.type !== "block" && disk.type !== "network" && disk.type !== "volume") {
    throw unsupported("disk device='lun' is only valid for block type disk source");
  }
  if (vendor !== undefined && vendor.length > 8) throw unsupported("disk vendor is more than 8 characters");
  if (product !== undefined && product.length > 16)
    throw unsupported("disk product is more than 16 characters");
  if (address && address.type !== "drive" && driveBuses.includes(target.bus ?? "")) {
    throw unsupported(
      `Invalid address type '${address.type}' for the disk '${target.dev}' with the bus type '${target.bus}'`,
    );
  }
  if (disk.iotune && disk.throttlefilters) {
    throw new VirError(
      ErrorDomain.DOMAIN,
      ErrorCode.OPERATION_UNSUPPORTED,
      `block 'throttlefilters' can't be used together with 'iotune' for disk '${target.dev}'`,
    );
  }
  checkEncryption(disk);
  checkAuth(disk);
}

function checkEncryption(disk: Disk): void {
  const encryption =
    disk.encryption ?? (disk.source && "encryption" in disk.source ? disk.source.encryption : undefined);
  if (encryption?.cipher) throw unsupported("supplying <cipher> for domain disk definition is unnecessary");
  if (encryption?.ivgen) throw unsupported("supplying <ivgen> for domain disk definition is unnecessary");
}

const secretTypes: { readonly [protocol: string]: string } = { iscsi: "iscsi", rbd: "ceph" };

/** The secret's kind, if written, is that of the server's protocol. */
function checkAuth(disk: Disk): void {
  if (disk.type !== "network" || !disk.source) return;
  const type = (disk.auth ?? disk.source.auth)?.secret.type;
  const wanted = secretTypes[disk.source.protocol];
  if (type !== undefined && wanted !== undefined && type !== wanted)
    throw unsupported(`invalid secret type '${type}'`);
}

function pathOf(disk: Disk): string {
  if (disk.type === "file") return disk.source?.file ?? "(null)";
  if (disk.type === "block") return disk.source?.dev ?? "(null)";
  return "(null)";
}
