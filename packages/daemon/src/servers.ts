import type { DriverDaemonKeys, Keys, ManagerKeys, ProxyDaemonKeys, Values } from "@libvirt-ts/config";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { AuthMethod, Limits } from "@libvirt-ts/rpc/server";
import { type NetworkSettings, networkSettings } from "./network-settings.ts";
import type { SecuritySettings } from "./security.ts";
import type { DaemonKind } from "./spec.ts";

/** What the configuration says about one server of a daemon. */
export interface ServerSettings {
  readonly limits: Partial<Limits>;
  readonly workers: { readonly min: number; readonly max: number; readonly priority: number };
}

export interface ListenSettings {
  readonly main: ServerSettings;
  readonly admin: ServerSettings;
  readonly socketDirectory?: string | undefined;
  readonly socketGroup?: string | undefined;
  readonly modes: { main?: number | undefined; readOnly?: number | undefined; admin?: number | undefined };
  readonly backlog?: number | undefined;
  readonly adminBacklog?: number | undefined;
  /** Absent: UNIX sockets only. */
  readonly network?: NetworkSettings;
  /** Absent: whoever can open the socket is let in. */
  readonly security?: SecuritySettings;
}

/** Lock and log daemon: no workers, no pings, one call of a connection after the other. */
export function managerSettings(
  values: Values<Pick<ManagerKeys, "max_clients" | "admin_max_clients">>,
): ListenSettings {
  const settings = (maxClients: number): ServerSettings => ({
    limits: { maxClients, maxAnonymousClients: maxClients, maxClientRequests: 1, keepaliveInterval: -1 },
    workers: { min: 0, max: 0, priority: 0 },
  });
  return { main: settings(values.max_clients), admin: settings(values.admin_max_clients), modes: {} };
}

/**
 * Daemons with a driver.
 * @throws VirError CONF/CONF_SYNTAX for values that do not go together or that we cannot honour
 */
export function driverSettings(values: Values<DriverDaemonKeys>): ListenSettings {
  if (values.max_clients < values.max_anonymous_clients) {
    throw refused("max_clients must not be smaller than max_anonymous_clients");
  }
  return {
    main: {
      limits: {
        maxClients: values.max_clients,
        maxAnonymousClients: values.max_anonymous_clients,
        maxClientRequests: values.max_client_requests,
        keepaliveInterval: values.keepalive_interval,
        keepaliveCount: values.keepalive_count,
      },
      workers: { min: values.min_workers, max: values.max_workers, priority: values.prio_workers },
    },
    admin: {
      limits: {
        maxClients: values.admin_max_clients,
        maxAnonymousClients: values.admin_max_clients,
        maxClientRequests: values.admin_max_client_requests,
        keepaliveInterval: values.admin_keepalive_interval,
        keepaliveCount: values.admin_keepalive_count,
      },
      workers: { min: values.admin_min_workers, max: values.admin_max_workers, priority: 0 },
    },
    socketDirectory: values.unix_sock_dir,
    socketGroup: values.unix_sock_group,
    modes: {
      main: octal("unix_sock_rw_perms", values.unix_sock_rw_perms),
      readOnly: octal("unix_sock_ro_perms", values.unix_sock_ro_perms),
      admin: octal("unix_sock_admin_perms", values.unix_sock_admin_perms),
    },
    backlog: values.max_queued_clients,
    adminBacklog: values.admin_max_queued_clients,
    security: {
      auth: {
        main: authMethod(values.auth_unix_rw),
        readOnly: authMethod(values.auth_unix_ro),
      },
      saslAllowedUsers: values.sasl_allowed_username_list,
      accessDrivers: values.access_drivers,
    },
  };
}

/** The daemon that listens on the network too. */
function proxySettings(values: Values<ProxyDaemonKeys>): ListenSettings {
  const driver = driverSettings(values);
  const auth = { tcp: authMethod(values.auth_tcp), tls: authMethod(values.auth_tls) };
  return {
    ...driver,
    network: networkSettings(values),
    ...(driver.security && {
      security: { ...driver.security, auth: { ...driver.security.auth, ...auth } },
    }),
  };
}

/** Which of them a key table is. */
export function listenSettings(kind: DaemonKind, values: Values<Keys>): ListenSettings {
  // the kind of a daemon and its key table are written side by side in main.ts
  if (kind === "proxy") return proxySettings(values as Values<ProxyDaemonKeys>);
  if (kind === "driver") return driverSettings(values as Values<DriverDaemonKeys>);
  return managerSettings(values as Values<ManagerKeys>);
}

/** The key table has refused everything else. */
function authMethod(name: string | undefined): AuthMethod | undefined {
  return name === "none" || name === "polkit" || name === "sasl" ? name : undefined;
}

function octal(key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-7]{1,5}$/.test(text)) throw refused(`Failed to parse mode '${text}' of ${key}`);
  return Number.parseInt(text, 8) & 0o777;
}

function refused(what: string): VirError {
  return new VirError(ErrorDomain.CONF, ErrorCode.CONF_SYNTAX, what);
}
