import { storageError, unsupported } from "./errors.ts";
import type { StoragePoolDef } from "./pool.ts";

/**
 * What must be there to make a pool of its type.
 * @throws VirError XML_ERROR, CONFIG_UNSUPPORTED
 */
export function checkPool(def: StoragePoolDef): void {
  if (def.name.includes("/")) throw storageError(`name ${def.name} cannot contain '/'`);
  const { source } = def;
  if (source.auth && (source.auth.type === undefined || source.auth.type === "none"))
    throw unsupported("storage pool missing auth type");
  if ("hosts" in source && source.hosts.length === 0)
    throw storageError("missing storage pool source host name");
  if (def.type === "netfs" && def.source.dir === undefined)
    throw storageError("missing storage pool source path");
  if (def.type === "scsi" && !def.source.adapter) throw storageError("missing storage pool source adapter");
  if ((def.type === "fs" || def.type === "disk") && def.source.devices.length === 0)
    throw storageError("missing storage pool source device name");
  if (def.type === "iscsi-direct" && def.source.initiator?.iqn === undefined)
    throw unsupported("missing initiator IQN");
  if (isLocal(def) && def.target?.path === undefined) throw storageError("missing storage pool target path");
  checkProtocol(def);
}

type Local = Extract<StoragePoolDef, { target?: unknown }>;
const remote: ReadonlySet<StoragePoolDef["type"]> = new Set(["iscsi-direct", "rbd", "sheepdog", "gluster"]);
const isLocal = (def: StoragePoolDef): def is Local => !remote.has(def.type);

function checkProtocol(def: StoragePoolDef): void {
  if ((def.type !== "netfs" && def.type !== "gluster") || def.source.protocolVersion === undefined) return;
  const format = def.type === "netfs" ? def.source.format : "glusterfs";
  if (format !== "nfs" && format !== "auto") {
    throw unsupported(`storage pool protocol ver unsupported for pool type '${format}'`);
  }
}
