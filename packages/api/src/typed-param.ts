import type { Values } from "./values.ts";

/* Typed parameters. */

/** `virTypedParameterType`: `VIR_TYPED_PARAM_*`. */
export const TypedParameterType = {
  INT: 1,
  UINT: 2,
  LLONG: 3,
  ULLONG: 4,
  DOUBLE: 5,
  BOOLEAN: 6,
  STRING: 7,
} as const;
export type TypedParameterType = Values<typeof TypedParameterType>;

/** `virTypedParameterFlags`: `VIR_TYPED_PARAM_*`. */
export const TypedParameterFlags = {
  STRING_OKAY: 0x4,
} as const;
export type TypedParameterFlags = Values<typeof TypedParameterFlags>;

/** `virSchedParameterType`: `VIR_DOMAIN_SCHED_FIELD_*`. */
export const SchedParameterType = {
  INT: 1,
  UINT: 2,
  LLONG: 3,
  ULLONG: 4,
  DOUBLE: 5,
  BOOLEAN: 6,
} as const;
export type SchedParameterType = Values<typeof SchedParameterType>;

/** `virBlkioParameterType`: `VIR_DOMAIN_BLKIO_PARAM_*`. */
export const BlkioParameterType = {
  INT: 1,
  UINT: 2,
  LLONG: 3,
  ULLONG: 4,
  DOUBLE: 5,
  BOOLEAN: 6,
} as const;
export type BlkioParameterType = Values<typeof BlkioParameterType>;

/** `virMemoryParameterType`: `VIR_DOMAIN_MEMORY_PARAM_*`. */
export const MemoryParameterType = {
  INT: 1,
  UINT: 2,
  LLONG: 3,
  ULLONG: 4,
  DOUBLE: 5,
  BOOLEAN: 6,
} as const;
export type MemoryParameterType = Values<typeof MemoryParameterType>;
