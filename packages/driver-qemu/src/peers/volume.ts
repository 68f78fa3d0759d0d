import type { Disk, StorageSource } from "@libvirt-ts/conf/domain";
import type { StoragePoolDef } from "@libvirt-ts/conf/storage";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

const unsupported = (detail: string) =>
  new VirError(ErrorDomain.STORAGE, ErrorCode.CONFIG_UNSUPPORTED, detail);

/** What the storage driver tells of a volume. */
export interface VolumeInfo {
  type: "file" | "block" | "dir" | "network" | "netdir" | "ploop";
  path: string;
}

const iscsiPort = 3260;

/**
 * The image behind a disk that names a volume of a pool. Credentials are those of the pool, never the disk's own.
 * @throws VirError CONFIG_UNSUPPORTED for what a pool of that type cannot give to a guest
 */
export function volumeSource(disk: Disk, pool: StoragePoolDef, volume: VolumeInfo): StorageSource {
  if (disk.type !== "volume" || disk.source === undefined) return disk;
  const {
    startupPolicy,
    mode,
    volume: name,
    seclabels,
    index,
    slices,
    encryption,
    reservations,
  } = disk.source;
  if (startupPolicy !== undefined && volume.type !== "file")
    throw new VirError(
      ErrorDomain.STORAGE,
      ErrorCode.XML_ERROR,
      "'startupPolicy' is only valid for 'file' type volume",
    );
  const common = { startupPolicy, seclabels, index, slices, encryption, reservations };
  switch (pool.type) {
    case "dir":
    case "fs":
    case "netfs":
    case "logical":
    case "disk":
    case "scsi":
    case "zfs":
    case "vstorage":
      if (mode !== undefined)
        throw new VirError(
          ErrorDomain.STORAGE,
          ErrorCode.XML_ERROR,
          "disk source mode is only valid when storage pool is of iscsi type",
        );
      switch (volume.type) {
        case "file":
          return { type: "file", source: { ...common, file: volume.path } };
        case "dir":
          return { type: "dir", source: { ...common, dir: volume.path } };
        case "block":
          return { type: "block", source: { ...common, dev: volume.path } };
        default:
          throw new VirError(
            ErrorDomain.STORAGE,
            ErrorCode.INTERNAL_ERROR,
            `unexpected storage volume type '${volume.type}' for storage pool type '${pool.type}'`,
          );
      }
    case "iscsi":
      if (mode !== "direct") return { type: "block", source: { ...common, dev: volume.path } };
      return iscsiSource(pool, name, common);
    case "iscsi-direct":
      if (mode === "host")
        throw unsupported(
          "disk source mode 'host' is only valid when storage pool is of iscsi type and not of iscsi-direct type",
        );
      return iscsiSource(pool, name, common);
    default:
      throw unsupported(`using '${pool.type}' pools for backing 'volume' disks isn't yet supported`);
  }
}

type IscsiPool = Extract<StoragePoolDef, { type: "iscsi" | "iscsi-direct" }>;
type Common = Pick<
  NonNullable<Extract<StorageSource, { type: "network" }>["source"]>,
  "startupPolicy" | "seclabels" | "index" | "slices" | "encryption" | "reservations"
>;

/** QEMU itself logs in to the target; the unit is the last number of the volume's name (`unit:0:0:1`). */
function iscsiSource({ source }: IscsiPool, volume: string, common: Common): StorageSource {
  const [host, more] = source.hosts;
  if (host === undefined || more !== undefined)
    throw unsupported("Expected exactly 1 host for the storage pool");
  const unit = volume.split(":")[3];
  if (unit === undefined)
    throw new VirError(ErrorDomain.STORAGE, ErrorCode.INTERNAL_ERROR, `Invalid volume name '${volume}'`);
  return {
    type: "network",
    source: {
      ...common,
      protocol: "iscsi",
      name: `${source.devices[0]?.path ?? ""}/${unit}`,
      hosts: [{ name: host.name, port: host.port || iscsiPort }],
      initiator: source.initiator,
      auth: source.auth,
    },
  };
}
