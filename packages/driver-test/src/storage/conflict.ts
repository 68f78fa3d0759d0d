import type { StoragePoolDef, StoragePoolOf } from "@libvirt-ts/conf/storage";

/** Whether two pools would be made of the same thing. */
export function sharesSource(a: StoragePoolDef, b: StoragePoolDef): boolean {
  if (isOnDevices(a) && isOnDevices(b)) return sharesDevices(a, b);
  if (a.type === "dir" && b.type === "dir") return a.target?.path === b.target?.path;
  if (a.type === "gluster" && b.type === "gluster")
    return a.source.name === b.source.name && a.source.dir === b.source.dir && sharesHost(a, b);
  if (a.type === "netfs" && b.type === "netfs") return a.source.dir === b.source.dir && sharesHost(a, b);
  if (a.type === "sheepdog" && b.type === "sheepdog") return sharesHost(a, b);
  if (a.type === "vstorage" && b.type === "vstorage") return a.source.name === b.source.name;
  if (a.type === "scsi" && b.type === "scsi") return sharesAdapter(a, b);
  // A host has one set of multipath devices.
  return a.type === "mpath" && b.type === "mpath";
}

type OnDevices = StoragePoolOf<"iscsi" | "fs" | "logical" | "disk" | "zfs">;
const onDevices: readonly string[] = ["iscsi", "fs", "logical", "disk", "zfs"] satisfies OnDevices["type"][];
const isOnDevices = (def: StoragePoolDef): def is OnDevices => onDevices.includes(def.type);

function sharesDevices(a: OnDevices, b: OnDevices): boolean {
  if ((a.type === "iscsi") !== (b.type === "iscsi")) return false;
  const paths = new Set(a.source.devices.map(({ path }) => path));
  if (!b.source.devices.some(({ path }) => paths.has(path))) return false;
  if (a.type !== "iscsi" || b.type !== "iscsi") return true;
  return a.source.initiator?.iqn === b.source.initiator?.iqn;
}

interface Hosted {
  readonly source: { readonly hosts: readonly { name: string; port?: number | undefined }[] };
}

/** Only pools with one host each can be compared. */
function sharesHost({ source: a }: Hosted, { source: b }: Hosted): boolean {
  const [one, ...others] = a.hosts;
  const [two, ...more] = b.hosts;
  if (!one || !two || others.length > 0 || more.length > 0) return false;
  return one.name === two.name && (!two.port || one.port === two.port);
}

function sharesAdapter({ source }: StoragePoolOf<"scsi">, { source: other }: StoragePoolOf<"scsi">): boolean {
  const [a, b] = [source.adapter, other.adapter];
  if (a?.type === "fc_host" && b?.type === "fc_host") return a.wwnn === b.wwnn && a.wwpn === b.wwpn;
  if (a?.type !== "scsi_host" || b?.type !== "scsi_host") return false;
  return a.name !== undefined && a.name === b.name;
}
