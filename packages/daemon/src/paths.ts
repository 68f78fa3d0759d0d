import { join } from "node:path";
import { userCacheDirectory, userRuntimeDirectory } from "@libvirt-ts/util/user-directories";

/** The directories a daemon works in; absolute, without a slash at the end. Nothing here exists by itself. */
export interface Paths {
  /** Whether this is the system daemon (root) or a user's session daemon. */
  readonly privileged: boolean;
  /** What stands before every system path: "" or the value of LIBVIRT_PREFIX. */
  readonly prefix: string;
  /** Of pid files and hand-over files: `/run`; session: same as `run`. */
  readonly runRoot: string;
  /** Sockets and run-time state: `/run/libvirt`; session `$XDG_RUNTIME_DIR/libvirt`. */
  readonly run: string;
  /** Configuration: `/etc/libvirt`; session `$XDG_CONFIG_HOME/libvirt`. */
  readonly etc: string;
  /** Persistent state: `/var/lib/libvirt`; session `$XDG_CONFIG_HOME/libvirt/lib`. */
  readonly lib: string;
  /** `/var/log/libvirt`; session `$XDG_CACHE_HOME/libvirt/log`. */
  readonly log: string;
  /** `/var/cache/libvirt`; session `$XDG_CACHE_HOME/libvirt`. */
  readonly cache: string;
}

/**
 * @param prefix LIBVIRT_PREFIX: moves every path below a directory; "" for the real ones
 * @param env for the session variants: XDG_RUNTIME_DIR, XDG_CONFIG_HOME, XDG_CACHE_HOME, HOME
 */
export function paths(o: {
  privileged: boolean;
  prefix?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
}): Paths {
  const prefix = (o.prefix ?? "").replace(/\/+$/, "");
  if (o.privileged) {
    return {
      privileged: true,
      prefix,
      runRoot: `${prefix}/run`,
      run: `${prefix}/run/libvirt`,
      etc: `${prefix}/etc/libvirt`,
      lib: `${prefix}/var/lib/libvirt`,
      log: `${prefix}/var/log/libvirt`,
      cache: `${prefix}/var/cache/libvirt`,
    };
  }
  const home = o.env.HOME || "/";
  const config = o.env.XDG_CONFIG_HOME || join(home, ".config");
  const cache = userCacheDirectory(o.env);
  const run = `${prefix}${join(userRuntimeDirectory(o.env), "libvirt")}`;
  return {
    privileged: false,
    prefix,
    runRoot: run,
    run,
    etc: `${prefix}${join(config, "libvirt")}`,
    lib: `${prefix}${join(config, "libvirt/lib")}`,
    log: `${prefix}${join(cache, "libvirt/log")}`,
    cache: `${prefix}${join(cache, "libvirt")}`,
  };
}

/** The files that carry a daemon's own name. */
export interface DaemonFiles {
  readonly config: string;
  readonly pid: string;
  /** What one process leaves to the next, on its way. */
  readonly handOver: string;
  /** What there is to know of connections the service manager keeps over a restart. */
  readonly keptClients: string;
  readonly log: string;
}

export function daemonFiles(where: Paths, name: string): DaemonFiles {
  return {
    config: `${where.etc}/${name}.conf`,
    pid: `${where.runRoot}/${name}.pid`,
    handOver: `${where.runRoot}/${name}-restart-exec.json`,
    keptClients: `${where.runRoot}/${name}-restart-clients.json`,
    log: `${where.log}/${name}.log`,
  };
}
