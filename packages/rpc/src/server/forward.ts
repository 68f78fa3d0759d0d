import { constants } from "node:os";
import { type Accounts, fileAccounts } from "@libvirt-ts/access/accounts";
import { ErrorCode, noSupport, VirError } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import { type ConnectionKind, remote, typed, typedParams } from "@libvirt-ts/protocol";
import { RpcClient } from "../client/index.ts";
import { processStartTime } from "./process-start-time.ts";
import { relay } from "./relay.ts";
import type { Client, Fallback, Identity, RawCall, RawReply } from "./types.ts";

export interface ForwarderOptions {
  /** Kinds of connections that other daemons serve. */
  readonly kinds: readonly ConnectionKind[];
  /** Opens the connection for a client's calls of one kind; usually by `openSecondary`. */
  connect(kind: ConnectionKind, client: Client): Promise<RpcClient>;
  readonly log: Logger;
}

/**
 * Serves the calls of other daemons by passing frames on. Each client gets a connection of its own to each daemon
 * it uses, opened by its first call and closed with it, so events and registrations belong to the client there too.
 * When that daemon goes, calls in flight fail, the client's registrations with it are lost, and the next call
 * connects anew.
 */
export function forwarder({ kinds, connect, log }: ForwarderOptions): Fallback {
  const key = Symbol("secondary connections");
  const known: ReadonlySet<ConnectionKind | undefined> = new Set(kinds);

  function peerFor(kind: ConnectionKind, client: Client): Promise<RpcClient> {
    // only this function puts something there
    let peers = client.local.get(key) as Map<ConnectionKind, Promise<RpcClient>> | undefined;
    if (peers === undefined) {
      peers = new Map();
      client.local.set(key, peers);
    }
    const open = peers.get(kind);
    if (open !== undefined) return open;
    const opening = openPeer(kind, client, () => peers.delete(kind));
    peers.set(kind, opening);
    opening.catch(() => peers.delete(kind)); // the next call tries again; this one reports the error
    return opening;
  }

  async function openPeer(kind: ConnectionKind, client: Client, onLost: () => void): Promise<RpcClient> {
    const peer = await connect(kind, client);
    peer.onMessage((frame) => client.sendRaw(frame));
    const forget = client.onClose(() => peer.close());
    void peer.closed.then((why) => {
      onLost();
      forget();
      if (why !== undefined) log.warn({ client: client.id, kind, err: why }, "secondary connection lost");
    });
    if (!client.isOpen) peer.close();
    return peer;
  }

  return {
    accepts: ({ conn }) => known.has(conn),
    async call(call: RawCall): Promise<RawReply> {
      const { api, conn } = call.row;
      if (conn === undefined) throw new TypeError("not a call for another daemon");
      const peer = await peerFor(conn, call.client).catch((error: unknown) => {
        throw isAbsent(error) ? noSupport(`${api}: ${error.message}`) : error;
      });
      return relay(peer, call);
    },
  };
}

/**
 * Whether there is no such daemon on this host. differs: tools ask for pools and devices by the way, and take "not
 * supported" for an answer where any other error ends them.
 */
const isAbsent = (error: unknown): error is VirError =>
  error instanceof VirError && error.code === ErrorCode.SYSTEM_ERROR && error.int1 === constants.errno.ENOENT;

export interface SecondaryTarget {
  readonly socket: string;
  /** For clients that may only read; absent where there is none (session daemons): the open flag must do. */
  readonly readOnlySocket?: string | undefined;
  readonly uri: string;
  /** Starts the daemon when nobody listens. */
  readonly start?: (() => Promise<void>) | undefined;
}

const systemAccounts = fileAccounts();

/** `VIR_CONNECT_RO` */
const openReadOnly = 1;

/**
 * Opens another daemon on behalf of `client`: with no more rights than it has, and under its name.
 * @throws VirError as a client of that daemon would get it
 */
export async function openSecondary(
  { socket, readOnlySocket = socket, uri, start }: SecondaryTarget,
  client: Client,
  startTime: (pid: number) => bigint | undefined = processStartTime,
  accounts: Accounts = systemAccounts,
): Promise<RpcClient> {
  const peer = await RpcClient.connect(client.readOnly ? readOnlySocket : socket, { start });
  try {
    await peer.call(remote.procs.authList, undefined);
    await peer.call(remote.procs.connectOpen, { name: uri, flags: client.readOnly ? openReadOnly : 0 });
    await peer.call(remote.procs.connectSetIdentity, {
      params: identityParams(await named(client.identity, accounts), startTime),
      flags: 0,
    });
    return peer;
  } catch (error) {
    peer.close();
    throw error;
  }
}

/** Names are looked up only now: most clients never need them. */
async function named(identity: Identity, accounts: Accounts): Promise<Identity> {
  const { uid, gid } = identity;
  const userName = identity.userName ?? (uid === undefined ? undefined : await accounts.userName(uid));
  const groupName = identity.groupName ?? (gid === undefined ? undefined : await accounts.groupName(gid));
  return { ...identity, ...(userName && { userName }), ...(groupName && { groupName }) };
}

function identityParams(identity: Identity, startTime: (pid: number) => bigint | undefined) {
  const { uid, gid, pid, userName, groupName, saslUserName, x509DistinguishedName, selinuxContext } =
    identity;
  const processTime = identity.processTime ?? (pid === undefined ? undefined : startTime(pid));
  const text = (value: string | undefined) => (value === undefined ? undefined : typed.string(value));
  return typedParams({
    "user-name": text(userName),
    "unix-user-id": uid === undefined ? undefined : typed.ullong(BigInt(uid)),
    "group-name": text(groupName),
    "unix-group-id": gid === undefined ? undefined : typed.ullong(BigInt(gid)),
    "process-id": pid === undefined ? undefined : typed.llong(BigInt(pid)),
    "process-time": processTime === undefined ? undefined : typed.ullong(processTime),
    "sasl-user-name": text(saslUserName),
    "x509-distinguished-name": text(x509DistinguishedName),
    "selinux-context": text(selinuxContext),
  });
}
