import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConnectGetAllDomainStatsFlags as Flag, DomainStatsTypes as Group } from "@libvirt-ts/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statsHandlers } from "../driver/stats.ts";
import { openWorld, type TestWorld, type WorldOptions } from "../driver/testing.ts";
import { guestMemory } from "./balloon.ts";
import { headerCapacity, readImageSize } from "./image-size.ts";
import { fromOtherEnd, parseTraffic } from "./interface.ts";
import { waitSum } from "./thread.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "stats-"));
  await mkdir(join(root, "proc/net"), { recursive: true });
  await writeFile(join(root, "proc/net/dev"), netDev);
  await writeFile(join(root, "disk.raw"), "");
  await truncate(join(root, "disk.raw"), 1_048_576);
  const pid = join(root, "proc", String(process.pid));
  await mkdir(join(pid, "task", String(process.pid)), { recursive: true });
  const stat = `${process.pid} (qemu) S ${Array.from({ length: 49 }, (_, n) => n + 4).join(" ")}\n`;
  for (const folder of [pid, join(pid, "task", String(process.pid))])
    await writeFile(join(folder, "stat"), stat);
  await writeFile(join(pid, "task", String(process.pid), "schedstat"), "123 45 6\n");
});
afterAll(() => rm(root, { recursive: true }));

const netDev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
vnet0:     100       2    3    4    0     0          0         0      500       6    7    8    0     0       0          0
`;
const counted = {
  rd_operations: 1,
  rd_bytes: 512,
  rd_total_time_ns: 9,
  wr_operations: 2,
  wr_bytes: 1024,
  wr_total_time_ns: 8,
  flush_operations: 3,
  flush_total_time_ns: 7,
  wr_highest_offset: 4096,
};
const script = {
  "query-blockstats": [
    {
      device: "",
      qdev: "/machine/peripheral/virtio-disk0/virtio-backend",
      "node-name": "libvirt-1-format",
      stats: { ...counted, wr_highest_offset: 0 },
      parent: { "node-name": "libvirt-1-storage", stats: counted },
    },
  ],
  "query-named-block-nodes": [
    {
      "node-name": "libvirt-1-format",
      image: { "virtual-size": 1 << 20, "actual-size": 8192 },
      write_threshold: 0,
    },
    { "node-name": "libvirt-1-storage", image: { "virtual-size": 9000 }, write_threshold: 77 },
  ],
  "qom-get": {
    stats: { "stat-swap-in": 2048, "stat-major-faults": 5, "stat-free-memory": 2 ** 64 },
    "last-update": 3,
  },
  "query-dirty-rate": { status: "unstarted", "start-time": 0, "calc-time": 0, mode: "page-sampling" },
};
const devices = () => `
  <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${root}/disk.raw' index='1'/>
    <target dev='vda' bus='virtio'/><alias name='virtio-disk0'/></disk>
  <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><alias name='sata0-0-0'/></disk>
  <interface type='bridge'><source bridge='br0'/><target dev='vnet0'/></interface>
  <memballoon model='virtio'><alias name='balloon0'/></memballoon>`;

async function read(world: TestWorld, stats: number, flags = 0): Promise<Record<string, unknown>> {
  const { connectGetAllDomainStats } = statsHandlers(world.driver);
  const reply = await connectGetAllDomainStats?.({ doms: [], stats, flags }, world.call);
  const { retStats } = reply as { retStats: { params: { field: string; value: { value: unknown } }[] }[] }; // not encoded
  return Object.fromEntries(
    retStats.flatMap(({ params }) => params.map(({ field, value }) => [field, value.value])),
  );
}

const open = (options: WorldOptions = {}) => openWorld({ root, devices: devices(), ...options });

test.each<[string, number, Record<string, unknown>]>([
  ["state", Group.STATE, { "state.state": 1, "state.reason": 1 }],
  [
    "interface: what the tap received its guest sent",
    Group.INTERFACE,
    {
      "net.count": 1,
      "net.0.name": "vnet0",
      "net.0.rx.bytes": 500n,
      "net.0.rx.pkts": 6n,
      "net.0.rx.errs": 7n,
      "net.0.rx.drop": 8n,
      "net.0.tx.bytes": 100n,
      "net.0.tx.pkts": 2n,
      "net.0.tx.errs": 3n,
      "net.0.tx.drop": 4n,
    },
  ],
  [
    "vcpu",
    Group.VCPU,
    {
      "vcpu.current": 2,
      "vcpu.maximum": 2,
      "vcpu.0.state": 1,
      "vcpu.0.time": 290_000_000n,
      "vcpu.0.wait": 0n,
      "vcpu.0.delay": 45n,
    },
  ],
  [
    "balloon: what the guest does not tell is left out",
    Group.BALLOON,
    {
      "balloon.current": 65536n,
      "balloon.maximum": 65536n,
      "balloon.swap_in": 2n,
      "balloon.major_fault": 5n,
      "balloon.last-update": 3n,
      "balloon.rss": 96n,
    },
  ],
  [
    "cpu",
    Group.CPU_TOTAL,
    {
      "cpu.time": 290_000_000n,
      "cpu.user": 140_000_000n,
      "cpu.system": 150_000_000n,
      "cpu.cache.monitor.count": 0,
      "cpu.haltpoll.success.time": 0n,
      "cpu.haltpoll.fail.time": 0n,
    },
  ],
  [
    "dirty rate",
    Group.DIRTYRATE,
    {
      "dirtyrate.calc_status": 0,
      "dirtyrate.calc_start_time": 0n,
      "dirtyrate.calc_period": 0,
      "dirtyrate.calc_mode": "page-sampling",
    },
  ],
])("%s", async (_name, group, fields) => {
  expect(await read(open({ script }), group)).toEqual(fields);
});

test("block: counters of the device, sizes of the nodes, an empty drive", async () => {
  expect(await read(open({ script }), Group.BLOCK)).toEqual({
    "block.count": 2,
    "block.0.name": "vda",
    "block.0.path": `${root}/disk.raw`,
    "block.0.backingIndex": 1,
    "block.0.rd.reqs": 1n,
    "block.0.rd.bytes": 512n,
    "block.0.rd.times": 9n,
    "block.0.wr.reqs": 2n,
    "block.0.wr.bytes": 1024n,
    "block.0.wr.times": 8n,
    "block.0.fl.reqs": 3n,
    "block.0.fl.times": 7n,
    "block.0.allocation": 4096n,
    "block.0.capacity": 1_048_576n,
    "block.0.physical": 8192n,
    "block.0.threshold": 77n,
    "block.1.name": "sda",
  });
});

test("a domain that does not run has sizes and maxima, nothing that moves", async () => {
  const fields = await read(open(), 0);
  expect(Object.keys(fields)).toEqual([
    "state.state",
    "state.reason",
    "balloon.current",
    "balloon.maximum",
    "vcpu.current",
    "vcpu.maximum",
    "block.count",
    "block.0.name",
    "block.0.path",
    "block.0.backingIndex",
    "block.0.capacity",
    "block.0.physical",
    "block.1.name",
  ]);
});

test("the state alone asks nobody", async () => {
  const world = open({ script });
  await read(world, Group.STATE | Group.VCPU | Group.INTERFACE);
  expect(world.commands).toEqual([]);
});

test("NOWAIT leaves a busy guest alone", async () => {
  const world = open({ script });
  let release = () => {};
  const busy = world.domain.jobs.run(
    "modify",
    { api: "x" },
    () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  );
  const fields = await read(world, Group.BLOCK | Group.STATE, Flag.NOWAIT);
  expect(fields).toEqual({ "state.state": 1, "state.reason": 1 });
  expect(world.commands).toEqual([]);
  release();
  await busy;
});

test("filters and unknown groups", async () => {
  expect(await read(open(), Group.STATE, Flag.ACTIVE)).toEqual({});
  expect(await read(open(), Group.VM)).toEqual({});
  await expect(read(open(), Group.VM, Flag.ENFORCE_STATS)).rejects.toThrow(
    "argument unsupported: Stats types bits 0x400 are not supported by this daemon or QEMU",
  );
  await expect(read(open(), 0, 0x100)).rejects.toThrow(
    "unsupported flags (0x100) in function qemuConnectGetAllDomainStats",
  );
});

test.each<[string, string, number, bigint | undefined]>([
  ["qcow2", "QFI\xfb", 24, 5n],
  ["vmdk", "KDMV", 12, 2560n],
  ["qcow2", "oops", 24, undefined],
  ["raw", "QFI\xfb", 24, undefined],
])("size in a header: %s %j", (format, magic, offset, size) => {
  const header = Buffer.alloc(512);
  header.write(magic, "latin1");
  if (format === "vmdk") header.writeBigUInt64LE(5n, offset);
  else header.writeBigUInt64BE(5n, offset);
  expect(headerCapacity(format, header)).toBe(size);
});

test("sizes of files", async () => {
  expect(await readImageSize(`${root}/disk.raw`, "raw")).toEqual({
    capacity: 1_048_576n,
    allocation: 0n,
    physical: 1_048_576n,
  });
  await expect(readImageSize(`${root}/none`, "raw")).rejects.toThrow(
    `Failed to open file '${root}/none': No such file or directory`,
  );
});

test("small texts of the kernel and of QEMU", () => {
  const vnet = parseTraffic(netDev).get("vnet0");
  expect(vnet && fromOtherEnd(fromOtherEnd(vnet))).toEqual(vnet);
  expect(parseTraffic("")).toEqual(new Map());
  expect(waitSum("se.statistics.wait_sum  :   12.000345\n")).toBe(12_000_345n);
  expect(waitSum("wait_sum : 1.000000\n")).toBe(1_000_000n);
  expect(waitSum("nothing")).toBe(0n);
  expect(guestMemory({ stats: {}, "last-update": 0 })).toEqual({ "last-update": 0n });
});
