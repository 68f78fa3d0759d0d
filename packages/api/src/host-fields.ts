import type { Values } from "./values.ts";

/* Names of typed parameters. */

/** Fields of CONNECT_SET_IDENTITY. */
export const IdentityField = {
  GROUP_NAME: "group-name",
  PROCESS_ID: "process-id",
  PROCESS_TIME: "process-time",
  SASL_USER_NAME: "sasl-user-name",
  SELINUX_CONTEXT: "selinux-context",
  UNIX_GROUP_ID: "unix-group-id",
  UNIX_USER_ID: "unix-user-id",
  USER_NAME: "user-name",
  X509_DISTINGUISHED_NAME: "x509-distinguished-name",
} as const;
export type IdentityField = Values<typeof IdentityField>;

/** `VIR_NETWORK_PORT_*`. */
export const NetworkPortField = {
  BANDWIDTH_IN_AVERAGE: "inbound.average",
  BANDWIDTH_IN_BURST: "inbound.burst",
  BANDWIDTH_IN_FLOOR: "inbound.floor",
  BANDWIDTH_IN_PEAK: "inbound.peak",
  BANDWIDTH_OUT_AVERAGE: "outbound.average",
  BANDWIDTH_OUT_BURST: "outbound.burst",
  BANDWIDTH_OUT_PEAK: "outbound.peak",
} as const;
export type NetworkPortField = Values<typeof NetworkPortField>;

/** `VIR_NODE_CPU_STATS_*`. */
export const NodeCpuStatsField = {
  IDLE: "idle",
  INTR: "intr",
  IOWAIT: "iowait",
  KERNEL: "kernel",
  USER: "user",
  UTILIZATION: "utilization",
} as const;
export type NodeCpuStatsField = Values<typeof NodeCpuStatsField>;

/** `VIR_NODE_MEMORY_SHARED_*`. */
export const NodeMemorySharedField = {
  FULL_SCANS: "shm_full_scans",
  MERGE_ACROSS_NODES: "shm_merge_across_nodes",
  PAGES_SHARED: "shm_pages_shared",
  PAGES_SHARING: "shm_pages_sharing",
  PAGES_TO_SCAN: "shm_pages_to_scan",
  PAGES_UNSHARED: "shm_pages_unshared",
  PAGES_VOLATILE: "shm_pages_volatile",
  SLEEP_MILLISECS: "shm_sleep_millisecs",
} as const;
export type NodeMemorySharedField = Values<typeof NodeMemorySharedField>;

/** `VIR_NODE_MEMORY_STATS_*`. */
export const NodeMemoryStatsField = {
  BUFFERS: "buffers",
  CACHED: "cached",
  FREE: "free",
  TOTAL: "total",
} as const;
export type NodeMemoryStatsField = Values<typeof NodeMemoryStatsField>;

/** `VIR_NODE_SEV_*`. */
export const NodeSevField = {
  CBITPOS: "cbitpos",
  CERT_CHAIN: "cert-chain",
  CPU0_ID: "cpu0-id",
  MAX_ES_GUESTS: "max-es-guests",
  MAX_GUESTS: "max-guests",
  PDH: "pdh",
  REDUCED_PHYS_BITS: "reduced-phys-bits",
} as const;
export type NodeSevField = Values<typeof NodeSevField>;
