import type { Disk } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { hasSharedMemory } from "./memory-rules.ts";
import type { DeviceRule } from "./rule.ts";

type DiskRule = DeviceRule<Disk>;

/** How the bytes of an image are arranged. */
export const format: DiskRule = ({ driver, type, readonly, device }) => {
  const isWritable = !readonly && device !== "cdrom";
  if (type === "dir") {
    if (driver?.type !== "fat") return "storage type 'dir' requires use of storage format 'fat'";
    return isWritable ? "virtual FAT storage can't be accessed in read-write mode" : undefined;
  }
  switch (driver?.type) {
    case "dir":
      return "'directory' storage format is not directly supported by QEMU, use 'dir' disk type instead";
    case "iso":
      return "storage format 'iso' is not directly supported by QEMU, use 'raw' instead";
    case "fat":
      return "storage format 'fat' is supported only with 'dir' storage type";
    case "cow":
      return "'cow' storage format is not supported";
    case "qcow2":
      return undefined;
    default:
      return driver?.metadataCache?.maxSize === undefined
        ? undefined
        : "metadata cache max size control is supported only with qcow2 images";
  }
};

/** Who deciphers an image, and what they can decipher. */
export const encryption: DiskRule = ({ encryption: outer, source, driver, type }, _def, { caps }) => {
  const wish = outer ?? source?.encryption;
  if (wish === undefined) return undefined;
  const { flags } = caps;
  if (wish.engine === "librbd") {
    if (type !== "network" || source === undefined || !("protocol" in source) || source.protocol !== "rbd")
      return "librbd encryption is supported only with RBD backed disks";
    if (wish.format === "luks-any" && !flags.has("rbd-encryption-luks-any"))
      return "luks-any encryption is not supported by this QEMU binary";
    return wish.secrets.length > 1 && !flags.has("rbd-encryption-layering")
      ? "librbd encryption layering is not supported by this QEMU binary"
      : undefined;
  }
  if (wish.format === "qcow" || wish.format === "default")
    return "old qcow/qcow2 encryption is not supported";
  if (wish.format === "luks2" || wish.format === "luks-any")
    return `'${wish.format}' is currently not supported by the qemu encryption engine`;
  if (wish.secrets.length > 1) return "qemu encryption engine expects only a single secret";
  return driver?.type === "raw" || driver?.type === "qcow2"
    ? undefined
    : "encryption is supported only with 'raw' and 'qcow2' image format";
};

/** Where an image is. */
export const place: DiskRule = ({ type, source, driver }, def, { caps }) => {
  if ((type === "vhostuser" || type === "vhostvdpa") && !hasSharedMemory(def))
    return `'${type}' requires shared memory`;
  if (type === "vhostvdpa" && driver?.cache !== "directsync" && driver?.cache !== "none")
    return "disk type 'vhostvdpa' requires cache mode 'directsync' or 'none'";
  if (type !== "network" || source === undefined || !("protocol" in source)) return undefined;
  if (source.protocol === "sheepdog")
    return new VirError(
      ErrorDomain.DOMAIN,
      ErrorCode.CONFIG_UNSUPPORTED,
      "'sheepdog' protocol is no longer supported by any hypervisor driver",
    );
  if (source.protocol === "tftp") return "'tftp' protocol is not supported with this QEMU binary";
  if (source.protocol === "nfs" && source.hosts.some(({ port }) => port !== undefined && port !== 0))
    return "port cannot be specified in 'nfs' protocol host";
  return source.tlsHostname !== undefined && !caps.flags.has("blockdev.nbd.tls-hostname")
    ? "'tlsHostname' field is not supported by this QEMU"
    : undefined;
};
