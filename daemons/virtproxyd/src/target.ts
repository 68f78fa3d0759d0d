import { join } from "node:path";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { SecondaryTarget } from "@libvirt-ts/rpc/server";

/** Drivers that live in daemons of their own, `virtNAMEd`. */
const drivers: ReadonlySet<string> = new Set([
  "qemu",
  "lxc",
  "xen",
  "vbox",
  "vz",
  "bhyve",
  "ch",
  "network",
  "storage",
  "nodedev",
  "interface",
  "nwfilter",
  "secret",
]);
/** Hypervisors in the order they are looked for when a client does not say; a user has fewer of them. */
const systemChoice = ["xen", "qemu", "lxc", "vbox", "bhyve", "vz"] as const;
const sessionChoice = ["qemu", "vbox"] as const;

export interface Surroundings {
  /** Directory of the sockets. */
  readonly run: string;
  readonly privileged: boolean;
  /** The client may only look. */
  readonly readOnly: boolean;
  exists(path: string): boolean;
}

export interface Target extends SecondaryTarget {
  /** The program that listens there. */
  readonly daemon: string;
}

/**
 * Which daemon a client wants.
 * @param name the URI of CONNECT_OPEN; null or "": the first hypervisor whose daemon listens
 * @throws VirError NO_CONNECT if no daemon can be meant
 */
export function targetOf(name: string | null, where: Surroundings): Target {
  if (name === null || name === "") return probe(where);
  const [, driver = "", host = ""] = /^([a-z0-9]+):(?:\/\/([^/?#]*))?/i.exec(name) ?? [];
  if (!drivers.has(driver.toLowerCase()) || host !== "") throw noConnect(name);
  return target(driver.toLowerCase(), name, where);
}

function probe(where: Surroundings): Target {
  const path = where.privileged ? "/system" : "/session";
  const choice = where.privileged ? systemChoice : sessionChoice;
  const all = choice.map((driver) => target(driver, `${driver}://${path}`, where));
  const suffix = where.readOnly && where.privileged ? "-ro" : "";
  const found = all.find(({ socket }) => where.exists(socket + suffix));
  // a user's daemon is started when it is needed
  const chosen = found ?? (where.privileged ? undefined : all[0]);
  if (chosen === undefined) throw noConnect("default");
  return chosen;
}

function target(driver: string, uri: string, { run, privileged }: Surroundings): Target {
  const daemon = `virt${driver}d`;
  const socket = join(run, `${daemon}-sock`);
  return { daemon, socket, readOnlySocket: privileged ? `${socket}-ro` : undefined, uri };
}

const noConnect = (what: string): VirError => new VirError(ErrorDomain.NONE, ErrorCode.NO_CONNECT, what);
