import type { PoolSyntax, StoragePoolDef } from "./pool.ts";
import { poolType, type StoragePoolType } from "./pool-types.ts";

type Named = Extract<PoolSyntax, { source: { name?: string | undefined } }>;
type Formatted = Extract<PoolSyntax, { source: { format?: string | undefined } }>;
const named: ReadonlySet<StoragePoolType> = new Set<Named["type"]>([
  "logical",
  "rbd",
  "sheepdog",
  "gluster",
  "zfs",
  "vstorage",
]);

/** Whether pools of this type are made on something that has a name there. */
const hasSourceName = (def: PoolSyntax): def is Named => named.has(def.type);
const hasFormat = (def: PoolSyntax): def is Formatted => poolType(def.type).source !== undefined;

/** The name a pool has if it does not say one itself. */
export const nameOfSource = (def: PoolSyntax): string | undefined =>
  hasSourceName(def) ? def.source.name : undefined;

/** What a pool leaves out: the other name, formats, and paths that are no matter of choice. */
export function fillPool(def: StoragePoolDef): void {
  const { source: formats, targetBase } = poolType(def.type);
  if (hasSourceName(def)) def.source.name ??= def.name;
  if (hasFormat(def)) Object.assign(def.source, { format: def.source.format ?? formats?.fallback });
  if (def.type === "gluster") def.source.dir ??= "/";
  if (targetBase !== undefined && hasSourceName(def) && (def.type === "logical" || def.type === "zfs")) {
    def.target = { ...def.target, path: `${targetBase}/${def.source.name}` };
  }
}
