import type { Values } from "./values.ts";

/* What only the qemu driver has. */

/** `virDomainQemuMonitorCommandFlags`: `VIR_DOMAIN_QEMU_MONITOR_COMMAND_*`. */
export const DomainQemuMonitorCommandFlags = {
  DEFAULT: 0x0,
  HMP: 0x1,
} as const;
export type DomainQemuMonitorCommandFlags = Values<typeof DomainQemuMonitorCommandFlags>;

/** `virDomainQemuAgentCommandTimeoutValues`: `VIR_DOMAIN_QEMU_AGENT_COMMAND_*`. */
export const DomainQemuAgentCommandTimeout = {
  MIN: -2,
  BLOCK: -2,
  DEFAULT: -1,
  NOWAIT: 0,
  SHUTDOWN: 60,
} as const;
export type DomainQemuAgentCommandTimeout = Values<typeof DomainQemuAgentCommandTimeout>;

/** `virConnectDomainQemuMonitorEventRegisterFlags`: `VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_*`. */
export const ConnectDomainQemuMonitorEventRegisterFlags = {
  REGEX: 0x1,
  NOCASE: 0x2,
} as const;
export type ConnectDomainQemuMonitorEventRegisterFlags = Values<
  typeof ConnectDomainQemuMonitorEventRegisterFlags
>;
