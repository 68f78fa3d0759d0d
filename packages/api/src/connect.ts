import type { Values } from "./values.ts";

/* The connection. */

/** `virConnectCloseReason`: `VIR_CONNECT_CLOSE_REASON_*`. */
export const ConnectCloseReason = {
  ERROR: 0,
  EOF: 1,
  KEEPALIVE: 2,
  CLIENT: 3,
} as const;
export type ConnectCloseReason = Values<typeof ConnectCloseReason>;

/** `virConnectFlags`: `VIR_CONNECT_*`. */
export const ConnectFlags = {
  RO: 0x1,
  NO_ALIASES: 0x2,
} as const;
export type ConnectFlags = Values<typeof ConnectFlags>;

/** `virConnectCredentialType`: `VIR_CRED_*`. */
export const ConnectCredentialType = {
  USERNAME: 1,
  AUTHNAME: 2,
  LANGUAGE: 3,
  CNONCE: 4,
  PASSPHRASE: 5,
  ECHOPROMPT: 6,
  NOECHOPROMPT: 7,
  REALM: 8,
  EXTERNAL: 9,
} as const;
export type ConnectCredentialType = Values<typeof ConnectCredentialType>;

/** `virCPUCompareResult`: `VIR_CPU_COMPARE_*`. */
export const CpuCompareResult = {
  ERROR: -1,
  INCOMPATIBLE: 0,
  IDENTICAL: 1,
  SUPERSET: 2,
} as const;
export type CpuCompareResult = Values<typeof CpuCompareResult>;

/** `virConnectCompareCPUFlags`: `VIR_CONNECT_COMPARE_CPU_*`. */
export const ConnectCompareCpuFlags = {
  FAIL_INCOMPATIBLE: 0x1,
  VALIDATE_XML: 0x2,
} as const;
export type ConnectCompareCpuFlags = Values<typeof ConnectCompareCpuFlags>;

/** `virConnectBaselineCPUFlags`: `VIR_CONNECT_BASELINE_CPU_*`. */
export const ConnectBaselineCpuFlags = {
  EXPAND_FEATURES: 0x1,
  MIGRATABLE: 0x2,
} as const;
export type ConnectBaselineCpuFlags = Values<typeof ConnectBaselineCpuFlags>;
