import { checkFlags, ErrorDomain, internal } from "@libvirt-ts/errors";
import type { RemoteHandlers } from "@libvirt-ts/hypervisor";
import { Max } from "@libvirt-ts/protocol";
import { charsFromText } from "@libvirt-ts/xdr";
import { badArgument } from "../errors.ts";
import type { TestDriver } from "../test-driver.ts";
import { formatCapabilities } from "./capabilities.ts";
import { hostCpuCount } from "./host.ts";

const VERSION = 2n;
/** Of a guest. */
export const MAX_VCPUS = 32;
const MODEL_LENGTH = 32;

/** A BIOS of a real machine, as libvirt's test driver shows it. */
const sysinfo = `<sysinfo type='smbios'>
  <bios>
    <entry name='vendor'>LENOVO</entry>
    <entry name='version'>G4ETA1WW (2.61 )</entry>
    <entry name='date'>05/07/2014</entry>
    <entry name='release'>2.61</entry>
  </bios>
</sysinfo>
`;

/** Online processors as NODE_GET_CPU_MAP tells them: 0, 2 and 4 of 8. */
const CPU_MAP = 0b0001_0101;
const CPU_MAP_LENGTH = 8;
const CPUS_ONLINE = 3;

/** Nanoseconds, the same for every processor and all of them. */
const cpuTimes = {
  user: 9_797_400_000n,
  kernel: 34_678_723_400_000n,
  idle: 87_264_900_000n,
  iowait: 763_600_000n,
};

/** What clients ask about the host and the hypervisor as a whole. */
export function hostHandlers({ host, hostname }: TestDriver): RemoteHandlers {
  const capabilities = formatCapabilities(host);
  return {
    connectGetVersion: () => ({ hvVer: VERSION }),
    connectGetHostname: () => ({ hostname }),
    connectGetMaxVcpus: () => ({ maxVcpus: MAX_VCPUS }),
    connectGetCapabilities: () => ({ capabilities }),
    connectGetSysinfo({ flags }) {
      checkFlags(flags, 0, "testConnectGetSysinfo", ErrorDomain.TEST);
      return { sysinfo };
    },
    nodeGetInfo: () => ({
      model: charsFromText(host.model, MODEL_LENGTH),
      memory: BigInt(host.memoryKiB),
      cpus: Math.min(host.activeCpus ?? Number.POSITIVE_INFINITY, hostCpuCount(host)),
      mhz: host.mhz,
      nodes: host.nodes,
      sockets: host.sockets,
      cores: host.cores,
      threads: host.threads,
    }),
    nodeGetCpuMap({ needMap, needOnline, flags }) {
      checkFlags(flags, 0, "testNodeGetCPUMap", ErrorDomain.TEST);
      return {
        cpumap: needMap ? Uint8Array.of(CPU_MAP) : new Uint8Array(0),
        online: needOnline ? CPUS_ONLINE : 0,
        ret: CPU_MAP_LENGTH,
      };
    },
    nodeGetCpuStats({ nparams, flags }) {
      checkFlags(flags, 0, "testNodeGetCPUStats", ErrorDomain.TEST);
      const all = Object.entries(cpuTimes).map(([field, value]) => ({ field, value }));
      return { params: all.slice(0, nparams), nparams: all.length };
    },
    // KiB, and whole cells below: libvirt's test driver is that way.
    nodeGetFreeMemory: () => ({ freeMem: BigInt(host.cells.reduce((sum, { freeKiB }) => sum + freeKiB, 0)) }),
    nodeGetCellsFreeMemory({ startCell, maxcells }) {
      if (startCell < 0 || startCell >= host.cells.length) throw badArgument("Range exceeds available cells"); // only its start is looked at
      const cells = host.cells.slice(startCell, startCell + maxcells);
      return { cells: cells.map(({ memoryKiB }) => BigInt(memoryKiB)) };
    },
    nodeGetFreePages({ pages, cellCount, flags }) {
      checkFlags(flags, 0, "testNodeGetFreePages", ErrorDomain.TEST);
      return { counts: freePages(pages.length * cellCount) };
    },
    nodeGetSecurityModel: () => ({ model: charsFromText("testSecurity"), doi: charsFromText("") }),
  };
}

/** Made-up figures, whatever the cells and sizes: 19, 45, 97 … as far as an `int` goes. */
function freePages(count: number): bigint[] {
  if (count > Max.NODE_CELLS)
    throw internal(ErrorDomain.RPC, "the result won't fit in REMOTE_NODE_MAX_CELLS");
  const counts: bigint[] = [];
  for (let pages = 6; counts.length < count; ) {
    pages = (pages * 2 + 7) | 0;
    counts.push(BigInt.asUintN(64, BigInt(pages)));
  }
  return counts;
}
