import {
  formatStoragePoolSources,
  parseStoragePoolSource,
  type StoragePoolSource,
  storagePoolTypes,
} from "@libvirt-ts/conf/storage";
import { ErrorDomain, noSupport } from "@libvirt-ts/errors";
import { badArgument, broken } from "../errors.ts";

/** The volume groups there seem to be. */
const groups: readonly StoragePoolSource<"logical">[] = [
  { devices: [{ path: "/dev/sda20", freeExtents: [] }], name: "testvg1", format: "lvm2" },
  { devices: [{ path: "/dev/sda21", freeExtents: [] }], name: "testvg2", format: "lvm2" },
];

/**
 * What pools could be made on: the answer is always the same.
 * @param spec `<source>`, which says where to look
 * @throws VirError
 */
export function findSources(typeName: string, spec: string | null): string {
  const type = storagePoolTypes.find((known) => known === typeName);
  // The type with the number 0.
  if (type === "dir") throw broken(`unknown storage pool type ${type}`);
  if (type === "netfs") return formatStoragePoolSources(type, [exportOf(spec)]);
  if (type !== undefined && spec !== null) parseStoragePoolSource(type, spec);
  if (type === "logical") return formatStoragePoolSources(type, groups);
  throw noSupport(`pool type '${typeName}' does not support source discovery`, ErrorDomain.TEST);
}

/** What there is on whatever host is asked for. */
function exportOf(spec: string | null): StoragePoolSource<"netfs"> {
  const host = spec === null ? undefined : parseStoragePoolSource("netfs", spec).hosts[0]?.name;
  if (host === undefined) throw badArgument("hostname must be specified for netfs sources");
  return { hosts: [{ name: host }], dir: "/testshare", format: "nfs" };
}
