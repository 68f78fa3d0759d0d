import { prettySize } from "@libvirt-ts/util/units";
import {
  attr,
  child,
  custom,
  element,
  type Infer,
  int,
  leaf,
  list,
  long,
  size,
  str,
  uint,
} from "@libvirt-ts/xml";
import { xmlError } from "./errors.ts";
import { bitmap, scaledBytes } from "./scalars.ts";
import { attrOneOf } from "./words.ts";

const cpuset = attr("cpuset", bitmap, { required: true });
const sched = {
  scheduler: attrOneOf("scheduler", ["other", "batch", "idle", "fifo", "rr"], { required: true }),
  priority: attr("priority", int),
};

const Cache = element("cache", {
  id: attr("id", uint, { required: true }),
  level: attr("level", uint, { required: true }),
  type: attrOneOf("type", ["both", "code", "data"], { required: true }),
  sizeBytes: custom<bigint>({
    attrs: ["size", "unit"],
    parse: (from) => scaledBytes(from.attrs.size ?? "", from.attrs.unit, "B", from),
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

/** How the guest's threads share the host's CPUs: microseconds, weights, pinning. */
export const Cputune = element(
  "cputune",
  {
    shares: leaf("shares", size),
    period: leaf("period", size),
    quota: leaf("quota", long),
    globalPeriod: leaf("global_period", size),
    globalQuota: leaf("global_quota", long),
    emulatorPeriod: leaf("emulator_period", size),
    emulatorQuota: leaf("emulator_quota", long),
    iothreadPeriod: leaf("iothread_period", size),
    iothreadQuota: leaf("iothread_quota", long),
    vcpupins: list(element("vcpupin", { vcpu: attr("vcpu", uint, { required: true }), cpuset })),
    emulatorpin: child(element("emulatorpin", { cpuset })),
    iothreadpins: list(
      element("iothreadpin", { iothread: attr("iothread", uint, { required: true }), cpuset }),
    ),
    emulatorsched: child(element("emulatorsched", sched)),
    vcpuscheds: list(element("vcpusched", { vcpus, ...sched })),
    iothreadscheds: list(
      element("iothreadsched", { iothreads: attr("iothreads", bitmap, { required: true }), ...sched }),
    ),
    cachetunes: list(CacheTune),
    memorytunes: list(MemoryTune),
  },
  {
    read(tune) {
      for (const each of [tune.emulatorsched, ...tune.vcpuscheds, ...tune.iothreadscheds]) {
        const realtime = each?.scheduler === "fifo" || each?.scheduler === "rr";
        if (each && realtime && each.priority === undefined)
          throw xmlError("Missing required attribute 'priority' in element 'vcpusched'");
        if (each && !realtime) each.priority = undefined;
      }
      const pinned = new Set<number>();
      tune.vcpupins = tune.vcpupins.filter(({ vcpu }) => {
        if (pinned.has(vcpu)) throw xmlError(`duplicate vcpupin for vcpu '${vcpu}'`);
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
