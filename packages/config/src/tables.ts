import { flag, int, type Keys, list, optionalStr, str } from "./keys.ts";

const clients = { min: 1, max: 1_000_000 };
const workers = { min: 0, max: 10_000 };
const authUnix = ["none", "polkit", "sasl"] as const;

/** Logging keys, the same in every daemon. */
export const loggingKeys = {
  log_level: int(3, {
    min: 1,
    max: 4,
    doc: "Least severe message that is logged: 1 debug, 2 information, 3 warning, 4 error.",
  }),
  log_filters: optionalStr({
    doc: "Levels by module, `LEVEL:MODULE` separated by spaces; the first filter that matches decides.",
  }),
  log_outputs: optionalStr({
    doc: "Where messages go, separated by spaces: `LEVEL:stderr`, `LEVEL:file:PATH`, `LEVEL:syslog:NAME`, `LEVEL:journald`.",
  }),
} satisfies Keys;

/** Keys that virtlockd and virtlogd share. */
export const managerKeys = {
  ...loggingKeys,
  max_clients: int(1024, { ...clients, doc: "Client connections accepted over all sockets." }),
  admin_max_clients: int(5000, { ...clients, doc: "Client connections accepted on the admin socket." }),
} satisfies Keys;

/** Keys of the daemons that carry a driver (virtqemud, virtnetworkd, …). */
export const driverDaemonKeys = {
  ...loggingKeys,
  unix_sock_group: optionalStr({ doc: "Group that owns the sockets; default is the group of the daemon." }),
  unix_sock_ro_perms: optionalStr({ doc: 'Octal mode of the read-only socket, for example "0777".' }),
  unix_sock_rw_perms: optionalStr({ doc: 'Octal mode of the read-write socket, for example "0770".' }),
  unix_sock_admin_perms: str("0700", { doc: "Octal mode of the admin socket." }),
  unix_sock_dir: optionalStr({ doc: "Directory of the sockets." }),
  auth_unix_ro: optionalStr({ oneOf: authUnix, doc: "How clients of the read-only socket authenticate." }),
  auth_unix_rw: optionalStr({ oneOf: authUnix, doc: "How clients of the read-write socket authenticate." }),
  access_drivers: list([], { doc: "Access control drivers asked for every call." }),
  sasl_allowed_username_list: list([], {
    doc: "Names let in after SASL; shell patterns. Empty lets all in.",
  }),
  min_workers: int(5, { ...workers, doc: "Calls worked on at once before more are started." }),
  max_workers: int(20, { ...workers, min: 1, doc: "Calls worked on at once at most." }),
  prio_workers: int(5, { ...workers, doc: "Further calls reserved for those that never wait for a guest." }),
  max_clients: int(5000, { ...clients, doc: "Client connections accepted over all sockets." }),
  max_queued_clients: int(1000, { ...clients, doc: "Connections waiting to be accepted." }),
  max_anonymous_clients: int(20, { ...clients, doc: "Connections that have not authenticated yet." }),
  max_client_requests: int(5, { min: 1, max: 10_000, doc: "Calls of one connection worked on at once." }),
  admin_min_workers: int(5, { ...workers, doc: "As min_workers, for the admin server." }),
  admin_max_workers: int(20, { ...workers, min: 1, doc: "As max_workers, for the admin server." }),
  admin_max_clients: int(5000, { ...clients, doc: "As max_clients, for the admin server." }),
  admin_max_queued_clients: int(20, { ...clients, doc: "As max_queued_clients, for the admin server." }),
  admin_max_client_requests: int(5, {
    min: 1,
    max: 10_000,
    doc: "As max_client_requests, for the admin server.",
  }),
  keepalive_interval: int(5, {
    min: -1,
    max: 86_400,
    doc: "Seconds of silence before a client that knows keepalive is asked; -1 never asks.",
  }),
  keepalive_count: int(5, {
    min: 0,
    max: 10_000,
    doc: "Unanswered requests before a client counts as gone.",
  }),
  admin_keepalive_interval: int(5, {
    min: -1,
    max: 86_400,
    doc: "As keepalive_interval, for the admin server.",
  }),
  admin_keepalive_count: int(5, { min: 0, max: 10_000, doc: "As keepalive_count, for the admin server." }),
  audit_level: int(1, {
    min: 0,
    max: 2,
    doc: "0 no auditing, 1 where the host has it, 2 refuse to start without.",
  }),
  audit_logging: flag(false, { doc: "Whether audit messages are logged as well." }),
  host_uuid: optionalStr({ doc: "UUID of the host, where the firmware gives none or a wrong one." }),
  host_uuid_source: str("smbios", {
    oneOf: ["smbios", "machine-id"],
    doc: "Where the UUID of the host comes from.",
  }),
  ovs_timeout: int(5, { min: 0, max: 86_400, doc: "Seconds an Open vSwitch command may take." }),
} satisfies Keys;

export type DriverDaemonKeys = typeof driverDaemonKeys;
export type ManagerKeys = typeof managerKeys;
export type LoggingKeys = typeof loggingKeys;
