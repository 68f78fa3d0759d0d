import { join } from "node:path";
import { userRuntimeDirectory } from "@libvirt-ts/util/user-directories";
import { badUri } from "./errors.ts";
import type { Plan } from "./uri.ts";

export interface Place {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether there is a file. */
  exists(path: string): boolean;
}

export interface SocketChoice {
  readonly path: string;
  /** The program that would listen there. */
  readonly daemon: string;
  /** An ordinary user's own daemon, which may be started if it does not run. */
  readonly ofUser: boolean;
}

/**
 * Which socket leads to a URI: that of the driver's own daemon if it is there (or `mode=direct`), else the one for
 * all drivers (`mode=legacy`).
 * @param local false on the way to another host, where we cannot look
 * @throws VirError INVALID_ARG for `mode=direct` without a driver
 */
export function chooseSocket(
  { driver, path, mode, params }: Plan,
  place: Place,
  { readOnly = false, local = true }: { readOnly?: boolean; local?: boolean } = {},
): SocketChoice {
  const ofUser = local && place.uid > 0 && (path === "" ? driver === undefined : isOfSession(path));
  const directory = ofUser
    ? join(place.env.LIBVIRT_PREFIX ?? "/", userRuntimeDirectory(place.env), "libvirt")
    : `${local ? (place.env.LIBVIRT_PREFIX ?? "") : ""}/run/libvirt`;
  const suffix = readOnly && !ofUser ? "-sock-ro" : "-sock";
  const direct = driver === undefined ? undefined : join(directory, `virt${driver}d${suffix}`);
  const legacy = join(directory, `libvirt${suffix}`);
  if (params.socket !== undefined) {
    return { path: params.socket, daemon: daemonOf(driver), ofUser: false };
  }
  if (mode === "direct" && direct === undefined) {
    throw badUri("Cannot use direct socket mode if no URI is set");
  }
  const useDirect =
    direct !== undefined &&
    (mode === "direct" || (mode === "auto" && local && (place.exists(direct) || !place.exists(legacy))));
  return useDirect
    ? { path: direct, daemon: daemonOf(driver), ofUser }
    : { path: legacy, daemon: daemonOf(undefined), ofUser };
}

const isOfSession = (path: string) => path === "/session" || path.startsWith("/session/");
const daemonOf = (driver: string | undefined) => (driver === undefined ? "virtproxyd" : `virt${driver}d`);
