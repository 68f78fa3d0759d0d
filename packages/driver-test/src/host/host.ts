/** A block of processors and memory, as NUMA cells are. */
export interface Cell {
  readonly memoryKiB: number;
  readonly freeKiB: number;
  readonly cpus: readonly HostCpu[];
  /** Size of its small pages. */
  readonly pageKiB: number;
}

export interface HostCpu {
  readonly id: number;
  readonly socket: number;
  readonly die: number;
  readonly core: number;
  /** Itself included. */
  readonly siblings: readonly number[];
}

/** The machine that guests seem to run on. */
export interface TestHost {
  /** Of the machine and of its guests. */
  readonly arch: string;
  /** What `virNodeInfo` calls it. */
  readonly model: string;
  readonly mhz: number;
  readonly memoryKiB: number;
  readonly nodes: number;
  readonly sockets: number;
  readonly cores: number;
  readonly threads: number;
  /** Processors in use, where those are not all. */
  readonly activeCpus?: number;
  readonly cells: readonly Cell[];
}

const KIB_PER_MIB = 1024;
const CPUS_A_CELL = 8;

/** What `virNodeInfo` calls 2 nodes of 2 sockets of 2 cores of 2 threads, beside 2 cells of 8 processors. */
export const defaultHost: TestHost = {
  arch: "i686",
  model: "i686",
  mhz: 1400,
  memoryKiB: 3 * KIB_PER_MIB * KIB_PER_MIB,
  nodes: 2,
  sockets: 2,
  cores: 2,
  threads: 2,
  cells: [cell(0, 2, 4), cell(1, 4, 8)],
};

function cell(index: number, gigabytes: number, pageKiB: number): Cell {
  const memoryKiB = gigabytes * KIB_PER_MIB * KIB_PER_MIB;
  const cpus = Array.from({ length: CPUS_A_CELL }, (_, core) => {
    const id = index * CPUS_A_CELL + core;
    return { id, socket: index, die: 0, core, siblings: [id] };
  });
  return { memoryKiB, freeKiB: memoryKiB / 2, cpus, pageKiB };
}

/** Processors by the figures of `virNodeInfo`: what maps of processors are as long as. */
export const hostCpuCount = ({ nodes, sockets, cores, threads }: TestHost): number =>
  nodes * sockets * cores * threads;
