import type { BackingStore, Disk, DomainDef, Hostdev } from "@libvirt-ts/conf/domain";
import { isEmptySource } from "../device/image-layer.ts";

export interface Filter {
  node: string;
  group: string;
}

export interface BlockNames {
  /** Throttle filters of each disk, lowest first. */
  filters: ReadonlyMap<Disk, Filter[]>;
  /** Nodes of SCSI devices of the host. */
  hostdevs: ReadonlyMap<Hostdev, string>;
}

/**
 * Numbers the images of all disks that have no number yet: disks from last to first, each chain from the top.
 */
export function assignNodeIndexes(def: DomainDef): BlockNames {
  const filters = new Map<Disk, Filter[]>();
  let next = highestIndex(def) + 1;
  for (const disk of def.devices.disks.toReversed()) {
    // Drives of SD cards have no nodes.
    if (disk.type === "vhostuser" || disk.target.bus === "sd") continue;
    if (isEmptySource(disk)) {
      // An empty drive takes its number along: a medium may come later.
      if (disk.source?.index === undefined) next++;
      continue;
    }
    if (disk.source !== undefined && disk.source.index === undefined) disk.source.index = next++;
    for (let store: BackingStore | undefined = disk.backingStore; store; store = store.backingStore) {
      if (store.source !== undefined && store.source.index === undefined) store.source.index = next++;
    }
    const wanted = disk.throttlefilters?.filters ?? [];
    if (wanted.length > 0)
      filters.set(
        disk,
        wanted.map(({ group = "" }) => ({ node: `libvirt-${next++}-filter`, group })),
      );
  }
  const hostdevs = new Map<Hostdev, string>();
  for (const hostdev of def.devices.hostdevs) {
    if (hostdev.type === "scsi") hostdevs.set(hostdev, `libvirt-${next++}-backend`);
  }
  return { filters, hostdevs };
}

/** Numbers the images of a disk that joins a running guest. @returns the highest number in use */
export function numberImages(def: DomainDef, disk: Disk): number {
  let next = highestIndex(def) + 1;
  if (disk.source !== undefined && !isEmptySource(disk)) disk.source.index ??= next++;
  for (let store = disk.backingStore; store; store = store.backingStore)
    if (store.source !== undefined) store.source.index ??= next++;
  return next - 1;
}

function highestIndex({ devices }: DomainDef): number {
  let highest = 0;
  for (const disk of devices.disks) {
    highest = Math.max(highest, disk.source?.index ?? 0);
    for (let store = disk.backingStore; store; store = store.backingStore)
      highest = Math.max(highest, store.source?.index ?? 0);
  }
  return highest;
}
