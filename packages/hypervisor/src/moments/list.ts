import {
  DomainCheckpointListFlags as CheckpointFlag,
  DomainSnapshotListFlags as SnapshotFlag,
} from "@libvirt-ts/api";
import type { CheckpointDef } from "@libvirt-ts/conf/checkpoint";
import type { SnapshotDef } from "@libvirt-ts/conf/snapshot";
import { type FilterGroup, filterFlags, isListed } from "@libvirt-ts/objects";
import type { Moment, MomentDef, Moments } from "./moments.ts";

type Snapshot = Moment<SnapshotDef>;

/** The same bit asks for roots only, or for more than children. Checkpoints have the bits of snapshots. */
const { ROOTS: BRANCH } = SnapshotFlag;

/** Nothing is both: to ask for both is to ask for nothing. */
const leaves: readonly FilterGroup<Pick<Moment, "children">>[] = [
  [[SnapshotFlag.LEAVES, ({ children }) => children.length === 0]],
  [[SnapshotFlag.NO_LEAVES, ({ children }) => children.length > 0]],
];
const isOff = ({ def }: Snapshot) => def.state === "shutoff";
const isDiskOnly = ({ def }: Snapshot) => def.state === "disk-snapshot";

/** Whether anything of it is in a file of its own. */
export const isExternal = ({ memory, disks }: SnapshotDef): boolean =>
  memory?.snapshot === "external" || disks?.disks.some(({ snapshot }) => snapshot === "external") === true;

/** How one kind of moments is listed. */
export interface MomentListing<D extends MomentDef> {
  readonly topological: number;
  readonly filters: readonly FilterGroup<Moment<D>>[];
  /** All bits that calls which list know. */
  readonly flags: number;
}

function listing<D extends MomentDef>(
  topological: number,
  filters: readonly FilterGroup<Moment<D>>[],
): MomentListing<D> {
  return { topological, filters, flags: BRANCH | topological | filterFlags(filters) };
}

export const snapshotListing = listing<SnapshotDef>(SnapshotFlag.TOPOLOGICAL, [
  ...leaves,
  [
    // All that are known here are so by what was written down about them.
    [SnapshotFlag.METADATA, () => true],
    [SnapshotFlag.NO_METADATA, () => false],
  ],
  [
    [SnapshotFlag.INACTIVE, isOff],
    [SnapshotFlag.ACTIVE, (each) => !isOff(each) && !isDiskOnly(each)],
    [SnapshotFlag.DISK_ONLY, isDiskOnly],
  ],
  [
    [SnapshotFlag.INTERNAL, ({ def }) => !isExternal(def)],
    [SnapshotFlag.EXTERNAL, ({ def }) => isExternal(def)],
  ],
]);

export const checkpointListing = listing<CheckpointDef>(CheckpointFlag.TOPOLOGICAL, [...leaves]);

/** @param from the moment whose children are asked for; without: all of the guest's */
export function listMoments<D extends MomentDef>(
  moments: Moments<D>,
  { topological, filters }: MomentListing<D>,
  { flags, from }: { flags: number; from?: Moment<D> },
): Moment<D>[] {
  const isBranch = (flags & BRANCH) !== 0;
  const isDeep = from ? isBranch : !isBranch;
  let all: readonly Moment<D>[];
  if (!isDeep) all = from?.children ?? moments.roots;
  else all = from || (flags & topological) !== 0 ? moments.descendants(from) : [...moments];
  return all.filter((each) => isListed(each, flags, filters));
}
