import type { Values } from "./values.ts";

/* The host. */

/** `virNodeSuspendTarget`: `VIR_NODE_SUSPEND_TARGET_*`. */
export const NodeSuspendTarget = {
  MEM: 0,
  DISK: 1,
  HYBRID: 2,
} as const;
export type NodeSuspendTarget = Values<typeof NodeSuspendTarget>;

/** `virNodeGetCPUStatsAllCPUs`: `VIR_NODE_CPU_STATS_*`. */
export const NodeGetCpuStatsAllCpus = {
  ALL_CPUS: -1,
} as const;
export type NodeGetCpuStatsAllCpus = Values<typeof NodeGetCpuStatsAllCpus>;

/** `virNodeGetMemoryStatsAllCells`: `VIR_NODE_MEMORY_STATS_*`. */
export const NodeGetMemoryStatsAllCells = {
  ALL_CELLS: -1,
} as const;
export type NodeGetMemoryStatsAllCells = Values<typeof NodeGetMemoryStatsAllCells>;

/** `virNodeAllocPagesFlags`: `VIR_NODE_ALLOC_PAGES_*`. */
export const NodeAllocPagesFlags = {
  ADD: 0x0,
  SET: 0x1,
} as const;
export type NodeAllocPagesFlags = Values<typeof NodeAllocPagesFlags>;
