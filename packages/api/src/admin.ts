import type { Values } from "./values.ts";

/* The admin interface. */

/** `virClientTransport`: `VIR_CLIENT_TRANS_*`. */
export const ClientTransport = {
  UNIX: 0,
  TCP: 1,
  TLS: 2,
} as const;
export type ClientTransport = Values<typeof ClientTransport>;

/** `virAdmConnectDaemonShutdownFlags`: `VIR_DAEMON_SHUTDOWN_*`. */
export const AdmConnectDaemonShutdownFlags = {
  PRESERVE: 0x1,
} as const;
export type AdmConnectDaemonShutdownFlags = Values<typeof AdmConnectDaemonShutdownFlags>;
