import { overlaps } from "@libvirt-ts/util/bitmap";
import type { DomainDef } from "../def.ts";
import { internalError, unsupported, xmlDetail, xmlError } from "../errors.ts";

/** The guest's nodes: their processors are the guest's, and what is tuned for nodes is tuned for nodes there are. */
export function checkNuma(def: DomainDef): void {
  const { cpu, vcpu, numatune } = def;
  const cells = cpu?.numa?.cells ?? [];
  for (const { cellid } of numatune?.memnodes ?? []) {
    if (cells.length === 0) throw xmlError("Element 'memnode' is invalid without any guest NUMA cells");
    if (cellid >= cells.length) {
      throw xmlError("Argument 'cellid' in memnode element must correspond to existing guest's NUMA cell");
    }
  }
  for (const [at, cell] of cells.entries()) {
    const other = cells.findIndex((each, i) => i < at && overlaps(each.cpus ?? [], cell.cpus ?? []));
    if (other >= 0) throw unsupported(`NUMA cells ${at} and ${other} have overlapping vCPU ids`);
  }
  const cpus = cells.flatMap((cell) => cell.cpus ?? []);
  if (cpus.length > vcpu.count) throw internalError("Number of CPUs in <numa> exceeds the <vcpu> count");
  if (cpus.some((id) => id >= vcpu.count)) throw internalError("CPU IDs in <numa> exceed the <vcpu> count");
  checkInterconnects(def);
  checkHugepages(def);
}

interface Latency {
  initiator: number;
  target: number;
  cache?: number | undefined;
  type: string;
}

function checkInterconnects({ cpu }: DomainDef): void {
  const { cells = [], interconnects } = cpu?.numa ?? {};
  const check = (each: readonly Latency[], what: string) => {
    const seen = new Set<string>();
    for (const { initiator, target, cache, type } of each) {
      if (initiator >= cells.length) throw xmlError("'initiator' refers to a non-existent NUMA node");
      if (target >= cells.length) throw xmlError("'target' refers to a non-existent NUMA node");
      const caches = cells[target]?.caches ?? [];
      if (cache !== undefined && cache > 0 && !caches.some(({ level }) => level === cache))
        throw xmlError("'cache' refers to a non-existent NUMA node cache");
      const key = [initiator, target, cache ?? 0, type].join(" ");
      if (seen.has(key)) throw xmlError(`Duplicate info for NUMA ${what}`);
      seen.add(key);
    }
  };
  check(interconnects?.latencies ?? [], "latencies");
  check(interconnects?.bandwidths ?? [], "latencies");
}

/** Huge pages are for nodes there are, each node's of one size. */
function checkHugepages({ memoryBacking, cpu }: DomainDef): void {
  const nodes = Math.max(cpu?.numa?.cells.length ?? 0, 1);
  const pages = memoryBacking?.hugepages?.pages ?? [];
  for (const [at, { sizeKiB, nodeset }] of pages.entries()) {
    if (sizeKiB === 0) throw xmlDetail("hugepage size can't be zero");
    const other = pages.find((each, i) => i < at && overlaps(each.nodeset ?? [], nodeset ?? []));
    if (other) {
      const sizes = `${sizeKiB ?? 0} and ${other.sizeKiB ?? 0}`;
      throw xmlDetail(`nodeset attribute of hugepages of sizes ${sizes} intersect`);
    }
  }
  const [first, second] = pages.filter(({ nodeset }) => nodeset === undefined);
  if (first && second)
    throw xmlDetail(`two master hugepages detected: ${second.sizeKiB ?? 0} and ${first.sizeKiB ?? 0}`);
  for (const { nodeset = [] } of pages) {
    const missing = nodeset.find((node) => node >= nodes);
    if (missing !== undefined) throw xmlDetail(`hugepages: node ${missing} not found`);
  }
}
