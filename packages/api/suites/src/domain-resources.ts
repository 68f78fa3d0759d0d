import { DomainModificationImpact as Impact } from "@libvirt-ts/api";
import { typed } from "@libvirt-ts/protocol";
import { describe } from "vitest";
import { type Guest, guestIn } from "./guests.ts";
import { describeStories, type Stories } from "./story.ts";
import type { Target } from "./target.ts";

const { LIVE, CONFIG } = Impact;
const both = LIVE | CONFIG;
const MAXIMUM = 4;
const GUEST = 8;
const map = (...bytes: number[]) => Buffer.from(bytes);

/** Processors, memory and what limits them. */
export function describeDomainResources(target: Target): void {
  describe("domain resources", () => {
    describeStories(target, () => guestIn(target, "running"), running);
    describeStories(target, () => guestIn(target, "shutoff"), shutoff);
  });
}

const running: Stories<Guest> = {
  processors: [
    [({ domain }) => domain.getVcpusFlags(), 2],
    [({ domain }) => domain.getMaxVcpus(), 2],
    [({ domain }) => domain.getVcpusFlags({ flags: MAXIMUM | CONFIG }), 2],
    [({ domain }) => domain.setVcpus({ nvcpus: 1 }), "ok"],
    [({ domain }) => domain.getVcpusFlags({ flags: LIVE }), 1],
    [({ domain }) => domain.getVcpusFlags({ flags: CONFIG }), 2],
    [({ domain }) => domain.setVcpusFlags({ nvcpus: 1, flags: CONFIG }), "ok"],
    [({ domain }) => domain.getVcpusFlags({ flags: CONFIG }), 1],
    [({ domain }) => domain.setVcpusFlags({ nvcpus: 3, flags: LIVE }), "INVALID_ARG/driver"],
    [({ domain }) => domain.setVcpusFlags({ nvcpus: 0, flags: LIVE }), "INVALID_ARG/DOMAIN"],
    [({ domain }) => domain.setVcpusFlags({ nvcpus: 1, flags: MAXIMUM | LIVE }), "INVALID_ARG/DOMAIN"],
    [({ domain }) => domain.setVcpusFlags({ nvcpus: 4, flags: MAXIMUM | CONFIG }), "ok"],
    [({ domain }) => domain.getVcpusFlags({ flags: both }), "INVALID_ARG/DOMAIN"],
    [({ domain }) => domain.setVcpusFlags({ nvcpus: 1, flags: 2 ** 30 }), "INVALID_ARG/driver"],
    [({ domain }) => domain.getVcpusFlags({ flags: GUEST | CONFIG }), "INVALID_ARG/driver"],
  ],
  "processors pinned": [
    [({ domain }) => domain.pinVcpu({ vcpu: 0, cpumap: map(1) }), "ok"],
    [({ domain }) => domain.getVcpuPinInfo({ ncpumaps: 2, maplen: 1 }), { cpumaps: "01ff", num: 2 }],
    [
      ({ domain }) => domain.getVcpuPinInfo({ ncpumaps: 2, maplen: 1, flags: CONFIG }),
      { cpumaps: "ffff", num: 2 },
    ],
    [({ domain }) => domain.pinVcpuFlags({ vcpu: 1, cpumap: map(2), flags: CONFIG }), "INVALID_ARG/driver"],
    [
      ({ domain }) => domain.getVcpuPinInfo({ ncpumaps: 2, maplen: 1, flags: CONFIG }),
      { cpumaps: "ffff", num: 2 },
    ],
    [({ domain }) => domain.pinVcpu({ vcpu: 9, cpumap: map(1) }), "INVALID_ARG/driver"],
    [({ domain }) => domain.pinVcpu({ vcpu: 0, cpumap: map() }), "INVALID_ARG/DOMAIN"],
    [({ domain }) => domain.pinVcpu({ vcpu: 0, cpumap: map(0) }), "ok"],
    [({ domain }) => domain.pinVcpuFlags({ vcpu: 0, cpumap: map(1), flags: 2 ** 30 }), "INVALID_ARG/driver"],
    [({ domain }) => domain.pinEmulator({ cpumap: map(1) }), "ok"],
    [({ domain }) => domain.getEmulatorPinInfo({ maplen: 1 }), { cpumaps: "01", ret: 1 }],
    [({ domain }) => domain.getEmulatorPinInfo({ maplen: 1, flags: CONFIG }), { cpumaps: "ff", ret: 1 }],
    [({ domain }) => domain.pinEmulator({ cpumap: map(2), flags: CONFIG }), "ok"],
    [({ domain }) => domain.getEmulatorPinInfo({ maplen: 1, flags: CONFIG }), { cpumaps: "02", ret: 1 }],
    [({ domain }) => domain.getEmulatorPinInfo({ maplen: 1, flags: 2 ** 30 }), "INVALID_ARG/driver"],
  ],
  memory: [
    [({ domain }) => domain.setMemory({ memory: 16_384n }), "ok"],
    [async ({ domain }) => (await domain.getInfo()).memory, 16384n],
    [({ domain }) => domain.setMemoryFlags({ memory: 8_192n, flags: CONFIG }), "ok"],
    [async ({ domain }) => (await domain.getInfo()).memory, 16384n],
    [({ domain }) => domain.setMemory({ memory: 65_536n }), "INVALID_ARG/driver"],
    [
      ({ domain }) => domain.setMemoryFlags({ memory: 65_536n, flags: LIVE | MAXIMUM }),
      "OPERATION_INVALID/driver",
    ],
    [({ domain }) => domain.setMaxMemory({ memory: 65_536n }), "OPERATION_INVALID/driver"],
    [({ domain }) => domain.setMemory({ memory: 0n }), "INVALID_ARG/DOMAIN"],
    [({ domain }) => domain.setMemoryFlags({ memory: 1n, flags: 2 ** 30 }), "INVALID_ARG/driver"],
    [({ domain }) => domain.setMemoryStatsPeriod({ period: 5 }), "INTERNAL_ERROR/driver"],
    [({ domain }) => domain.setMemoryStatsPeriod({ period: -1 }), "INVALID_ARG/DOMAIN"],
  ],
  "limits of memory": [
    [
      ({ domain }) =>
        domain.setMemoryParameters({ params: { soft_limit: typed.ullong(1024n) }, flags: LIVE }),
      "ok",
    ],
    [
      ({ domain }) => domain.getMemoryParameters({ flags: LIVE }),
      { hard_limit: 9007199254740991n, soft_limit: 1024n, swap_hard_limit: 9007199254740991n },
    ],
    [
      ({ domain }) => domain.getMemoryParameters({ flags: CONFIG }),
      { hard_limit: 9007199254740991n, soft_limit: 9007199254740991n, swap_hard_limit: 9007199254740991n },
    ],
    [
      ({ domain }) =>
        domain.setMemoryParameters({ params: { hard_limit: typed.ullong(2048n) }, flags: CONFIG }),
      "ok",
    ],
    [
      ({ domain }) => domain.getMemoryParameters({ flags: CONFIG }),
      { hard_limit: 2048n, soft_limit: 9007199254740991n, swap_hard_limit: 9007199254740991n },
    ],
    [
      ({ domain }) => domain.setMemoryParameters({ params: { bogus: typed.ullong(1n) } }),
      "ARGUMENT_UNSUPPORTED/NONE",
    ],
    [
      ({ domain }) => domain.setMemoryParameters({ params: { hard_limit: typed.int(1) } }),
      "INVALID_ARG/NONE",
    ],
    [({ domain }) => domain.getMemoryParameters({ flags: both }), "INVALID_ARG/DOMAIN"],
  ],
  "weights of disks": [
    [
      ({ domain }) => domain.setBlkioParameters({ params: { weight: typed.uint(500) }, flags: both }),
      "INVALID_ARG/DOMAIN",
    ],
    [
      ({ domain }) => domain.getBlkioParameters({ flags: LIVE }),
      {
        weight: 0,
        device_weight: "",
        device_read_iops_sec: "",
        device_write_iops_sec: "",
        device_read_bytes_sec: "",
        device_write_bytes_sec: "",
      },
    ],
    [
      ({ domain }) => domain.getBlkioParameters({ flags: CONFIG }),
      {
        weight: 0,
        device_weight: "",
        device_read_iops_sec: "",
        device_write_iops_sec: "",
        device_read_bytes_sec: "",
        device_write_bytes_sec: "",
      },
    ],
    [
      ({ domain }) =>
        domain.setBlkioParameters({ params: { device_weight: typed.string("/dev/sda,300") }, flags: LIVE }),
      "ok",
    ],
    [
      ({ domain }) => domain.getBlkioParameters({ flags: LIVE }),
      {
        weight: 0,
        device_weight: "/dev/sda,300",
        device_read_iops_sec: "",
        device_write_iops_sec: "",
        device_read_bytes_sec: "",
        device_write_bytes_sec: "",
      },
    ],
    [
      ({ domain }) => domain.setBlkioParameters({ params: { device_weight: typed.string("nonsense") } }),
      "INVALID_ARG/DOMAIN",
    ],
    [
      ({ domain }) => domain.setBlkioParameters({ params: { weight: typed.string("1") } }),
      "INVALID_ARG/NONE",
    ],
  ],
  "nodes of the host": [
    [({ domain }) => domain.getNumaParameters(), { numa_mode: 0, numa_nodeset: "" }],
    [
      ({ domain }) =>
        domain.setNumaParameters({ params: { numa_nodeset: typed.string("0") }, flags: CONFIG }),
      "ok",
    ],
    [({ domain }) => domain.getNumaParameters({ flags: CONFIG }), { numa_mode: 0, numa_nodeset: "0" }],
    [
      ({ domain }) => domain.setNumaParameters({ params: { numa_nodeset: typed.string("x") } }),
      "INVALID_ARG/NONE",
    ],
    [({ domain }) => domain.setNumaParameters({ params: { numa_mode: typed.int(9) } }), "INVALID_ARG/driver"],
  ],
  "the scheduler": [
    [({ domain }) => domain.getSchedulerType(), { type: "fair", nparams: 1 }],
    [({ domain }) => domain.getSchedulerParameters(), { weight: 50 }],
    [({ domain }) => domain.getSchedulerParametersFlags({ flags: LIVE }), "INVALID_ARG/driver"],
    [({ domain }) => domain.setSchedulerParameters({ params: { weight: typed.uint(60) } }), "ok"],
    [
      ({ domain }) => domain.setSchedulerParametersFlags({ params: { weight: typed.uint(60) }, flags: LIVE }),
      "INVALID_ARG/driver",
    ],
    [
      ({ domain }) => domain.setSchedulerParametersFlags({ params: { bogus: typed.uint(60) } }),
      "ARGUMENT_UNSUPPORTED/NONE",
    ],
    [({ domain }) => domain.setSchedulerParameters({ params: {} }), "INVALID_ARG/DOMAIN"],
  ],
  "limits of a disk": [
    [
      ({ domain }) =>
        domain.setBlockIoTune({ disk: "vda", params: { total_bytes_sec: typed.ullong(1000n) } }),
      "INVALID_ARG/driver",
    ],
    [async ({ domain }) => (await domain.getBlockIoTune({ disk: "vda" })).total_bytes_sec, 0n],
    [async ({ domain }) => (await domain.getBlockIoTune({ disk: "vda", flags: CONFIG })).total_bytes_sec, 0n],
    [
      ({ domain }) =>
        domain.setBlockIoTune({
          disk: "vda",
          params: { total_bytes_sec: typed.ullong(1n), read_bytes_sec: typed.ullong(1n) },
        }),
      "INVALID_ARG/driver",
    ],
    [
      ({ domain }) =>
        domain.setBlockIoTune({ disk: "vda", params: { total_iops_sec_max: typed.ullong(5n) } }),
      "ok",
    ],
    [
      ({ domain }) => domain.setBlockIoTune({ disk: "none", params: { total_bytes_sec: typed.ullong(1n) } }),
      "INVALID_ARG/driver",
    ],
    [({ domain }) => domain.getBlockIoTune({ disk: "none" }), "INVALID_ARG/driver"],
    [
      ({ domain }) => domain.setBlockIoTune({ disk: "vda", params: { bogus: typed.ullong(1n) } }),
      "ARGUMENT_UNSUPPORTED/NONE",
    ],
  ],
  "limits of a network card": [
    [
      ({ domain }) =>
        domain.setInterfaceParameters({
          device: "52:54:00:00:00:05",
          params: { "inbound.average": typed.uint(100) },
        }),
      "ok",
    ],
    [
      ({ domain }) => domain.getInterfaceParameters({ device: "52:54:00:00:00:05" }),
      {
        "inbound.average": 100,
        "inbound.peak": 0,
        "inbound.burst": 0,
        "inbound.floor": 0,
        "outbound.average": 0,
        "outbound.peak": 0,
        "outbound.burst": 0,
      },
    ],
    [
      ({ domain }) => domain.getInterfaceParameters({ device: "52:54:00:00:00:05", flags: CONFIG }),
      {
        "inbound.average": 0,
        "inbound.peak": 0,
        "inbound.burst": 0,
        "inbound.floor": 0,
        "outbound.average": 0,
        "outbound.peak": 0,
        "outbound.burst": 0,
      },
    ],
    [
      ({ domain }) =>
        domain.setInterfaceParameters({ device: "none", params: { "inbound.average": typed.uint(1) } }),
      "INVALID_ARG/DOMAIN",
    ],
    [({ domain }) => domain.getInterfaceParameters({ device: "none" }), "INVALID_ARG/DOMAIN"],
    [
      ({ domain }) =>
        domain.setInterfaceParameters({ device: "52:54:00:00:00:05", params: { bogus: typed.uint(1) } }),
      "ARGUMENT_UNSUPPORTED/NONE",
    ],
  ],
  "threads for disks": [
    [({ domain }) => domain.getIothreadInfo(), []],
    [({ domain }) => domain.addIothread({ iothreadId: 3, flags: LIVE }), "ok"],
    [({ domain }) => domain.addIothread({ iothreadId: 3, flags: LIVE }), "INVALID_ARG/DOMAIN"],
    [({ domain }) => domain.addIothread({ iothreadId: 0 }), "INVALID_ARG/driver"],
    [
      async ({ domain }) => (await domain.getIothreadInfo({ flags: LIVE })).map((each) => each.iothreadId),
      [3],
    ],
    [
      async ({ domain }) => (await domain.getIothreadInfo({ flags: CONFIG })).map((each) => each.iothreadId),
      [],
    ],
    [({ domain }) => domain.pinIothread({ iothreadsId: 3, cpumap: map(1), flags: LIVE }), "ok"],
    [({ domain }) => domain.pinIothread({ iothreadsId: 9, cpumap: map(1) }), "INVALID_ARG/driver"],
    [
      ({ domain }) =>
        domain.setIothreadParams({ iothreadId: 3, params: { poll_max_ns: typed.ullong(5n) }, flags: LIVE }),
      "ok",
    ],
    [
      ({ domain }) =>
        domain.setIothreadParams({ iothreadId: 9, params: { poll_max_ns: typed.ullong(5n) }, flags: LIVE }),
      "INVALID_ARG/driver",
    ],
    [({ domain }) => domain.delIothread({ iothreadId: 9, flags: LIVE }), "INVALID_ARG/DOMAIN"],
    [({ domain }) => domain.delIothread({ iothreadId: 3, flags: LIVE }), "ok"],
    [({ domain }) => domain.getIothreadInfo({ flags: LIVE }), []],
  ],
  "counters of the processor": [
    [async ({ domain }) => (await domain.getPerfEvents()).cmt, false],
    [({ domain }) => domain.setPerfEvents({ params: { cmt: typed.boolean(true) }, flags: CONFIG }), "ok"],
    [async ({ domain }) => (await domain.getPerfEvents({ flags: CONFIG })).cmt, true],
    [async ({ domain }) => (await domain.getPerfEvents({ flags: LIVE })).cmt, false],
    [
      ({ domain }) => domain.setPerfEvents({ params: { bogus: typed.boolean(true) } }),
      "ARGUMENT_UNSUPPORTED/NONE",
    ],
  ],
};

const shutoff: Stories<Guest> = {
  "processors of a guest that is off": [
    [({ domain }) => domain.setVcpus({ nvcpus: 1 }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.setVcpusFlags({ nvcpus: 1, flags: LIVE }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.setVcpusFlags({ nvcpus: 4, flags: MAXIMUM | CONFIG }), "ok"],
    [({ domain }) => domain.setVcpusFlags({ nvcpus: 3, flags: CONFIG }), "ok"],
    [({ domain }) => domain.getVcpusFlags(), 3],
    [({ domain }) => domain.getVcpusFlags({ flags: LIVE }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.getMaxVcpus(), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.getVcpus({ maxinfo: 1, maplen: 1 }), "OPERATION_INVALID/driver"],
    [({ domain }) => domain.pinVcpu({ vcpu: 0, cpumap: map(1) }), "OPERATION_INVALID/driver"],
    [({ domain }) => domain.pinEmulator({ cpumap: map(1), flags: LIVE }), "OPERATION_INVALID/DOMAIN"],
    [
      ({ domain }) => domain.getVcpuPinInfo({ ncpumaps: 1, maplen: 1, flags: LIVE }),
      "OPERATION_INVALID/DOMAIN",
    ],
  ],
  "memory of a guest that is off": [
    [({ domain }) => domain.setMemory({ memory: 16_384n }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.setMemoryFlags({ memory: 16_384n, flags: CONFIG }), "ok"],
    [({ domain }) => domain.setMaxMemory({ memory: 65_536n }), "ok"],
    [({ domain }) => domain.getMaxMemory(), 65536n],
    [
      ({ domain }) => domain.setMemoryParameters({ params: { soft_limit: typed.ullong(1n) }, flags: LIVE }),
      "OPERATION_INVALID/DOMAIN",
    ],
    [({ domain }) => domain.getMemoryParameters({ flags: LIVE }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.setMemoryStatsPeriod({ period: 5, flags: LIVE }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.memoryStats({ maxStats: 10 }), "OPERATION_INVALID/DOMAIN"],
  ],
  "limits of a guest that is off": [
    [
      ({ domain }) => domain.setBlkioParameters({ params: { weight: typed.uint(500) }, flags: LIVE }),
      "OPERATION_INVALID/DOMAIN",
    ],
    [
      ({ domain }) => domain.setNumaParameters({ params: { numa_nodeset: typed.string("0") }, flags: LIVE }),
      "OPERATION_INVALID/DOMAIN",
    ],
    [
      ({ domain }) =>
        domain.setBlockIoTune({ disk: "vda", params: { total_bytes_sec: typed.ullong(1n) }, flags: LIVE }),
      "OPERATION_INVALID/DOMAIN",
    ],
    [({ domain }) => domain.getBlockIoTune({ disk: "vda", flags: LIVE }), "OPERATION_INVALID/DOMAIN"],
    [
      ({ domain }) => domain.getInterfaceParameters({ device: "52:54:00:00:00:05", flags: LIVE }),
      "OPERATION_INVALID/DOMAIN",
    ],
    [({ domain }) => domain.addIothread({ iothreadId: 1, flags: LIVE }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.addIothread({ iothreadId: 1, flags: CONFIG }), "ok"],
    [async ({ domain }) => (await domain.getIothreadInfo()).map((each) => each.iothreadId), [1]],
    [
      ({ domain }) => domain.setPerfEvents({ params: { cmt: typed.boolean(true) }, flags: LIVE }),
      "OPERATION_INVALID/DOMAIN",
    ],
    [({ domain }) => domain.getSchedulerParameters(), { weight: 50 }],
    [({ domain }) => domain.setSchedulerParameters({ params: { weight: typed.uint(6) } }), "ok"],
  ],
};
