import type { Values } from "./values.ts";

/* Processors, memory and statistics of a domain. */

/** `virDomainMemoryStatTags`: `VIR_DOMAIN_MEMORY_STAT_*`. */
export const DomainMemoryStatTags = {
  SWAP_IN: 0,
  SWAP_OUT: 1,
  MAJOR_FAULT: 2,
  MINOR_FAULT: 3,
  UNUSED: 4,
  AVAILABLE: 5,
  ACTUAL_BALLOON: 6,
  RSS: 7,
  USABLE: 8,
  LAST_UPDATE: 9,
  DISK_CACHES: 10,
  HUGETLB_PGALLOC: 11,
  HUGETLB_PGFAIL: 12,
  NR: 13,
} as const;
export type DomainMemoryStatTags = Values<typeof DomainMemoryStatTags>;

/** `virDomainMemoryModFlags`: `VIR_DOMAIN_MEM_*`. */
export const DomainMemoryModFlags = {
  CURRENT: 0x0,
  LIVE: 0x1,
  CONFIG: 0x2,
  MAXIMUM: 0x4,
} as const;
export type DomainMemoryModFlags = Values<typeof DomainMemoryModFlags>;

/** `virDomainNumatuneMemMode`: `VIR_DOMAIN_NUMATUNE_MEM_*`. */
export const DomainNumatuneMemMode = {
  STRICT: 0,
  PREFERRED: 1,
  INTERLEAVE: 2,
  RESTRICTIVE: 3,
} as const;
export type DomainNumatuneMemMode = Values<typeof DomainNumatuneMemMode>;

/** `virDomainMemoryFlags`: `VIR_MEMORY_*`. */
export const DomainMemoryFlags = {
  VIRTUAL: 0x1,
  PHYSICAL: 0x2,
} as const;
export type DomainMemoryFlags = Values<typeof DomainMemoryFlags>;

/** `virVcpuState`: `VIR_VCPU_*`. */
export const VcpuState = {
  OFFLINE: 0,
  RUNNING: 1,
  BLOCKED: 2,
} as const;
export type VcpuState = Values<typeof VcpuState>;

/** `virVcpuHostCpuState`: `VIR_VCPU_INFO_*`. */
export const VcpuHostCpuState = {
  CPU_OFFLINE: -1,
  CPU_UNAVAILABLE: -2,
} as const;
export type VcpuHostCpuState = Values<typeof VcpuHostCpuState>;

/** `virDomainVcpuFlags`: `VIR_DOMAIN_VCPU_*`. */
export const DomainVcpuFlags = {
  CURRENT: 0x0,
  LIVE: 0x1,
  CONFIG: 0x2,
  MAXIMUM: 0x4,
  GUEST: 0x8,
  HOTPLUGGABLE: 0x10,
} as const;
export type DomainVcpuFlags = Values<typeof DomainVcpuFlags>;

/** `virDomainStatsTypes`: `VIR_DOMAIN_STATS_*`. */
export const DomainStatsTypes = {
  STATE: 0x1,
  CPU_TOTAL: 0x2,
  BALLOON: 0x4,
  VCPU: 0x8,
  INTERFACE: 0x10,
  BLOCK: 0x20,
  PERF: 0x40,
  IOTHREAD: 0x80,
  MEMORY: 0x100,
  DIRTYRATE: 0x200,
  VM: 0x400,
} as const;
export type DomainStatsTypes = Values<typeof DomainStatsTypes>;

/** `virConnectGetAllDomainStatsFlags`: `VIR_CONNECT_GET_ALL_DOMAINS_STATS_*`. */
export const ConnectGetAllDomainStatsFlags = {
  ACTIVE: 0x1,
  INACTIVE: 0x2,
  PERSISTENT: 0x4,
  TRANSIENT: 0x8,
  RUNNING: 0x10,
  PAUSED: 0x20,
  SHUTOFF: 0x40,
  OTHER: 0x80,
  NOWAIT: 0x20000000,
  BACKING: 0x40000000,
  ENFORCE_STATS: 0x80000000,
} as const;
export type ConnectGetAllDomainStatsFlags = Values<typeof ConnectGetAllDomainStatsFlags>;
