import { flag, int, type Keys, list, optionalList, optionalStr, str } from "./keys.ts";

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
    example: "1:qemu 3:rpc",
  }),
  log_outputs: optionalStr({
    doc: "Where messages go, separated by spaces: `LEVEL:stderr`, `LEVEL:file:PATH`, `LEVEL:syslog:NAME`, `LEVEL:journald`.",
    example: "3:syslog:libvirtd",
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
  unix_sock_group: optionalStr({
    doc: "Group that owns the sockets; default is the group of the daemon.",
    example: "libvirt",
  }),
  unix_sock_ro_perms: optionalStr({ doc: "Octal mode of the read-only socket.", example: "0777" }),
  unix_sock_rw_perms: optionalStr({ doc: "Octal mode of the read-write socket.", example: "0770" }),
  unix_sock_admin_perms: str("0700", { doc: "Octal mode of the admin socket." }),
  unix_sock_dir: optionalStr({ doc: "Directory of the sockets.", example: "/run/libvirt" }),
  auth_unix_ro: optionalStr({
    oneOf: authUnix,
    doc: "How clients of the read-only socket authenticate.",
    example: "none",
  }),
  auth_unix_rw: optionalStr({
    oneOf: authUnix,
    doc: "How clients of the read-write socket authenticate.",
    example: "polkit",
  }),
  access_drivers: list([], { doc: "Access control drivers asked for every call.", example: ["polkit"] }),
  sasl_allowed_username_list: list([], {
    doc: "Names let in after SASL; shell patterns. Empty lets all in.",
    example: ["joe@EXAMPLE.COM", "*@ADMIN.EXAMPLE.COM"],
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
  host_uuid: optionalStr({
    doc: "UUID of the host, where the firmware gives none or a wrong one.",
    example: "00112233-4455-6677-8899-aabbccddeeff",
  }),
  host_uuid_source: str("smbios", {
    oneOf: ["smbios", "machine-id"],
    doc: "Where the UUID of the host comes from.",
  }),
  ovs_timeout: int(5, { min: 0, max: 86_400, doc: "Seconds an Open vSwitch command may take." }),
} satisfies Keys;

const authNetwork = ["none", "sasl"] as const;

/** Keys of the daemons that listen on the network (virtproxyd, libvirtd). */
export const proxyDaemonKeys = {
  ...driverDaemonKeys,
  listen_tls: flag(false, { doc: "Whether to listen for TLS connections; certificates must be there." }),
  listen_tcp: flag(false, {
    doc: "Whether to listen for plain TCP connections, which anybody on the way can read.",
  }),
  tls_port: str("16514", { doc: "Port for TLS: a number or a service name." }),
  tcp_port: str("16509", { doc: "Port for plain TCP: a number or a service name." }),
  listen_addr: optionalStr({ doc: "Address to listen on; default is all of them.", example: "192.0.2.1" }),
  auth_tcp: str("sasl", { oneOf: authNetwork, doc: "How clients of plain TCP authenticate." }),
  auth_tls: str("none", {
    oneOf: authNetwork,
    doc: "How clients of TLS authenticate, beside their certificate.",
  }),
  key_file: optionalStr({
    doc: "Private key of the server.",
    example: "/etc/pki/libvirt/private/serverkey.pem",
  }),
  cert_file: optionalStr({ doc: "Certificate of the server.", example: "/etc/pki/libvirt/servercert.pem" }),
  ca_file: optionalStr({ doc: "Certificate of the authority.", example: "/etc/pki/CA/cacert.pem" }),
  crl_file: optionalStr({ doc: "Certificates that were revoked.", example: "/etc/pki/CA/crl.pem" }),
  tls_no_sanity_certificate: flag(false, {
    doc: "Whether to start with a certificate that clients may refuse.",
  }),
  tls_no_verify_certificate: flag(false, {
    doc: "Whether to let in clients without a certificate of the authority.",
  }),
  tls_allowed_dn_list: optionalList({
    doc: "Distinguished names let in, shell patterns; not set lets in all with a certificate.",
    example: ["C=GB,ST=London,L=London,O=Example,CN=*"],
  }),
  tls_priority: optionalStr({ doc: "TLS priority string.", example: "NORMAL" }),
  tcp_min_ssf: int(56, {
    min: 112,
    max: 4096,
    example: 112,
    doc: "Strength a SASL mechanism must have to protect plain TCP, in bits.",
  }),
} satisfies Keys;

export type ProxyDaemonKeys = typeof proxyDaemonKeys;
export type DriverDaemonKeys = typeof driverDaemonKeys;
export type ManagerKeys = typeof managerKeys;
export type LoggingKeys = typeof loggingKeys;
