import type { Disk } from "@libvirt-ts/conf/domain";
import { type TypedValue, typed } from "@libvirt-ts/protocol";
import { nodeNames } from "../device/image-layer.ts";
import type { BlockDeviceStats, BlockStats, Monitor, NamedNode } from "../monitor/monitor.ts";
import { type Image, imagePath, imagesOf } from "./disk.ts";
import type { Fields, StatsContext } from "./groups.ts";
import { type ImageSize, readImageSize } from "./image-size.ts";

/** What QEMU knows about its disks at one moment. */
export interface BlockFacts {
  /** Counters of a disk, by the alias of its device. */
  stats(disk: Disk): BlockStats | undefined;
  /** The node of an image that shows its size to the guest. */
  node(image: Image): NamedNode | undefined;
  /** The node of an image that lies on the host. */
  storage(image: Image): NamedNode | undefined;
}

export async function readBlockFacts(monitor: Monitor): Promise<BlockFacts> {
  const [stats, nodes] = await Promise.all([monitor.queryBlockStats(), monitor.queryNamedBlockNodes()]);
  return blockFacts(stats, nodes);
}

export function blockFacts(stats: readonly BlockStats[], nodes: readonly NamedNode[]): BlockFacts {
  const byName = new Map(nodes.map((node) => [node["node-name"], node]));
  const names = ({ index }: Image) => (index === undefined ? undefined : nodeNames(index));
  const find = (name: string | undefined) => (name === undefined ? undefined : byName.get(name));
  return {
    stats: ({ alias }) => stats.find((entry) => isDevice(entry, alias)),
    node: (image) => find(names(image)?.format) ?? find(names(image)?.slice) ?? find(names(image)?.storage),
    storage: (image) => find(names(image)?.storage),
  };
}

/** QEMU names devices by their id, or by a path that contains it. */
const isDevice = ({ qdev, device }: BlockStats, alias: string | undefined): boolean =>
  alias !== undefined && (device === alias || (qdev ?? "").split("/").includes(alias));

/** The highest byte ever written below a disk: what its growth is judged by. */
const highestOffset = (entry: BlockStats | undefined): number | undefined =>
  entry?.parent?.stats.wr_highest_offset ?? entry?.stats.wr_highest_offset;

/**
 * Sizes of an image that a guest uses, as QEMU knows them.
 * @param entry the counters of the image
 */
export function liveSize(
  facts: BlockFacts,
  image: Image,
  entry: BlockStats | undefined,
): (ImageSize & { threshold: bigint }) | undefined {
  const node = facts.node(image);
  if (!node) return undefined;
  const { "virtual-size": capacity, "actual-size": actual = 0 } = node.image;
  return {
    capacity: BigInt(capacity),
    allocation: BigInt(highestOffset(entry) ?? 0),
    physical: BigInt(actual),
    threshold: BigInt(facts.storage(image)?.write_threshold ?? 0),
  };
}

/** `block.*`: counters of the disks of a guest; sizes also of one that does not run. */
export async function blockStats(context: StatsContext): Promise<Fields> {
  const { def, guest, monitor, withBacking } = context;
  const facts = monitor ? await readBlockFacts(monitor) : undefined;
  if (guest && !facts) return {};
  const entries = def.devices.disks.flatMap((disk) => {
    const images = imagesOf(disk);
    return (withBacking ? images : images.slice(0, 1)).map((image, depth) => ({ disk, image, depth }));
  });
  const fields: Fields = { "block.count": typed.uint(entries.length) };
  const values = await Promise.all(
    entries.map((entry) => (facts ? liveFields(context, facts, entry) : restingFields(context, entry))),
  );
  for (const [number, { disk, image }] of entries.entries()) {
    const path = imagePath(image.place);
    const prefix = `block.${number}.`;
    fields[`${prefix}name`] = typed.string(disk.target.dev ?? "");
    if (path !== undefined) fields[`${prefix}path`] = typed.string(path);
    if (image.index !== undefined) fields[`${prefix}backingIndex`] = typed.uint(image.index);
    for (const [name, value] of Object.entries(values[number] ?? {})) fields[prefix + name] = value;
  }
  return fields;
}

interface Entry {
  disk: Disk;
  image: Image;
  /** 0 for the top image, 1 for the one below it. */
  depth: number;
}

async function liveFields(
  { driver }: StatsContext,
  facts: BlockFacts,
  { disk, image, depth }: Entry,
): Promise<Fields> {
  let entry = facts.stats(disk);
  for (let down = 0; down < depth; down++) entry = entry?.backing;
  const size = disk.source ? liveSize(facts, image, entry) : undefined;
  const counted = depth === 0 ? entry : undefined;
  // QEMU tells the space taken, which is 0 for an image without any data: then its end counts.
  const physical = size?.physical || (size && (await restingSize(image, driver.host.root))?.physical);
  return {
    ...(counted ? counters(counted.stats) : {}),
    allocation: size && typed.ullong(size.allocation),
    capacity: size && typed.ullong(size.capacity),
    physical: physical === undefined ? undefined : typed.ullong(physical),
    threshold: size?.threshold ? typed.ullong(size.threshold) : undefined,
  };
}

const counters = (stats: BlockDeviceStats): Record<string, TypedValue> => ({
  "rd.reqs": count(stats.rd_operations),
  "rd.bytes": count(stats.rd_bytes),
  "rd.times": count(stats.rd_total_time_ns),
  "wr.reqs": count(stats.wr_operations),
  "wr.bytes": count(stats.wr_bytes),
  "wr.times": count(stats.wr_total_time_ns),
  "fl.reqs": count(stats.flush_operations),
  "fl.times": count(stats.flush_total_time_ns),
});

const count = (value: number): TypedValue => typed.ullong(BigInt(value));

/** Nobody uses the image: the file itself tells. One that cannot be read has no sizes. */
async function restingFields({ driver }: StatsContext, { image }: Entry): Promise<Fields> {
  const size = await restingSize(image, driver.host.root);
  const shown = (value: bigint | undefined) => (value ? typed.ullong(value) : undefined);
  return {
    allocation: shown(size?.allocation),
    capacity: shown(size?.capacity),
    physical: shown(size?.physical),
  };
}

async function restingSize({ place, format }: Image, root: string): Promise<ImageSize | undefined> {
  const path = imagePath(place);
  if (path === undefined || place.type === "dir") return undefined;
  try {
    return await readImageSize(path, format, root);
  } catch {
    return undefined; // whatever the reason: bulk statistics leave out what they cannot learn
  }
}
