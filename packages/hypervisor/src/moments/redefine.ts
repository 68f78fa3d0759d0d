import { checkAbiStable } from "@libvirt-ts/conf/domain";
import type { SnapshotDef } from "@libvirt-ts/conf/snapshot";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Uuid } from "@libvirt-ts/util/uuid";
import type { Moments } from "./moments.ts";

const refused = (detail: string) => new VirError(ErrorDomain.DOMAIN_SNAPSHOT, ErrorCode.INVALID_ARG, detail);

const isOnline = ({ state }: SnapshotDef) => state === "running" || state === "paused";
const isDiskOnly = ({ state }: SnapshotDef) => state === "disk-snapshot";

/**
 * Checks what is written about a snapshot that was made before against the guest's other snapshots, and against what
 * was known of it. The guest it holds is kept from there if it is not written.
 * @param uuid of the guest
 * @throws VirError INVALID_ARG, CONFIG_UNSUPPORTED
 */
export function prepareRedefinition(def: SnapshotDef, snapshots: Moments<SnapshotDef>, uuid: Uuid): void {
  snapshots.checkParent(def);
  const { name } = def;
  if (def.domain && def.domain.uuid !== uuid)
    throw refused(`definition for snapshot ${name} must use uuid ${uuid}`);
  const known = snapshots.byName(name)?.def;
  if (!known) return;
  if (isOnline(known) !== isOnline(def))
    throw refused(`cannot change between online and offline snapshot state in snapshot ${name}`);
  if (isDiskOnly(known) !== isDiskOnly(def))
    throw refused(`cannot change between disk only and full system in snapshot ${name}`);
  if (known.domain && def.domain) checkAbiStable(known.domain, def.domain);
  def.domain ??= known.domain;
}
