import type { NumaCell } from "@libvirt-ts/conf/domain";
import { findMachine } from "../caps/qemu-caps.ts";
import { memoryBackend } from "../device/memory-backend.ts";
import { type DeviceContext, optionPart, type Part } from "../device/parts.ts";
import { systemRam } from "./machine-option.ts";
import { type OptionValue, optionText } from "./text.ts";

const modulesKiB = ({ def }: DeviceContext) =>
  def.devices.memories.reduce((sum, { target }) => sum + (target?.sizeKiB ?? 0), 0);

/** `-m`, and the object with the guest's memory where the machine takes one. */
export function memoryParts(context: DeviceContext): Part[] {
  const { def } = context;
  const initialKiB = def.memoryKiB - modulesKiB(context);
  const max = def.maxMemory;
  const parts = [
    optionPart(
      "-m",
      optionText(undefined, [
        ["size", `${max === undefined ? Math.floor(initialKiB / 1024) * 1024 : initialKiB}k`],
        ["slots", max?.slots || undefined],
        ["maxmem", max === undefined ? undefined : `${max.sizeKiB}k`],
      ]),
    ),
  ];
  const ram = systemRam(context);
  if (ram !== undefined) {
    parts.push(
      ...memoryBackend({ alias: ram, sizeBytes: BigInt(initialKiB) * 1024n, isSystemRam: true }, context),
    );
  }
  return parts;
}

/** The guest's NUMA nodes with their memory, distances and caches. */
export function numaParts(context: DeviceContext): Part[] {
  const { def } = context;
  const numa = def.cpu?.numa;
  if (numa === undefined || numa.cells.length === 0) return [];
  const hasHmat = numa.interconnects !== undefined || numa.cells.some((cell) => cell.caches.length > 0);
  const oldStyle = takesPlainSizes(context);
  const parts: Part[] = [];
  const nodes: Part[] = [];
  for (const [node, cell] of numa.cells.entries()) {
    const entries: [string, OptionValue][] = [["nodeid", node]];
    for (const range of ranges(cell.cpus ?? [])) entries.push(["cpus", range]);
    if (hasHmat) entries.push(["initiator", initiatorOf(numa.cells, node)]);
    if (cell.memoryKiB) {
      const alias = `ram-node${node}`;
      const backend = memoryBackend({ alias, sizeBytes: BigInt(cell.memoryKiB) * 1024n, node }, context);
      if (oldStyle) entries.push(["mem", Math.floor(cell.memoryKiB / 1024)]);
      else {
        nodes.push(...backend);
        entries.push(["memdev", alias]);
      }
    }
    nodes.push(optionPart("-numa", optionText("node", entries)));
  }
  if (oldStyle && def.memoryBacking?.allocation?.mode === "immediate")
    parts.push(optionPart("-mem-prealloc"));
  parts.push(...nodes, ...distanceParts(numa.cells));
  const { latencies = [], bandwidths = [] } = numa.interconnects ?? {};
  for (const latency of latencies) {
    parts.push(
      optionPart(
        "-numa",
        optionText("hmat-lb", [
          ["initiator", latency.initiator],
          ["target", latency.target],
          ["hierarchy", hierarchies[latency.cache ?? 0]],
          ["data-type", `${latency.type}-latency`],
          ["latency", latency.value],
        ]),
      ),
    );
  }
  for (const bandwidth of bandwidths) {
    parts.push(
      optionPart(
        "-numa",
        optionText("hmat-lb", [
          ["initiator", bandwidth.initiator],
          ["target", bandwidth.target],
          ["hierarchy", hierarchies[bandwidth.cache ?? 0]],
          ["data-type", `${bandwidth.type}-bandwidth`],
          ["bandwidth", `${bandwidth.valueKiB}K`],
        ]),
      ),
    );
  }
  for (const [node, cell] of numa.cells.entries()) {
    for (const cache of cell.caches) {
      parts.push(
        optionPart(
          "-numa",
          optionText("hmat-cache", [
            ["node-id", node],
            ["size", `${cache.sizeKiB}K`],
            ["level", cache.level],
            ["associativity", associativities[cache.associativity]],
            ["policy", cachePolicies[cache.policy]],
            ["line", cache.lineBytes],
          ]),
        ),
      );
    }
  }
  return parts;
}

/** Old machines get node sizes as numbers if nothing else is asked of the memory: guests keep migrating that way. */
function takesPlainSizes(context: DeviceContext): boolean {
  const { def, caps } = context;
  if (findMachine(caps, def.type, def.os.type.machine ?? "")?.numaMemSupported !== true) return false;
  return (def.cpu?.numa?.cells ?? []).every((cell, node) => {
    const backend = memoryBackend(
      { alias: "", sizeBytes: BigInt(cell.memoryKiB ?? 0) * 1024n, node },
      context,
    );
    const [part] = backend;
    return (
      backend.length === 1 &&
      part?.kind === "object" &&
      Object.entries(part.props).every(([name, value]) => value === undefined || plainMembers.has(name))
    );
  });
}

const plainMembers: ReadonlySet<string> = new Set(["qom-type", "id", "size", "prealloc"]);

const hierarchies = ["memory", "first-level", "second-level", "third-level"] as const;
const associativities = { none: "none", direct: "direct", full: "complex" } as const;
const cachePolicies = { none: "none", writeback: "write-back", writethrough: "write-through" } as const;

/** `0-3,5` as one text per range. */
function ranges(bits: readonly number[]): string[] {
  const found: string[] = [];
  for (let i = 0; i < bits.length; ) {
    let end = i;
    while (end + 1 < bits.length && (bits[end + 1] ?? 0) === (bits[end] ?? 0) + 1) end++;
    found.push(end === i ? `${bits[i]}` : `${bits[i]}-${bits[end]}`);
    i = end + 1;
  }
  return found;
}

/** A node without CPUs belongs to the first node that has some. */
function initiatorOf(cells: readonly NumaCell[], node: number): number {
  const has = (cell: NumaCell | undefined) => (cell?.cpus?.length ?? 0) > 0;
  return has(cells[node]) ? node : Math.max(0, cells.findIndex(has));
}

const local = 10;
const remote = 20;

/** Distances, if any node has some: QEMU wants all of them then. */
function distanceParts(cells: readonly NumaCell[]): Part[] {
  if (!cells.some((cell) => (cell.distances?.siblings.length ?? 0) > 0)) return [];
  const written = (from: number, to: number) =>
    cells[from]?.distances?.siblings.find((s) => s.id === to)?.value;
  return cells.flatMap((_, src) =>
    cells.map((__, dst) => {
      const value = written(src, dst) ?? written(dst, src) ?? (src === dst ? local : remote);
      return optionPart(
        "-numa",
        optionText("dist", [
          ["src", src],
          ["dst", dst],
          ["val", value],
        ]),
      );
    }),
  );
}
