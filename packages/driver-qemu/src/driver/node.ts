import { hostname } from "node:os";
import { checkFlags, ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";
import { cpuTopology, readCpus, readCpuTimes, readFact, readMemory, readNumaCells } from "@libvirt-ts/host";
import { cpuMap } from "@libvirt-ts/hypervisor";
import { typed, typedParams } from "@libvirt-ts/protocol";
import { charsFromText } from "@libvirt-ts/xdr";
import type { QemuDriver } from "../qemu-driver.ts";
import { badArgument, type RemoteHandlers } from "./common.ts";

const ALL = -1;
const MODEL_LENGTH = 32;
const KSM = "/sys/kernel/mm/ksm";
/** Sums up shared pages of one machine, by the kernel's names. */
const ksmFields = {
  shm_pages_to_scan: ["pages_to_scan", "uint"],
  shm_sleep_millisecs: ["sleep_millisecs", "uint"],
  shm_pages_shared: ["pages_shared", "ullong"],
  shm_pages_sharing: ["pages_sharing", "ullong"],
  shm_pages_unshared: ["pages_unshared", "ullong"],
  shm_pages_volatile: ["pages_volatile", "ullong"],
  shm_full_scans: ["full_scans", "ullong"],
  shm_merge_across_nodes: ["merge_across_nodes", "uint"],
} as const;

/** What clients ask about the host itself. */
export function nodeHandlers({ host: { root, arch } }: QemuDriver): RemoteHandlers {
  return {
    connectGetHostname: () => ({ hostname: hostname() }),
    connectGetSysinfo({ flags }) {
      checkFlags(flags, 0, "qemuConnectGetSysinfo", ErrorDomain.QEMU);
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.CONFIG_UNSUPPORTED,
        "Host SMBIOS information is not available",
      );
    },
    async nodeGetInfo() {
      const [{ cpus, mhz, online }, memory] = await Promise.all([readCpus(root), readMemory(root)]);
      const cells = await readNumaCells(root, online);
      const { sockets, dies, cores, threads } = cpuTopology(cpus);
      const nodes = cells.length;
      // Sockets are counted per cell; where levels are uneven the product would be too small, so all is one level.
      const perCell = Math.max(1, Math.floor(sockets / nodes));
      const isEven = nodes * perCell * dies * cores * threads === cpus.length;
      return {
        model: charsFromText(arch, MODEL_LENGTH),
        memory: BigInt(memory?.total ?? 0),
        cpus: cpus.length,
        mhz,
        nodes: isEven ? nodes : 1,
        sockets: isEven ? perCell : 1,
        cores: isEven ? dies * cores : cpus.length,
        threads: isEven ? threads : 1,
      };
    },
    async nodeGetCpuMap({ needMap, flags }) {
      checkFlags(flags, 0, "virNodeGetCPUMap", ErrorDomain.NONE);
      const { present, online } = await readCpus(root);
      const count = (present.at(-1) ?? 0) + 1;
      return {
        cpumap: needMap ? cpuMap(online, count) : new Uint8Array(0),
        online: online.length,
        ret: count,
      };
    },
    async nodeGetCpuStats({ cpuNum, nparams, flags }) {
      checkFlags(flags, 0, "virNodeGetCPUStats", ErrorDomain.NONE);
      const times = await readCpuTimes(root, cpuNum === ALL ? undefined : cpuNum);
      if (!times) throw badArgument(`Invalid cpuNum in virHostCPUGetStatsLinux`);
      const { user, system, idle, iowait } = times;
      const fields = { kernel: system, user, idle, iowait };
      return stats(fields, nparams);
    },
    async nodeGetMemoryStats({ cellNum, nparams, flags }) {
      checkFlags(flags, 0, "virNodeGetMemoryStats", ErrorDomain.NONE);
      const memory = await readMemory(root, cellNum === ALL ? undefined : cellNum);
      if (!memory) throw badArgument(`cellNum in virHostMemGetStats must be less than or equal to 0`);
      const { total, free, buffers, cached } = memory;
      const fields: Record<string, bigint> = { total: BigInt(total), free: BigInt(free) };
      if (buffers !== undefined) fields.buffers = BigInt(buffers);
      if (cached !== undefined) fields.cached = BigInt(cached);
      return stats(fields, nparams);
    },
    async nodeGetFreeMemory() {
      return { freeMem: BigInt((await readMemory(root))?.free ?? 0) * 1024n };
    },
    async nodeGetCellsFreeMemory({ startCell, maxcells }) {
      const { online } = await readCpus(root);
      const cells = (await readNumaCells(root, online)).map(({ id }) => id);
      const first = cells.indexOf(startCell);
      if (first < 0)
        throw internal(ErrorDomain.NONE, `start cell ${startCell} out of range (0-${cells.at(-1) ?? 0})`);
      const free = await Promise.all(
        cells.slice(first, first + maxcells).map(async (cell) => (await readMemory(root, cell))?.free ?? 0),
      );
      return { cells: free.map((kiB) => BigInt(kiB) * 1024n) };
    },
    async nodeGetMemoryParameters({ nparams, flags }) {
      checkFlags(flags, 4, "virNodeGetMemoryParameters", ErrorDomain.NONE);
      const values = await Promise.all(
        Object.entries(ksmFields).map(async ([field, [file, type]]) => {
          const text = await readFact(`${root}${KSM}/${file}`);
          if (text === undefined) return [field, undefined] as const;
          return [field, type === "uint" ? typed.uint(Number(text)) : typed.ullong(BigInt(text))] as const;
        }),
      );
      const params = typedParams(Object.fromEntries(values));
      return { params: nparams === 0 ? [] : params, nparams: params.length };
    },
    nodeGetSecurityModel: () => ({ model: charsFromText("none"), doi: charsFromText("0") }),
    nodeSuspendForDuration({ target }) {
      const name = ["Suspend-to-RAM", "Suspend-to-Disk", "Hybrid-Suspend"][target];
      if (name === undefined) throw badArgument(`suspend target ${target} is not known`);
      throw new VirError(ErrorDomain.NONE, ErrorCode.ARGUMENT_UNSUPPORTED, name);
    },
  };
}

/** Asked with no room for values, only their number is the answer. */
function stats(fields: Readonly<Record<string, bigint>>, nparams: number) {
  const params = Object.entries(fields).map(([field, value]) => ({ field, value }));
  return { params: nparams === 0 ? [] : params, nparams: params.length };
}
