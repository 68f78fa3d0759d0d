import { chownSync, lstatSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { strerror } from "@libvirt-ts/errors";
import type { Native } from "@libvirt-ts/native";
import { isSocketUnit, type ListenFds } from "./listen-fds.ts";
import { makeDirectory } from "./make-directory.ts";
import type { DaemonKind } from "./spec.ts";
import { ExitCode, StartFailure } from "./start-failure.ts";

export type SocketRole = "main" | "readOnly" | "admin" | "tcp" | "tls";

/** A socket the daemon shall listen on. */
export interface SocketPlan {
  readonly role: SocketRole;
  /** Name of the systemd socket unit that may bring it. */
  readonly unit: string;
  readonly path: string;
  /** Permission bits of the file; set before it exists, as a client may come at once. */
  readonly mode: number;
  /** Connections that may wait to be accepted. */
  readonly backlog: number;
  /** Group of the file; undefined leaves ours. */
  readonly gid?: number | undefined;
}

export interface BoundSocket {
  readonly role: SocketRole;
  readonly path: string;
  readonly fd: number;
  /** Whether the file is ours to remove at exit (not with socket activation). */
  readonly ownsFile: boolean;
}

/**
 * Takes a socket from the service manager when it brought one, else binds it.
 * When sockets were brought at all, a role without one is left out, as in libvirt.
 * @throws StartFailure `network`
 */
export function openSockets(
  plans: readonly SocketPlan[],
  brought: ListenFds | undefined,
  native: Native,
): BoundSocket[] {
  if (!brought || ![...brought.keys()].some(isSocketUnit))
    return plans.map((plan) => bindSocket(plan, native));
  for (const fd of brought.values()) native.setCloexec(fd, true);
  return plans.flatMap(({ role, unit, path }) => broughtSocket(brought, { role, unit, path }));
}

/** What the service manager brought for a role, if it did. */
export function broughtSocket(
  brought: ListenFds,
  { role, unit, path }: Pick<SocketPlan, "role" | "unit" | "path">,
): BoundSocket[] {
  const fd = brought.get(unit);
  return fd === undefined ? [] : [{ role, path, fd, ownsFile: false }];
}

/** Binds one socket and starts to listen: clients can connect from now on, and wait until we accept. */
export function bindSocket(plan: SocketPlan, native: Native): BoundSocket {
  const check = (rc: number, what: string) => {
    if (rc < 0) throw new StartFailure(ExitCode.network, `${what} '${plan.path}': ${strerror(-rc)}`);
    return rc;
  };
  makeDirectory(dirname(plan.path));
  removeStale(plan.path, native);
  const fd = check(native.socketUnix("stream"), "Unable to create socket for");
  const umask = process.umask(0o777 & ~plan.mode);
  const bound = native.bind(fd, plan.path);
  process.umask(umask);
  if (bound < 0) native.close(fd);
  check(bound, "Failed to bind socket to");
  if (plan.gid !== undefined) chownSync(plan.path, -1, plan.gid);
  check(native.listen(fd, plan.backlog), "Failed to listen on");
  return { role: plan.role, path: plan.path, fd, ownsFile: true };
}

/** Removes the socket files that are ours, at exit. */
export function removeSocketFiles(sockets: readonly BoundSocket[]): void {
  for (const { path, ownsFile } of sockets) if (ownsFile) unlinkIfThere(path);
}

/** A socket file nobody listens on is the remains of a crash; one that answers belongs to a living daemon. */
function removeStale(path: string, native: Native): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (!there) return;
  if (!there.isSocket()) throw new StartFailure(ExitCode.network, `'${path}' is in the way and no socket`);
  const probe = native.socketUnix("stream");
  native.setNonBlocking(probe, true);
  const answer = native.connectUnix(probe, path);
  native.close(probe);
  if (answer >= 0 || answer === -eagain) {
    throw new StartFailure(ExitCode.network, `Another process listens on '${path}'`);
  }
  unlinkIfThere(path);
}

/** A full backlog: somebody listens. */
const eagain = 11;

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error; // unlinkSync throws nothing else
  }
}

/** What the sockets of a daemon are, from its kind and configuration. */
export function socketPlans(o: {
  name: string;
  kind: DaemonKind;
  run: string;
  privileged: boolean;
  modes?: { main?: number | undefined; readOnly?: number | undefined; admin?: number | undefined };
  gid?: number | undefined;
  backlog?: number | undefined;
  adminBacklog?: number | undefined;
}): SocketPlan[] {
  const base = o.kind === "proxy" ? "libvirt" : o.name;
  const plan = (role: SocketRole, suffix: string, mode: number, backlog = 1000): SocketPlan => ({
    role,
    unit: `${o.name}${suffix}.socket`,
    path: join(o.run, `${base}${suffix === "" ? "-sock" : role === "readOnly" ? "-sock-ro" : "-admin-sock"}`),
    mode,
    backlog,
    gid: role === "admin" ? undefined : o.gid,
  });
  const main = plan("main", "", o.modes?.main ?? 0o700, o.backlog);
  const admin = plan("admin", "-admin", o.modes?.admin ?? 0o700, o.adminBacklog ?? 20);
  if (o.kind === "manager" || !o.privileged) return [main, admin];
  return [main, plan("readOnly", "-ro", o.modes?.readOnly ?? 0o777, o.backlog), admin];
}
