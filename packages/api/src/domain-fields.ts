import type { Values } from "./values.ts";

/* Names of typed parameters. */

/** `VIR_DOMAIN_BANDWIDTH_*`. */
export const DomainBandwidthField = {
  IN_AVERAGE: "inbound.average",
  IN_BURST: "inbound.burst",
  IN_FLOOR: "inbound.floor",
  IN_PEAK: "inbound.peak",
  OUT_AVERAGE: "outbound.average",
  OUT_BURST: "outbound.burst",
  OUT_PEAK: "outbound.peak",
} as const;
export type DomainBandwidthField = Values<typeof DomainBandwidthField>;

/** `VIR_DOMAIN_BLKIO_*`. */
export const DomainBlkioField = {
  DEVICE_READ_BPS: "device_read_bytes_sec",
  DEVICE_READ_IOPS: "device_read_iops_sec",
  DEVICE_WEIGHT: "device_weight",
  DEVICE_WRITE_BPS: "device_write_bytes_sec",
  DEVICE_WRITE_IOPS: "device_write_iops_sec",
  WEIGHT: "weight",
} as const;
export type DomainBlkioField = Values<typeof DomainBlkioField>;

/** `VIR_DOMAIN_BLOCK_COPY_*`. */
export const DomainBlockCopyField = {
  BANDWIDTH: "bandwidth",
  BUF_SIZE: "buf-size",
  GRANULARITY: "granularity",
} as const;
export type DomainBlockCopyField = Values<typeof DomainBlockCopyField>;

/** `VIR_DOMAIN_BLOCK_IOTUNE_*`. */
export const DomainBlockIotuneField = {
  GROUP_NAME: "group_name",
  READ_BYTES_SEC: "read_bytes_sec",
  READ_BYTES_SEC_MAX: "read_bytes_sec_max",
  READ_BYTES_SEC_MAX_LENGTH: "read_bytes_sec_max_length",
  READ_IOPS_SEC: "read_iops_sec",
  READ_IOPS_SEC_MAX: "read_iops_sec_max",
  READ_IOPS_SEC_MAX_LENGTH: "read_iops_sec_max_length",
  SIZE_IOPS_SEC: "size_iops_sec",
  TOTAL_BYTES_SEC: "total_bytes_sec",
  TOTAL_BYTES_SEC_MAX: "total_bytes_sec_max",
  TOTAL_BYTES_SEC_MAX_LENGTH: "total_bytes_sec_max_length",
  TOTAL_IOPS_SEC: "total_iops_sec",
  TOTAL_IOPS_SEC_MAX: "total_iops_sec_max",
  TOTAL_IOPS_SEC_MAX_LENGTH: "total_iops_sec_max_length",
  WRITE_BYTES_SEC: "write_bytes_sec",
  WRITE_BYTES_SEC_MAX: "write_bytes_sec_max",
  WRITE_BYTES_SEC_MAX_LENGTH: "write_bytes_sec_max_length",
  WRITE_IOPS_SEC: "write_iops_sec",
  WRITE_IOPS_SEC_MAX: "write_iops_sec_max",
  WRITE_IOPS_SEC_MAX_LENGTH: "write_iops_sec_max_length",
} as const;
export type DomainBlockIotuneField = Values<typeof DomainBlockIotuneField>;

/** `VIR_DOMAIN_BLOCK_STATS_*`. */
export const DomainBlockStatsField = {
  ERRS: "errs",
  FLUSH_REQ: "flush_operations",
  FLUSH_TOTAL_TIMES: "flush_total_times",
  READ_BYTES: "rd_bytes",
  READ_REQ: "rd_operations",
  READ_TOTAL_TIMES: "rd_total_times",
  WRITE_BYTES: "wr_bytes",
  WRITE_REQ: "wr_operations",
  WRITE_TOTAL_TIMES: "wr_total_times",
} as const;
export type DomainBlockStatsField = Values<typeof DomainBlockStatsField>;

/** `VIR_DOMAIN_CPU_STATS_*`. */
export const DomainCpuStatsField = {
  CPUTIME: "cpu_time",
  SYSTEMTIME: "system_time",
  USERTIME: "user_time",
  VCPUTIME: "vcpu_time",
} as const;
export type DomainCpuStatsField = Values<typeof DomainCpuStatsField>;

/** `VIR_DOMAIN_IOTHREAD_*`. */
export const DomainIothreadField = {
  POLL_GROW: "poll_grow",
  POLL_MAX_NS: "poll_max_ns",
  POLL_SHRINK: "poll_shrink",
  THREAD_POOL_MAX: "thread_pool_max",
  THREAD_POOL_MIN: "thread_pool_min",
} as const;
export type DomainIothreadField = Values<typeof DomainIothreadField>;

/** `VIR_DOMAIN_LAUNCH_SECURITY_*`. */
export const DomainLaunchSecurityField = {
  SEV_API_MAJOR: "sev-api-major",
  SEV_API_MINOR: "sev-api-minor",
  SEV_BUILD_ID: "sev-build-id",
  SEV_MEASUREMENT: "sev-measurement",
  SEV_POLICY: "sev-policy",
  SEV_SECRET: "sev-secret",
  SEV_SECRET_HEADER: "sev-secret-header",
  SEV_SECRET_SET_ADDRESS: "sev-secret-set-address",
  SEV_SNP_POLICY: "sev-snp-policy",
} as const;
export type DomainLaunchSecurityField = Values<typeof DomainLaunchSecurityField>;

/** `VIR_DOMAIN_MEMORY_*`. */
export const DomainMemoryField = {
  HARD_LIMIT: "hard_limit",
  MIN_GUARANTEE: "min_guarantee",
  SOFT_LIMIT: "soft_limit",
  SWAP_HARD_LIMIT: "swap_hard_limit",
} as const;
export type DomainMemoryField = Values<typeof DomainMemoryField>;

/** `VIR_DOMAIN_NUMA_*`. */
export const DomainNumaField = {
  MODE: "numa_mode",
  NODESET: "numa_nodeset",
} as const;
export type DomainNumaField = Values<typeof DomainNumaField>;

/** `VIR_DOMAIN_SAVE_PARAM_*`. */
export const DomainSaveField = {
  DXML: "dxml",
  FILE: "file",
  IMAGE_FORMAT: "image_format",
  PARALLEL_CHANNELS: "parallel.channels",
} as const;
export type DomainSaveField = Values<typeof DomainSaveField>;

/** `VIR_DOMAIN_SCHEDULER_*`. */
export const DomainSchedulerField = {
  CAP: "cap",
  CPU_SHARES: "cpu_shares",
  EMULATOR_PERIOD: "emulator_period",
  EMULATOR_QUOTA: "emulator_quota",
  GLOBAL_PERIOD: "global_period",
  GLOBAL_QUOTA: "global_quota",
  IOTHREAD_PERIOD: "iothread_period",
  IOTHREAD_QUOTA: "iothread_quota",
  LIMIT: "limit",
  RESERVATION: "reservation",
  SHARES: "shares",
  VCPU_PERIOD: "vcpu_period",
  VCPU_QUOTA: "vcpu_quota",
  WEIGHT: "weight",
} as const;
export type DomainSchedulerField = Values<typeof DomainSchedulerField>;

/** `VIR_PERF_PARAM_*`. */
export const PerfField = {
  ALIGNMENT_FAULTS: "alignment_faults",
  BRANCH_INSTRUCTIONS: "branch_instructions",
  BRANCH_MISSES: "branch_misses",
  BUS_CYCLES: "bus_cycles",
  CACHE_MISSES: "cache_misses",
  CACHE_REFERENCES: "cache_references",
  CMT: "cmt",
  CONTEXT_SWITCHES: "context_switches",
  CPU_CLOCK: "cpu_clock",
  CPU_CYCLES: "cpu_cycles",
  CPU_MIGRATIONS: "cpu_migrations",
  EMULATION_FAULTS: "emulation_faults",
  INSTRUCTIONS: "instructions",
  MBML: "mbml",
  MBMT: "mbmt",
  PAGE_FAULTS: "page_faults",
  PAGE_FAULTS_MAJ: "page_faults_maj",
  PAGE_FAULTS_MIN: "page_faults_min",
  REF_CPU_CYCLES: "ref_cpu_cycles",
  STALLED_CYCLES_BACKEND: "stalled_cycles_backend",
  STALLED_CYCLES_FRONTEND: "stalled_cycles_frontend",
  TASK_CLOCK: "task_clock",
} as const;
export type PerfField = Values<typeof PerfField>;
