import type { DomainDef } from "../def.ts";
import type { Disk } from "../devices/disk.ts";
import type { Iotune } from "../devices/iotune.ts";
import type { NetworkSource } from "../devices/storage-source.ts";
import { internalError, noSource, unsupported, xmlError } from "../errors.ts";
import { refuseTwice } from "./twice.ts";

const hardDiskName = /^(?:ioemu:)?(?:hd|sd|vd|xvd|ubd)/;

/** Names of disks tell their kind; only media that can be taken out may be missing. */
export function checkDiskName({ target, device, type, source }: Disk): void {
  const { dev = "" } = target;
  const isFloppy = device === "floppy";
  if (!(isFloppy ? /^fd/ : hardDiskName).test(dev))
    throw internalError(`Invalid ${isFloppy ? "floppy" : "harddisk"} device name: ${dev}`);
  const isNameless =
    (type === "file" && source !== undefined && source.file === undefined && source.fdgroup === undefined) ||
    (type === "block" && source !== undefined && source.dev === undefined);
  if (device === "disk" && isNameless) throw noSource(dev);
}

/** Network disks name what their server has, and how it is reached. */
export function checkNetworkSource(source: NetworkSource): void {
  const { protocol, identity, auth } = source;
  if (protocol === "sheepdog")
    throw unsupported("'sheepdog' protocol is no longer supported by any hypervisor driver");
  if (auth && protocol !== "iscsi" && protocol !== "rbd" && protocol !== "ssh")
    if (!protocol.startsWith("http") && !protocol.startsWith("ftp"))
      throw unsupported(`authentication is not supported for protocol '${protocol}'`);
  if (protocol === "ssh" && identity && identity.keyfile === undefined && identity.agentsock === undefined)
    throw xmlError("element 'identity' requires either 'keyfile' or 'agentsock' attribute");
}

const limited = [
  ["bytes_sec", "totalBytesSec", "readBytesSec", "writeBytesSec"],
  ["iops_sec", "totalIopsSec", "readIopsSec", "writeIopsSec"],
  ["bytes_sec_max", "totalBytesSecMax", "readBytesSecMax", "writeBytesSecMax"],
  ["iops_sec_max", "totalIopsSecMax", "readIopsSecMax", "writeIopsSecMax"],
] as const;

/** A total and a part of it cannot both be limited. */
export function checkRates(rates: { readonly [K in keyof Omit<Iotune, "groupName">]?: number | undefined }) {
  for (const [name, total, read, write] of limited)
    if (rates[total] && (rates[read] || rates[write]))
      throw xmlError(`total and read/write ${name} cannot be set at the same time`);
}

/** Groups of limits, and the disks that are held to them. */
export function checkThrottling({ throttlegroups, devices }: DomainDef): void {
  for (const group of throttlegroups?.groups ?? []) checkRates(group);
  for (const { throttlefilters } of devices.disks) {
    const filters = throttlefilters?.filters.map(({ group }) => group) ?? [];
    refuseTwice(filters, (group) => xmlError(`duplicate filter name '${group}' found`));
  }
}
