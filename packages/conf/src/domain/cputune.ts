import { overlaps } from "@libvirt-ts/util/bitmap";
import { prettySize } from "@libvirt-ts/util/units";
import {
  attr,
  child,
  childrenNamed,
  custom,
  element,
  type Infer,
  int,
  leaf,
  list,
  long,
  refusing,
  type Scalar,
  size,
  str,
  uint,
} from "@libvirt-ts/xml";
import { unsignedShort } from "../types.ts";
import { internalError, readError, xmlError } from "./errors.ts";
import { amount, bitmap, missingAmount, scaledBytes, unit } from "./scalars.ts";
import { attrOneOf } from "./words.ts";

/** The CPUs a thread runs on. */
const cpusetOf = (tag: string) =>
  attr("cpuset", bitmap, { required: true, missing: () => internalError(`missing cpuset for ${tag}`) });
const needed = (name: string, tag: string) => ({
  required: true as const,
  missing: () => xmlError(`Missing attribute '${name}' in element '${tag}'`),
});
const sched = {
  scheduler: attrOneOf("scheduler", ["other", "batch", "idle", "fifo", "rr"], { required: true }),
  priority: attr("priority", unsignedShort(int)),
};

const Cache = element("cache", {
  id: attr("id", uint, { required: true }),
  level: attr("level", uint, { required: true }),
  type: attrOneOf("type", ["both", "code", "data"], { required: true }),
  sizeBytes: custom<bigint>({
    attrs: ["size", "unit"],
    like: { size: attr("size", amount, { required: true }), unit },
    parse(from) {
      if (!from.attrs.size) throw missingAmount("./@size");
      return scaledBytes(from.attrs.size, from.attrs.unit, "B", "./@size");
    },
    formatAttrs(value, writer) {
      const [count, unit] = prettySize(value);
      writer.attr("size", count.toString());
      writer.attr("unit", unit);
    },
  }),
});
const vcpus = attr("vcpus", bitmap, { required: true });

const CacheTune = element("cachetune", {
  vcpus,
  id: attr("id", str, { show: "live" }),
  caches: list(Cache),
  monitors: list(element("monitor", { level: attr("level", uint, { required: true }), vcpus })),
});
const MemoryTune = element("memorytune", {
  vcpus,
  nodes: list(
    element("node", {
      id: attr("id", uint, { required: true }),
      bandwidth: attr("bandwidth", uint, { required: true }),
    }),
  ),
  monitors: list(element("monitor", { vcpus })),
});

const tuned = (tag: string, scalar: Scalar<number>) =>
  leaf(
    tag,
    refusing(scalar, () => xmlError(`can't parse cputune ${tag} value`)),
  );

/** How the guest's threads share the host's CPUs: microseconds, weights, pinning. */
export const Cputune = element(
  "cputune",
  {
    shares: tuned("shares", size),
    period: tuned("period", size),
    quota: tuned("quota", long),
    globalPeriod: tuned("global_period", size),
    globalQuota: tuned("global_quota", long),
    emulatorPeriod: tuned("emulator_period", size),
    emulatorQuota: tuned("emulator_quota", long),
    iothreadPeriod: tuned("iothread_period", size),
    iothreadQuota: tuned("iothread_quota", long),
    vcpupins: list(
      element("vcpupin", {
        vcpu: attr("vcpu", unsignedShort(uint), { required: true }),
        cpuset: cpusetOf("vcpupin"),
      }),
    ),
    emulatorpin: child(element("emulatorpin", { cpuset: cpusetOf("emulatorpin") })),
    iothreadpins: list(
      element("iothreadpin", {
        iothread: attr("iothread", uint, { required: true }),
        cpuset: cpusetOf("iothreadpin"),
      }),
    ),
    emulatorsched: child(element("emulatorsched", sched)),
    vcpuscheds: list(
      element("vcpusched", { vcpus: attr("vcpus", bitmap, needed("vcpus", "vcpusched")), ...sched }),
    ),
    iothreadscheds: list(
      element("iothreadsched", {
        iothreads: attr("iothreads", bitmap, needed("iothreads", "iothreadsched")),
        ...sched,
      }),
    ),
    cachetunes: list(CacheTune),
    memorytunes: list(MemoryTune),
  },
  {
    read(tune, from) {
      if (childrenNamed(from, "emulatorpin").length > 1) throw xmlError("only one emulatorpin is supported");
      if (childrenNamed(from, "emulatorsched").length > 1)
        throw xmlError("only one emulatorsched is supported");
      settle("emulatorsched", tune.emulatorsched ? [tune.emulatorsched] : []);
      settle("vcpusched", tune.vcpuscheds);
      settle("iothreadsched", tune.iothreadscheds);
      checkAllocations(tune);
      const pinned = new Set<number>();
      tune.vcpupins = tune.vcpupins.filter(({ vcpu }) => {
        if (pinned.has(vcpu)) throw internalError(`duplicate vcpupin for vcpu '${vcpu}'`);
        pinned.add(vcpu);
        return true;
      });
      tune.vcpupins.sort((a, b) => a.vcpu - b.vcpu);
      tune.vcpuscheds = tune.vcpuscheds
        .flatMap((each) => each.vcpus.map((vcpu) => ({ ...each, vcpus: [vcpu] })))
        .sort((a, b) => (a.vcpus[0] ?? 0) - (b.vcpus[0] ?? 0));
      tune.iothreadscheds = tune.iothreadscheds
        .flatMap((each) => each.iothreads.map((id) => ({ ...each, iothreads: [id] })))
        .sort((a, b) => (a.iothreads[0] ?? 0) - (b.iothreads[0] ?? 0));
    },
  },
);
export type Cputune = Infer<typeof Cputune>;

/** Only realtime threads have a priority, and they must. */
function settle(tag: string, scheds: { scheduler: string; priority?: number | undefined }[]): void {
  for (const each of scheds) {
    if (each.scheduler !== "fifo" && each.scheduler !== "rr") each.priority = undefined;
    else if (each.priority === undefined)
      throw readError(`Missing required attribute 'priority' in element '${tag}'`);
  }
}

interface Allocations {
  cachetunes: Infer<typeof CacheTune>[];
  memorytunes: Infer<typeof MemoryTune>[];
}

/** CPUs belong to one allocation only; monitors watch within it. */
function checkAllocations({ cachetunes, memorytunes }: Allocations): void {
  for (const [at, { vcpus: own, caches, monitors }] of cachetunes.entries()) {
    if (cachetunes.slice(0, at).some((other) => overlaps(other.vcpus, own)))
      throw xmlError("Overlapping vcpus in resctrls");
    const seen = new Set<string>();
    for (const { id, level, type } of caches) {
      const kinds = type === "both" ? ["code", "data"] : [type];
      for (const kind of kinds) {
        const key = `${level} ${id} ${kind}`;
        if (seen.has(key))
          throw xmlError(`Colliding cache allocations for cache level '${level}' id '${id}', type '${type}'`);
        seen.add(key);
      }
    }
    checkMonitors(monitors, own);
  }
  for (const [at, { vcpus: own, nodes, monitors }] of memorytunes.entries()) {
    const others = [...cachetunes, ...memorytunes.slice(0, at)].filter((other) => overlaps(other.vcpus, own));
    const isSame = (other: { vcpus: number[] }) => other.vcpus.join() === own.join();
    if (others.some((other) => !isSame(other))) throw xmlError("Overlapping vcpus in resctrls");
    if (others.some((other) => "nodes" in other)) throw xmlError("Identical vcpus in memorytunes found");
    const ids = new Set(nodes.map(({ id }) => id));
    if (ids.size < nodes.length) throw xmlError("Memory Bandwidth already defined for node");
    checkMonitors(monitors, own);
  }
}

function checkMonitors(monitors: readonly { vcpus: number[] }[], own: readonly number[]): void {
  for (const [at, { vcpus: watched }] of monitors.entries()) {
    if (watched.some((vcpu) => !own.includes(vcpu)))
      throw xmlError("monitor's vcpus are not in its allocation");
    // The monitor of the whole allocation may stand beside those of parts.
    const isWhole = (bits: readonly number[]) => bits.length === own.length;
    if (isWhole(watched)) continue;
    const earlier = monitors.slice(0, at).filter((other) => !isWhole(other.vcpus));
    if (earlier.some((other) => overlaps(other.vcpus, watched)))
      throw xmlError("Overlapping vcpus in monitors");
  }
}
