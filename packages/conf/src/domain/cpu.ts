import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { bytesToKiB } from "@libvirt-ts/util/units";
import {
  absentIs,
  attr,
  attrOf,
  type Compare,
  child,
  childrenNamed,
  custom,
  element,
  firstChange,
  fixed,
  type Infer,
  leaf,
  list,
  nonNegativeInt,
  onOff,
  positive,
  size,
  str,
  strictly,
  text,
  uint,
  yesNo,
} from "@libvirt-ts/xml";
import { featureName, within } from "../types.ts";
import { refuseTwice } from "./check/twice.ts";
import { xmlError } from "./errors.ts";
import { amount, bitmap, missingAmount, scaledBytes, unit } from "./scalars.ts";
import { attrOneOf } from "./words.ts";

const cpuXmlError = (detail: string) => new VirError(ErrorDomain.CPU, ErrorCode.XML_ERROR, detail);
const cpuUnsupported = (detail: string) =>
  new VirError(ErrorDomain.CPU, ErrorCode.CONFIG_UNSUPPORTED, detail);

const CpuModel = element(
  "model",
  {
    fallback: attrOneOf("fallback", ["allow", "forbid"], {
      emptyIsAbsent: true,
      refuse: () => cpuUnsupported("Invalid fallback attribute"),
    }),
    vendorId: fixed(
      "CPU vendor id",
      attr("vendor_id", strictly(str, /[^,]{12}/, "twelve characters without comma"), {
        emptyIsAbsent: true,
      }),
    ),
    name: fixed("CPU model", text(str)),
  },
  {
    read({ vendorId }) {
      if (vendorId !== undefined && vendorId.length !== 12)
        throw cpuXmlError("vendor_id must be exactly 12 characters long");
      if (vendorId?.includes(",")) throw cpuXmlError("vendor id is invalid");
    },
  },
);

const Topology = element("topology", {
  sockets: fixed(absentIs(0, "CPU sockets"), attr("sockets", positive, { required: true })),
  dies: fixed(absentIs(0, "CPU dies"), attr("dies", positive, { default: 1 })),
  clusters: fixed(absentIs(0, "CPU clusters"), attr("clusters", positive, { default: 1 })),
  cores: fixed(absentIs(0, "CPU cores"), attr("cores", positive, { required: true })),
  threads: fixed(absentIs(0, "CPU threads"), attr("threads", positive, { required: true })),
});
export type CpuTopology = Infer<typeof Topology>;

const cacheDiffers = "Target CPU cache does not match source";
const CpuCache = element("cache", {
  level: fixed(cacheDiffers, attr("level", nonNegativeInt)),
  mode: fixed(cacheDiffers, attrOneOf("mode", ["emulate", "passthrough", "disable"], { required: true })),
});
const addressBitsDiffer = "Target CPU maxphysaddr does not match source";
const MaxPhysAddr = element("maxphysaddr", {
  mode: fixed(addressBitsDiffer, attrOneOf("mode", ["emulate", "passthrough"], { required: true })),
  bits: fixed(addressBitsDiffer, attr("bits", nonNegativeInt)),
  limit: fixed(addressBitsDiffer, attr("limit", positive)),
});
const CpuFeature = element("feature", {
  policy: fixed(
    "CPU feature policy",
    attrOneOf("policy", ["force", "require", "optional", "disable", "forbid"], {
      default: "require",
      refuse: () => cpuUnsupported("Invalid CPU feature policy"),
      strict: { required: true },
    }),
  ),
  name: fixed(
    "CPU feature",
    attr("name", featureName, {
      required: true,
      emptyIsAbsent: true,
      missing: () => cpuXmlError("Invalid CPU feature name"),
    }),
  ),
  removed: attr("removed", yesNo, { show: "status" }),
  added: attr("added", yesNo, { show: "status" }),
});
export type CpuFeature = Infer<typeof CpuFeature>;

/** `<size value='10' unit='KiB'/>` in KiB, `<line value='8' unit='B'/>` in bytes; the unit is not looked at. */
const cacheAmount = (tag: "size" | "line") =>
  custom<number>({
    tags: [tag],
    like: { [tag]: child(element(tag, { value: attr("value", amount, { required: true }), unit })) },
    parse(from) {
      const value = from.children.find((each) => each.name === tag)?.attrs.value;
      const where = `./${tag}/@value`;
      if (!value) throw missingAmount(where);
      const bytes = scaledBytes(value, undefined, tag === "size" ? "KiB" : "B", where);
      return Number(tag === "size" ? bytesToKiB(bytes) : bytes);
    },
    formatBody(value, writer) {
      writer.open(tag);
      writer.attr("value", String(value));
      writer.attr("unit", tag === "size" ? "KiB" : "B");
      writer.close(tag);
    },
  });

const NumaCache = element("cache", {
  level: attr("level", positive, { required: true }),
  associativity: attrOneOf("associativity", ["none", "direct", "full"], { required: true }),
  policy: attrOneOf("policy", ["none", "writeback", "writethrough"], { required: true }),
  sizeKiB: cacheAmount("size"),
  lineBytes: cacheAmount("line"),
});

const NumaCell = element(
  "cell",
  {
    id: attr("id", uint),
    cpus: attr("cpus", bitmap),
    memoryKiB: custom<number>({
      attrs: ["memory", "unit"],
      like: { memory: attr("memory", amount, { required: true }), unit },
      parse: (from) => {
        if (!from.attrs.memory) throw missingAmount("./@memory");
        return Number(bytesToKiB(scaledBytes(from.attrs.memory, from.attrs.unit, "KiB", "./@memory")));
      },
      formatAttrs(value, writer) {
        writer.attr("memory", String(value));
        writer.attr("unit", "KiB");
      },
    }),
    memAccess: attrOneOf("memAccess", ["shared", "private"]),
    discard: attr("discard", yesNo),
    distances: child(
      element(
        "distances",
        {
          siblings: list(
            element("sibling", {
              id: attr("id", uint, { required: true }),
              value: attr("value", within(uint, 10, 255), { required: true }),
            }),
          ),
        },
        {
          read({ siblings }) {
            if (siblings.length === 0) throw xmlError("NUMA distances defined without siblings");
          },
        },
      ),
    ),
    caches: list(NumaCache),
  },
  {
    read: ({ caches }) =>
      refuseTwice(
        caches.map(({ level }) => level),
        (level) => xmlError(`Cache level '${level}' already defined`),
      ),
  },
);
export type NumaCell = Infer<typeof NumaCell>;

const ends = {
  initiator: attr("initiator", uint, { required: true }),
  target: attr("target", uint, { required: true }),
  cache: attr("cache", uint, { omit: 0 }),
};
const latencyKind = attrOneOf("type", ["access", "read", "write"], { required: true });
const Interconnects = element("interconnects", {
  latencies: list(
    element("latency", { ...ends, type: latencyKind, value: attr("value", size, { required: true }) }),
  ),
  bandwidths: list(
    element("bandwidth", {
      ...ends,
      type: latencyKind,
      valueKiB: custom<number>({
        attrs: ["value", "unit"],
        like: { value: attr("value", amount, { required: true }), unit },
        parse(from) {
          if (!from.attrs.value) throw missingAmount("./@value");
          return Number(bytesToKiB(scaledBytes(from.attrs.value, from.attrs.unit, "KiB", "./@value")));
        },
        formatAttrs(value, writer) {
          writer.attr("value", String(value));
          writer.attr("unit", "KiB");
        },
      }),
    }),
  ),
});

/** The guest's NUMA nodes. */
const Numa = element(
  "numa",
  {
    cells: list(NumaCell, { strict: { required: true } }),
    interconnects: child(Interconnects),
  },
  {
    read({ cells }) {
      if (cells.length === 0) throw xmlError("NUMA topology defined without NUMA cells");
    },
  },
);

/** The CPU the guest sees. */
export const Cpu = element(
  "cpu",
  {
    mode: fixed(
      "CPU mode",
      attrOneOf("mode", ["custom", "host-model", "host-passthrough", "maximum"], {
        refuse: (text) => cpuUnsupported(`Invalid mode attribute '${text}'`),
      }),
    ),
    match: attrOneOf("match", ["minimum", "exact", "strict"]),
    check: fixed(absentIs("default", "CPU check"), attrOneOf("check", ["none", "partial", "full"])),
    migratable: attr("migratable", onOff),
    deprecatedFeatures: attr("deprecated_features", onOff),
    model: child(CpuModel),
    vendor: fixed("CPU vendor", leaf("vendor", str)),
    microcode: attrOf("microcode", "version", uint),
    topology: child(Topology),
    cache: fixed(cacheDiffers, child(CpuCache)),
    maxphysaddr: fixed(addressBitsDiffer, child(MaxPhysAddr)),
    features: fixed("Target CPU feature count %t does not match source %s", list(CpuFeature)),
    numa: child(Numa),
  },
  {
    view(cpu) {
      const { mode = "custom", model } = cpu;
      const isModelShown =
        (mode === "custom" || mode === "host-model") && (model?.name ?? model?.vendorId) !== undefined;
      const isModeShown = mode !== "custom" || isModelShown || cpu.match !== undefined;
      return { ...cpu, mode: isModeShown ? mode : undefined, model: isModelShown ? model : undefined };
    },
    read(cpu, from) {
      if (childrenNamed(from, "cache").length > 1)
        throw cpuXmlError("at most one CPU cache element may be specified");
      cpu.mode ??= "custom";
      if (cpu.model?.name !== undefined) cpu.model.fallback ??= "allow";
      if (cpu.model && cpu.mode === "custom") cpu.match ??= "exact";
      const { maxphysaddr } = cpu;
      if (maxphysaddr?.mode === "emulate" && maxphysaddr.limit !== undefined) {
        throw cpuUnsupported("attribute 'limit' is only supported for maxphysaddr mode 'passthrough'");
      }
      if (cpu.numa) cpu.numa.cells = orderCells(cpu.numa.cells);
      if (cpu.vendor !== undefined && cpu.model?.name === undefined)
        throw cpuXmlError("CPU vendor specified without CPU model");
      if (cpu.mode === "custom" && cpu.model?.name === undefined && cpu.features.length > 0) {
        throw cpuXmlError("Non-empty feature list specified without CPU model");
      }
      const seen = new Set<string>();
      for (const { name } of cpu.features) {
        if (seen.has(name)) throw cpuXmlError(`CPU feature '${name}' specified more than once`);
        seen.add(name);
      }
      if (cpu.cache?.level !== undefined && (cpu.cache.level < 1 || cpu.cache.level > 3))
        throw cpuXmlError("invalid CPU cache level, must be in range [1,3]");
    },
  },
);
export type Cpu = Infer<typeof Cpu>;

/** Tells a change of what the guest sees of its CPU. @throws VirError CPU/CONFIG_UNSUPPORTED */
export const compareCpus: Compare = (source, target) => {
  const shape = Cpu.shape?.();
  const isThere = (source === undefined) === (target === undefined);
  const change = isThere ? shape && firstChange(shape, source, target) : "Target CPU does not match source";
  if (change !== undefined) throw cpuUnsupported(change);
  return undefined;
};

const uneven = () =>
  xmlError(
    "Exactly one 'cell' element per guest NUMA cell allowed, non-contiguous ranges or ranges not starting from 0 are not allowed",
  );

/** Cells in the order of their numbers; written without numbers they count on. */
function orderCells(cells: readonly NumaCell[]): NumaCell[] {
  const ordered: NumaCell[] = [];
  for (const [at, cell] of cells.entries()) {
    const id = cell.id ?? at;
    if (id >= cells.length) throw uneven();
    if (ordered[id]) throw xmlError(`Duplicate NUMA cell info for cell id '${id}'`);
    cell.id = id;
    ordered[id] = cell;
  }
  for (const { id = 0, distances } of ordered) {
    for (const sibling of distances?.siblings ?? []) {
      if (sibling.id >= cells.length) {
        throw xmlError(
          `'sibling_id ${sibling.id}' does not refer to a valid cell within NUMA 'cell id ${id}'`,
        );
      }
      if (sibling.value < 10 || sibling.value > 255 || (sibling.id === id) !== (sibling.value === 10)) {
        throw xmlError(
          `'value ${sibling.value}' is invalid for 'sibling id ${sibling.id}' under NUMA 'cell id ${id}'`,
        );
      }
    }
  }
  fillDistances(ordered);
  return ordered;
}

/** Near to itself, and as far there as back, where nothing else is written. */
function fillDistances(cells: readonly NumaCell[]): void {
  const written = new Map<string, number>();
  for (const { id = 0, distances } of cells) {
    for (const sibling of distances?.siblings ?? []) written.set(`${id} ${sibling.id}`, sibling.value);
  }
  if (written.size === 0) return;
  for (const [from, cell] of cells.entries()) {
    const siblings = [...cells.keys()].flatMap((id) => {
      const value =
        written.get(`${from} ${id}`) ?? written.get(`${id} ${from}`) ?? (id === from ? 10 : undefined);
      return value === undefined ? [] : [{ id, value }];
    });
    if (siblings.some(({ id }) => id !== from)) cell.distances = { siblings };
  }
}
