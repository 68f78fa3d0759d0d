import type { Props } from "../command/types.ts";
import type { DirtyBitmap, NamedNode } from "../monitor/monitor.ts";

/** The bitmap that catches what a guest writes while a job is about to end. */
export const activeWriteBitmap = "libvirt-tmp-activewrite";

/** The nodes of a disk's images, top first, with what QEMU tells of them. */
export type ImageChain = readonly Pick<NamedNode, "node-name" | "dirty-bitmaps">[];

/** One action of QEMU's `transaction`. */
export interface TransactionAction {
  type: "block-dirty-bitmap-add" | "block-dirty-bitmap-merge" | "block-dirty-bitmap-remove";
  data: Props;
}

const find = (node: ImageChain[number], name: string): DirtyBitmap | undefined =>
  node["dirty-bitmaps"]?.find((bitmap) => bitmap.name === name);

/**
 * Whether a bitmap says everything since its beginning: it is in the top image and in those right below it, and kept
 * and recording in each.
 */
export function isBitmapWhole(chain: ImageChain, name: string): boolean {
  const bitmaps = chain.map((node) => find(node, name));
  const end = bitmaps.indexOf(undefined);
  const present = end < 0 ? bitmaps : bitmaps.slice(0, end);
  return (
    present.length > 0 &&
    bitmaps.slice(present.length).every((bitmap) => bitmap === undefined) &&
    present.every((bitmap) => bitmap?.persistent && bitmap.recording && !bitmap.inconsistent)
  );
}

export interface MergeOptions {
  /** Node the merged bitmaps go to, and what it has of its own. */
  target: string;
  targetBitmaps?: readonly Pick<DirtyBitmap, "name">[] | undefined;
  /** Only this bitmap, under another name, for one use. */
  only?: { bitmap: string; as: string };
  /** Node with the bitmap of writes at the end of a job; it goes when all is merged. */
  activeWrites?: string | undefined;
}

/**
 * Actions that put the bitmaps of several images together into one.
 * @param chain images, top first, without the one that gets them
 */
export function mergeBitmaps(chain: ImageChain, options: MergeOptions): TransactionAction[] {
  const { target, only, activeWrites, targetBitmaps = [] } = options;
  const actions: TransactionAction[] = [];
  for (const source of only ? [only.bitmap] : bitmapNames(chain)) {
    const name = only?.as ?? source;
    const sources = consecutive(chain, source);
    const bitmap = sources[0]?.bitmap;
    if (bitmap === undefined) continue;
    if (!targetBitmaps.some((each) => each.name === name))
      actions.push({
        type: "block-dirty-bitmap-add",
        data: {
          node: target,
          name,
          persistent: only === undefined && bitmap.persistent,
          disabled: only !== undefined || !bitmap.recording,
          granularity: bitmap.granularity,
        },
      });
    const bitmaps = sources.map(({ node }) => ({ node, name: source }));
    if (activeWrites !== undefined) bitmaps.push({ node: activeWrites, name: activeWriteBitmap });
    actions.push({ type: "block-dirty-bitmap-merge", data: { node: target, target: name, bitmaps } });
  }
  if (activeWrites !== undefined) actions.push(removal(activeWrites, activeWriteBitmap));
  return actions;
}

/** Those that are whole; of the lowest images last, as QEMU lists them from the newest. */
function bitmapNames(chain: ImageChain): string[] {
  const names: string[] = [];
  for (const node of chain)
    for (const { name } of node["dirty-bitmaps"] ?? [])
      if (name !== undefined && !names.includes(name) && isBitmapWhole(chain, name)) names.unshift(name);
  return names;
}

function consecutive(chain: ImageChain, name: string): { node: string; bitmap: DirtyBitmap }[] {
  const found: { node: string; bitmap: DirtyBitmap }[] = [];
  for (const node of chain) {
    const bitmap = find(node, name);
    if (bitmap === undefined) break;
    found.push({ node: node["node-name"], bitmap });
  }
  return found;
}

/** A backup since a checkpoint copies what that bitmap says. @returns `undefined` if it does not say everything */
export const backupBitmap = (
  chain: ImageChain,
  { bitmap, target, as }: { bitmap: string; target: string; as: string },
): TransactionAction[] | undefined =>
  isBitmapWhole(chain, bitmap) ? mergeBitmaps(chain, { target, only: { bitmap, as } }) : undefined;

/** What deleting a checkpoint takes: its bitmap goes from all images; the lower ones must be writable for that. */
export interface BitmapRemoval {
  actions: TransactionAction[];
  /** Nodes to be opened for writing, the lowest first. */
  reopen: string[];
}

/** @returns `undefined` when no image has such a bitmap */
export function removeBitmap(chain: ImageChain, name: string): BitmapRemoval | undefined {
  const nodes = chain.filter((node) => find(node, name) !== undefined).map((node) => node["node-name"]);
  if (nodes.length === 0) return undefined;
  const reopen = nodes.filter((node) => node !== chain[0]?.["node-name"]).reverse();
  return { actions: nodes.map((node) => removal(node, name)), reopen };
}

const removal = (node: string, name: string): TransactionAction => ({
  type: "block-dirty-bitmap-remove",
  data: { node, name },
});

/**
 * Bitmaps of images that are committed into one below them.
 * @param top index in the chain; the guest's own image (0) is written to until the end
 */
export function commitBitmaps(chain: ImageChain, top: number, base: number): TransactionAction[] {
  const below = chain[base];
  const target = below?.["node-name"] ?? "";
  return mergeBitmaps(chain.slice(top, base), {
    target,
    targetBitmaps: below?.["dirty-bitmaps"],
    activeWrites: top === 0 ? target : undefined,
  });
}
