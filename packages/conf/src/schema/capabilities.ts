import {
  attr,
  child,
  custom,
  element,
  flag,
  leaf,
  leaves,
  list,
  oneOf,
  onOff,
  str,
  strictly,
  text,
  uint,
  yesNo,
} from "@libvirt-ts/xml";
import { amount, bitmap, sized, unit, uuid } from "../domain/scalars.ts";
import { absPath, arch } from "../types.ts";
import { HostCpu } from "./host-cpu.ts";

const number = (name: string) => attr(name, uint, { required: true });
const needed = { strict: { required: true } } as const;
const cpus = attr("cpus", bitmap, { required: true });
const cacheType = attr("type", oneOf(["both", "code", "data"]), { required: true });
const memory = (tag: string) => custom<never>({ tags: [tag], like: sized(tag), parse: () => undefined });

const Monitor = element("monitor", {
  level: attr("level", uint),
  reuseThreshold: attr("reuseThreshold", uint),
  maxMonitors: number("maxMonitors"),
  features: list(
    element("feature", {
      name: attr("name", strictly(str, /(?:llc_|mbm_)[a-zA-Z0-9\-_]+/, "llc_... or mbm_..."), {
        required: true,
      }),
    }),
    needed,
  ),
});

const Cache = element("cache", {
  banks: list(
    element("bank", {
      id: number("id"),
      level: number("level"),
      type: cacheType,
      size: number("size"),
      unit,
      cpus,
      controls: list(
        element("control", {
          granularity: number("granularity"),
          min: attr("min", uint),
          unit,
          type: cacheType,
          maxAllocs: number("maxAllocs"),
        }),
      ),
    }),
    needed,
  ),
  monitor: child(Monitor),
});

const MemoryBandwidth = element("memory_bandwidth", {
  nodes: list(
    element("node", {
      id: number("id"),
      cpus,
      controls: list(
        element("control", {
          granularity: number("granularity"),
          min: attr("min", uint),
          maxAllocs: number("maxAllocs"),
        }),
      ),
    }),
    needed,
  ),
  monitor: child(Monitor),
});

const Cell = element("cell", {
  id: number("id"),
  memory: memory("memory"),
  pages: list(element("pages", { unit, size: number("size"), count: text(uint, { required: true }) })),
  distances: child(
    element("distances", {
      siblings: list(element("sibling", { id: number("id"), value: number("value") })),
    }),
  ),
  caches: list(
    element("cache", {
      level: number("level"),
      associativity: attr("associativity", oneOf(["none", "direct", "full"]), { required: true }),
      policy: attr("policy", oneOf(["none", "writeback", "writethrough"]), { required: true }),
      size: child(element("size", { value: attr("value", amount, { required: true }), unit })),
      line: child(element("line", { value: attr("value", amount, { required: true }), unit })),
    }),
  ),
  cpus: child(
    element("cpus", {
      num: number("num"),
      cpus: list(
        element("cpu", {
          id: number("id"),
          socketId: attr("socket_id", uint),
          dieId: attr("die_id", uint),
          clusterId: attr("cluster_id", uint),
          coreId: attr("core_id", uint),
          siblings: attr("siblings", bitmap),
        }),
      ),
    }),
  ),
});

const ends = {
  initiator: number("initiator"),
  target: number("target"),
  cache: attr("cache", uint),
  type: attr("type", oneOf(["access", "read", "write"]), { required: true }),
  value: number("value"),
};
const Topology = element("topology", {
  cells: child(element("cells", { num: number("num"), cells: list(Cell, needed) }), { required: true }),
  interconnects: child(
    element("interconnects", {
      latencies: list(element("latency", ends)),
      bandwidths: list(element("bandwidth", { ...ends, unit })),
    }),
  ),
});

const Host = element("host", {
  uuid: leaf("uuid", uuid),
  cpu: child(HostCpu, { required: true }),
  powerManagement: child(
    element("power_management", {
      mem: flag("suspend_mem"),
      disk: flag("suspend_disk"),
      hybrid: flag("suspend_hybrid"),
    }),
  ),
  iommu: child(element("iommu", { support: attr("support", yesNo) })),
  migration: child(
    element("migration_features", {
      live: flag("live"),
      transports: child(
        element("uri_transports", {
          transports: leaves("uri_transport", oneOf(["vpxmigr", "tcp", "rdma", "vzmigr"])),
        }),
      ),
    }),
  ),
  topology: child(Topology),
  cache: child(Cache),
  memoryBandwidth: child(MemoryBandwidth),
  secmodels: list(
    element("secmodel", {
      model: leaf("model", str, { required: true }),
      doi: leaf("doi", str, { required: true }),
      baselabels: list(
        element("baselabel", { type: attr("type", str, { required: true }), label: text(str) }),
      ),
    }),
  ),
});

const emulator = leaf("emulator", absPath);
const machines = list(
  element("machine", {
    canonical: attr("canonical", str),
    maxCpus: attr("maxCpus", uint),
    deprecated: attr("deprecated", yesNo),
    name: text(str),
  }),
);
const toggle = (tag: string) =>
  child(
    element(tag, {
      default: attr("default", onOff, { required: true }),
      toggle: attr("toggle", yesNo, { required: true }),
    }),
  );

const Guest = element("guest", {
  osType: leaf("os_type", oneOf(["xen", "linux", "xenpvh", "hvm", "exe", "uml"]), { required: true }),
  arch: child(
    element("arch", {
      name: attr("name", arch, { required: true }),
      wordsize: leaf("wordsize", oneOf(["31", "32", "64"]), { required: true }),
      emulator,
      loader: leaf("loader", absPath),
      machines,
      domains: list(
        element("domain", {
          type: attr(
            "type",
            oneOf([
              "qemu",
              "kqemu",
              "kvm",
              "hvf",
              "xen",
              "uml",
              "lxc",
              "openvz",
              "test",
              "bhyve",
              "vz",
              "vmware",
              "vbox",
              "hyperv",
            ]),
            { required: true },
          ),
          emulator,
          machines,
        }),
        needed,
      ),
    }),
    { required: true },
  ),
  features: child(
    element("features", {
      pae: flag("pae"),
      nonpae: flag("nonpae"),
      ia64Be: flag("ia64_be"),
      acpi: toggle("acpi"),
      apic: toggle("apic"),
      cpuselection: flag("cpuselection"),
      deviceboot: flag("deviceboot"),
      disksnapshot: toggle("disksnapshot"),
      hap: toggle("hap"),
      externalSnapshot: flag("externalSnapshot"),
    }),
  ),
});

/** What a host is and which guests it can run. */
export const Capabilities = element("capabilities", {
  host: child(Host, { required: true }),
  guests: list(Guest),
});
