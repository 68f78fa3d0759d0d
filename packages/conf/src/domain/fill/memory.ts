import type { DomainDef } from "../def.ts";
import { xmlError } from "../errors.ts";
import type { FillFlags } from "./fill.ts";

/** What the memory modules add up to: KiB. */
export const memoryDevicesKiB = (def: Pick<DomainDef, "devices">): number =>
  def.devices.memories.reduce((sum, { target }) => sum + (target?.sizeKiB ?? 0), 0);

/** Memory of the guest: the sum of its nodes where the user wrote one, and no more in use than there is. */
export function fillMemory(def: DomainDef, { abiUpdate }: FillFlags): void {
  const modules = memoryDevicesKiB(def);
  const written: number | undefined = def.memoryKiB;
  const nodes = (def.cpu?.numa?.cells ?? []).reduce((sum, { memoryKiB = 0 }) => sum + memoryKiB, 0);
  if ((!written || abiUpdate) && nodes > 0) def.memoryKiB = nodes + modules;
  else if (modules > (written ?? 0))
    throw xmlError("Total size of memory devices exceeds the total memory size");
  const total = def.memoryKiB ?? 0;
  if (total - modules === 0) {
    throw xmlError("Memory size must be specified via <memory> or in the <numa> configuration");
  }
  const current: number | undefined = def.currentMemoryKiB;
  if (!current || current > total) def.currentMemoryKiB = total;
  if (def.maxMemory && def.maxMemory.sizeKiB < total) {
    throw xmlError("maximum memory size must be equal or greater than the actual memory size");
  }
}
