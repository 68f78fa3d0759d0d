import type { DomainDef } from "@libvirt-ts/conf/domain";
import { alignModule, moduleBlockKiB } from "../fill/memory.ts";

const mib = 1024;

const isPpc64 = (def: DomainDef) => def.os.type.arch?.startsWith("ppc64") === true;

/** Memory comes in blocks, modules in larger ones: KiB. */
const blockKiB = (def: DomainDef) => (isPpc64(def) ? 256 * mib : mib);

/**
 * Rounds all sizes up to whole blocks, as QEMU needs them. Only for guests that start afresh: what migrates in has
 * its sizes.
 */
export function alignMemory(def: DomainDef): void {
  const block = blockKiB(def);
  const moduleBlock = moduleBlockKiB(def);
  const up = (size: number, to = block) => Math.ceil(size / to) * to;
  const cells = def.cpu?.numa?.cells ?? [];
  const modules = def.devices.memories.reduce((sum, { target }) => sum + (target?.sizeKiB ?? 0), 0);
  let initial = up(def.memoryKiB - modules);
  if (cells.length > 0) {
    initial = 0;
    for (const cell of cells) {
      cell.memoryKiB = up(cell.memoryKiB ?? 0);
      initial += cell.memoryKiB;
    }
  }
  let hotplugged = 0;
  for (const memory of def.devices.memories) {
    const { target } = memory;
    if (target?.sizeKiB === undefined) continue;
    alignModule(memory, def);
    hotplugged += target.sizeKiB;
  }
  if (def.maxMemory !== undefined) def.maxMemory.sizeKiB = up(def.maxMemory.sizeKiB, moduleBlock);
  def.memoryKiB = initial + hotplugged;
}
