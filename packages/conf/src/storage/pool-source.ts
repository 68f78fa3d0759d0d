import {
  attr,
  attrOf,
  child,
  element,
  type Fields,
  type Infer,
  int,
  leaf,
  list,
  str,
  ulong,
  yesNo,
} from "@libvirt-ts/xml";
import { Auth, Initiator } from "../domain/devices/storage-parts.ts";
import { told } from "../told.ts";
import { Adapter } from "./adapter.ts";
import { storageDetail, storageError } from "./errors.ts";
import { sourceFormats } from "./pool-types.ts";
import { path, poolFormat } from "./scalars.ts";

const Host = element("host", {
  name: attr("name", str, {
    required: true,
    missing: () => storageError("missing storage pool host name"),
  }),
  port: attr("port", int, { omit: 0 }),
});

/** Bytes of a disk that belong to no partition. */
const FreeExtent = element("freeExtent", {
  start: attr("start", ulong, { required: true }),
  end: attr("end", ulong, { required: true }),
});

const Device = element("device", {
  path: attr("path", str, {
    required: true,
    missing: () => storageError("missing storage pool source device path"),
  }),
  /** Whether a `p` stands between the name of the disk and the number of a partition. */
  partSeparator: attr("part_separator", yesNo),
  freeExtents: told(list(FreeExtent), "freeExtent"),
});
export type SourceDevice = Infer<typeof Device>;

const absent = { emptyIsAbsent: true } as const;
const hosts = { hosts: list(Host) };
const devices = { devices: list(Device) };
const dir = { dir: attrOf("dir", "path", path, absent) };
const adapter = { adapter: child(Adapter) };
const named = { name: leaf("name", str) };
const initiator = { initiator: child(Initiator, { joins: true }) };
const format = <const W extends readonly string[]>(words: W) => ({
  format: attrOf("format", "type", poolFormat(words), absent),
});

const protocolVersion = {
  parse(text: string): string {
    if (text.includes(",")) throw storageDetail(`storage pool protocol ver '${text}' must not contain ','`);
    return text;
  },
  format: (value: string) => value,
};

/** What a pool is made on. Whatever its type it may tell of whom the hardware is. */
const source = <F extends Fields>(fields: F) =>
  element(
    "source",
    {
      ...fields,
      auth: child(Auth),
      /** Version of the protocol a file system is mounted with. */
      protocolVersion: attrOf("protocol", "ver", protocolVersion, absent),
      vendor: attrOf("vendor", "name", str, absent),
      product: attrOf("product", "name", str, absent),
    },
    { endTag: true },
  );

/** The `<source>` of each type of pool. */
export const poolSources = {
  dir: source({}),
  fs: source({ ...devices, ...format(sourceFormats.fs) }),
  netfs: source({ ...hosts, ...dir, ...format(sourceFormats.netfs) }),
  logical: source({ ...devices, ...named, ...format(sourceFormats.logical) }),
  disk: source({ ...devices, ...format(sourceFormats.disk) }),
  iscsi: source({ ...hosts, ...devices, ...initiator }),
  "iscsi-direct": source({ ...hosts, ...devices, ...initiator }),
  scsi: source(adapter),
  mpath: source({}),
  rbd: source({ ...hosts, ...named }),
  sheepdog: source({ ...hosts, ...named }),
  gluster: source({ ...hosts, ...dir, ...named }),
  zfs: source({ ...devices, ...named }),
  vstorage: source(named),
};
