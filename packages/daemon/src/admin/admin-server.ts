import type { Accounts } from "@libvirt-ts/access/accounts";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import type { admin } from "@libvirt-ts/protocol";
import type { Handlers, Server } from "@libvirt-ts/rpc/server";

/** Figures an event loop does not need: they are kept, checked and shown as C does its threads. */
export interface Workers {
  readonly min: number;
  readonly max: number;
  readonly priority: number;
}

/** A server as administrators see it. */
export interface AdminServer {
  readonly server: Server;
  workers: Workers;
  /** Reads certificates again; absent without TLS. */
  readonly reloadTls?: (() => Promise<void>) | undefined;
}

/** What the calls about servers and clients work on. */
export interface AdminTarget {
  /** By name, in the order they are listed. */
  servers: ReadonlyMap<string, AdminServer>;
  /** Names for the user and group of a client. */
  accounts: Accounts;
  log: Logger;
}

export type AdminHandlers = Partial<Handlers<typeof admin.procs>>;

/** @throws VirError RPC/NO_SERVER */
export function findServer({ servers }: AdminTarget, { name }: { name: string }): AdminServer {
  const found = servers.get(name);
  if (!found) throw new VirError(ErrorDomain.RPC, ErrorCode.NO_SERVER, `No server named '${name}'`);
  return found;
}

/** As the calls say it whose results C libvirt puts together by hand. @throws VirError ADMIN/NO_SERVER */
export function requireServer({ servers }: AdminTarget, { name }: { name: string }): AdminServer {
  const found = servers.get(name);
  if (found) return found;
  const detail = `no server with matching name '${name}' found`;
  throw new VirError(ErrorDomain.ADMIN, ErrorCode.NO_SERVER, detail);
}

/** No call of this program knows any flag. */
export function noFlags(flags: number, functionName: string): void {
  checkFlags(flags, 0, functionName, ErrorDomain.ADMIN);
}
