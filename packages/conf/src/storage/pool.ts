import type { Uuid } from "@libvirt-ts/util/uuid";
import {
  attr,
  attrOf,
  child,
  custom,
  type ElementCodec,
  element,
  type Infer,
  leaf,
  list,
  oneOf,
  str,
  strictlyAny,
  variant,
  yesNo,
} from "@libvirt-ts/xml";
import { told } from "../told.ts";
import { absPath, objectName } from "../types.ts";
import { storageError, unsupported } from "./errors.ts";
import { permissions } from "./permissions.ts";
import { poolSources } from "./pool-source.ts";
import { storagePoolTypes } from "./pool-types.ts";
import { bytes, path, uuid } from "./scalars.ts";

const refreshAllocations = ["default", "capacity"] as const;
const refreshAllocation = {
  words: refreshAllocations,
  parse(text: string): (typeof refreshAllocations)[number] {
    const found = refreshAllocations.find((word) => word === text);
    if (found === undefined) throw unsupported(`unknown storage pool volume refresh allocation type ${text}`);
    return found;
  },
  format: (value: string) => value,
};

/** How volumes are looked at when a pool is refreshed: whole sizes are cheaper to get than used ones. */
const refresh = child(
  element("refresh", {
    volumeAllocation: attrOf("volume", "allocation", refreshAllocation, {
      emptyIsAbsent: true,
      strict: { bare: true },
    }),
  }),
  { joins: true },
);

const targetPath = strictlyAny(path, absPath);
const Target = element("target", { path: leaf("path", targetPath), permissions }, { endTag: true });

const DirTarget = element(
  "target",
  { path: leaf("path", targetPath, { strict: { required: true } }), permissions },
  { endTag: true },
);

/** A pool whose volumes have names in the file system of this host. */
const local = <T>(source: ElementCodec<T>) => ({
  source: child(source, { required: true, strict: { required: false } }),
  target: child(Target, { joins: true }),
  refresh,
});
/** One whose volumes are reached by other means. */
const remote = <T>(source: ElementCodec<T>) => ({ source: child(source, { required: true }), refresh });

const namespaceUri = (name: string) => `http://libvirt.org/schemas/storagepool/${name}/1.0`;
/** Declares the prefix of a driver's own element; present while writing only. */
const namespace = (name: string) =>
  custom<true>({
    parse: () => undefined,
    formatAttrs: (_value, writer) => writer.attr(`xmlns:${name}`, namespaceUri(name)),
  });

const MountOption = element("fs:option", {
  name: attr("name", str, {
    required: true,
    missing: () => storageError("no fs mount option name specified"),
  }),
});
const mountOptions = {
  /** Options handed to `mount` as they are. */
  mountOptions: child(element("fs:mount_opts", { options: list(MountOption) }), { joins: true }),
};

const ConfigOption = element("rbd:option", {
  name: attr("name", str, {
    required: true,
    missing: () => storageError("no rbd option name specified"),
  }),
  value: attr("value", str, {
    required: true,
    missing: () => storageError("no rbd option value specified"),
  }),
});
const configOptions = {
  /** Settings of the client of Ceph. */
  configOptions: child(element("rbd:config_opts", { options: list(ConfigOption) }), { joins: true }),
};

/** `<pool>` as it is written. Sizes are what a driver found. */
export const PoolSyntax = element(
  "pool",
  {
    type: attr("type", oneOf(storagePoolTypes), { required: true }),
    fsNamespace: namespace("fs"),
    rbdNamespace: namespace("rbd"),
    name: leaf("name", objectName),
    uuid: leaf("uuid", uuid),
    capacity: told(bytes("capacity"), "capacity"),
    allocation: told(bytes("allocation"), "allocation"),
    available: told(bytes("available"), "available"),
    features: child(element("features", { cow: attrOf("cow", "state", yesNo) })),
    $parts: variant("type", {
      dir: {
        ...local(poolSources.dir),
        target: child(DirTarget, { joins: true, strict: { required: true } }),
      },
      fs: { ...local(poolSources.fs), ...mountOptions },
      netfs: { ...local(poolSources.netfs), ...mountOptions },
      logical: local(poolSources.logical),
      disk: local(poolSources.disk),
      iscsi: local(poolSources.iscsi),
      "iscsi-direct": remote(poolSources["iscsi-direct"]),
      scsi: local(poolSources.scsi),
      mpath: local(poolSources.mpath),
      rbd: { ...remote(poolSources.rbd), ...configOptions },
      sheepdog: remote(poolSources.sheepdog),
      gluster: remote(poolSources.gluster),
      zfs: local(poolSources.zfs),
      vstorage: local(poolSources.vstorage),
    }),
  },
  {
    view(pool) {
      if ("mountOptions" in pool && pool.mountOptions && pool.mountOptions.options.length > 0)
        return { ...pool, fsNamespace: true as const };
      if ("configOptions" in pool && pool.configOptions && pool.configOptions.options.length > 0)
        return { ...pool, rbdNamespace: true as const };
      return pool;
    },
  },
);
export type PoolSyntax = Infer<typeof PoolSyntax>;

/** A pool: always with name, UUID and sizes in bytes. */
export type StoragePoolDef = PoolSyntax & {
  name: string;
  uuid: Uuid;
  capacity: bigint;
  allocation: bigint;
  available: bigint;
};
export type StoragePoolOf<T extends StoragePoolDef["type"]> = Extract<StoragePoolDef, { type: T }>;
