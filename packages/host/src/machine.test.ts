import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cpuTopology, readCpus, readCpuTimes } from "./cpus.ts";
import { readMemory, readNumaCells } from "./memory.ts";
import { readProcess, readSchedule } from "./process.ts";

const files: Record<string, string> = {
  "sys/devices/system/cpu/present": "0-3\n",
  "sys/devices/system/cpu/online": "0-2\n",
  "proc/cpuinfo": "processor\t: 0\ncpu MHz\t\t: 2600.123\n",
  "proc/stat": "cpu  10 1 5 100 7 1 2 0 0 0\ncpu1 4 0 1 50 3 0 0 0 0 0\n",
  "proc/meminfo": "MemTotal:       2048 kB\nMemFree:        1024 kB\nBuffers:  8 kB\nCached:   16 kB\n",
  "sys/devices/system/node/node0/meminfo": "Node 0 MemTotal:  2000 kB\nNode 0 MemFree:  900 kB\n",
  "sys/devices/system/node/node0/cpulist": "0-2\n",
  "sys/devices/system/node/node0/distance": "10\n",
  "sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages": "3\n",
  "sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages": "1\n",
  "proc/42/stat": `42 (a) b) S ${[...Array(49).keys()].map((n) => n + 4).join(" ")}\n`,
  "proc/42/task/43/schedstat": "123 45 6\n",
};
for (const [cpu, core, siblings] of [
  [0, 0, "0-1"],
  [1, 0, "0-1"],
  [2, 1, "2"],
] as const) {
  files[`sys/devices/system/cpu/cpu${cpu}/topology/physical_package_id`] = "0\n";
  files[`sys/devices/system/cpu/cpu${cpu}/topology/core_id`] = `${core}\n`;
  files[`sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`] = `${siblings}\n`;
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "host-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
});
afterAll(() => rm(root, { recursive: true }));

test("processors", async () => {
  const { present, online, cpus, mhz } = await readCpus(root);
  expect([present, online, mhz]).toEqual([[0, 1, 2, 3], [0, 1, 2], 2600]);
  expect(cpus[1]).toEqual({ id: 1, socket: 0, die: 0, cluster: 0, core: 0, siblings: [0, 1] });
  expect(cpuTopology(cpus)).toEqual({ sockets: 1, dies: 1, cores: 2, threads: 2 });
});

test("times in nanoseconds", async () => {
  expect(await readCpuTimes(root)).toEqual({
    user: 110_000_000n,
    system: 80_000_000n,
    idle: 1_000_000_000n,
    iowait: 70_000_000n,
  });
  expect((await readCpuTimes(root, 1))?.user).toBe(40_000_000n);
  expect(await readCpuTimes(root, 9)).toBeUndefined();
});

test("memory and cells", async () => {
  expect(await readMemory(root)).toEqual({ total: 2048, free: 1024, buffers: 8, cached: 16 });
  expect(await readNumaCells(root)).toEqual([
    {
      id: 0,
      memoryKiB: 2000,
      cpus: [0, 1, 2],
      distances: [{ cell: 0, value: 10 }],
      hugePages: [{ sizeKiB: 2048, total: 3, free: 1 }],
    },
  ]);
});

test("a process whose name has a parenthesis", async () => {
  expect(await readProcess(root, 42)).toEqual({
    state: "S",
    userNs: 140_000_000n,
    systemNs: 150_000_000n,
    startTime: 22n,
    residentPages: 24,
    cpu: 39,
  });
  expect(await readSchedule(root, 42, 43)).toEqual({ ranNs: 123n, waitedNs: 45n });
  expect(await readProcess(root, 1)).toBeUndefined();
});
