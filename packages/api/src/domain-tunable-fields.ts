import type { Values } from "./values.ts";

/* Names of typed parameters. */

/** Fields of the tunable event. `%u` stands for a number. */
export const DomainTunableField = {
  BLKDEV_DISK: "blkdeviotune.disk",
  BLKDEV_GROUP_NAME: "blkdeviotune.group_name",
  BLKDEV_READ_BYTES_SEC: "blkdeviotune.read_bytes_sec",
  BLKDEV_READ_BYTES_SEC_MAX: "blkdeviotune.read_bytes_sec_max",
  BLKDEV_READ_BYTES_SEC_MAX_LENGTH: "blkdeviotune.read_bytes_sec_max_length",
  BLKDEV_READ_IOPS_SEC: "blkdeviotune.read_iops_sec",
  BLKDEV_READ_IOPS_SEC_MAX: "blkdeviotune.read_iops_sec_max",
  BLKDEV_READ_IOPS_SEC_MAX_LENGTH: "blkdeviotune.read_iops_sec_max_length",
  BLKDEV_SIZE_IOPS_SEC: "blkdeviotune.size_iops_sec",
  BLKDEV_TOTAL_BYTES_SEC: "blkdeviotune.total_bytes_sec",
  BLKDEV_TOTAL_BYTES_SEC_MAX: "blkdeviotune.total_bytes_sec_max",
  BLKDEV_TOTAL_BYTES_SEC_MAX_LENGTH: "blkdeviotune.total_bytes_sec_max_length",
  BLKDEV_TOTAL_IOPS_SEC: "blkdeviotune.total_iops_sec",
  BLKDEV_TOTAL_IOPS_SEC_MAX: "blkdeviotune.total_iops_sec_max",
  BLKDEV_TOTAL_IOPS_SEC_MAX_LENGTH: "blkdeviotune.total_iops_sec_max_length",
  BLKDEV_WRITE_BYTES_SEC: "blkdeviotune.write_bytes_sec",
  BLKDEV_WRITE_BYTES_SEC_MAX: "blkdeviotune.write_bytes_sec_max",
  BLKDEV_WRITE_BYTES_SEC_MAX_LENGTH: "blkdeviotune.write_bytes_sec_max_length",
  BLKDEV_WRITE_IOPS_SEC: "blkdeviotune.write_iops_sec",
  BLKDEV_WRITE_IOPS_SEC_MAX: "blkdeviotune.write_iops_sec_max",
  BLKDEV_WRITE_IOPS_SEC_MAX_LENGTH: "blkdeviotune.write_iops_sec_max_length",
  CPU_CPU_SHARES: "cputune.cpu_shares",
  CPU_EMULATORPIN: "cputune.emulatorpin",
  CPU_EMULATOR_PERIOD: "cputune.emulator_period",
  CPU_EMULATOR_QUOTA: "cputune.emulator_quota",
  CPU_GLOBAL_PERIOD: "cputune.global_period",
  CPU_GLOBAL_QUOTA: "cputune.global_quota",
  CPU_IOTHREADSPIN: "cputune.iothreadpin%u",
  CPU_IOTHREAD_PERIOD: "cputune.iothread_period",
  CPU_IOTHREAD_QUOTA: "cputune.iothread_quota",
  CPU_VCPUPIN: "cputune.vcpupin%u",
  CPU_VCPU_PERIOD: "cputune.vcpu_period",
  CPU_VCPU_QUOTA: "cputune.vcpu_quota",
} as const;
export type DomainTunableField = Values<typeof DomainTunableField>;
