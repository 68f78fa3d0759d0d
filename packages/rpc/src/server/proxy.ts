import { ErrorDomain, internal } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import { type CallRow, lxc, qemu, remote } from "@libvirt-ts/protocol";
import type { RpcClient } from "../client/index.ts";
import { connectionClosed } from "../errors.ts";
import { authentication } from "./authentication.ts";
import { relay } from "./relay.ts";
import { answeredHere, Feature, readIdentity } from "./session.ts";
import type { Client, Fallback, Handlers, Service } from "./types.ts";

export interface ProxyOptions {
  /**
   * Opens what a URI names, for a client and with its rights.
   * @param name null and "" leave the choice to us
   * @throws VirError as the client shall see it
   */
  connect(name: string | null, client: Client): Promise<RpcClient>;
  readonly log: Logger;
}

/** `VIR_CONNECT_RO`. C clients send flags of their own as well (a user's connection, one that starts the daemon). */
const openReadOnly = 1;
/** `VIR_CONNECT_CLOSE_REASON_EOF` */
const closedByPeer = 1;

/** What a client of the proxy has behind it. */
interface Session {
  /** Undefined while it is being opened. */
  peer?: RpcClient;
  /** The client wants to hear of its loss. */
  tellLoss: boolean;
}

/**
 * Serves all programs by passing frames on to the daemon that CONNECT_OPEN names: one connection for each client,
 * opened with its rights and under its name. What is about the client's own connection is answered here.
 * When that daemon goes, the client stays: it is told if it has asked for that, and its calls fail.
 */
export function proxyServices({ connect, log }: ProxyOptions): Service[] {
  const key = Symbol("session");
  const sessionOf = (client: Client) => client.local.get(key) as Session | undefined; // only `connectOpen` sets it
  const sessions: Sessions = {
    get: sessionOf,
    set: (client, session) => client.local.set(key, session),
    forget: (client) => client.local.delete(key),
  };
  const fallback: Fallback = {
    accepts: () => true,
    call(call) {
      const { peer } = sessionOf(call.client) ?? {};
      if (peer === undefined) throw notOpen(call.row);
      return relay(peer, call);
    },
  };
  const gate = (row: CallRow, client: Client) => {
    if (row.conn === undefined || row.name === remote.procs.connectSupportsFeature.name) return;
    const { peer } = sessionOf(client) ?? {};
    if (peer === undefined) throw notOpen(row);
    if (!peer.isOpen) throw connectionClosed();
  };
  const handlers = { ...authentication, ...opening({ connect, log }, sessions), ...ownConnection(sessions) };
  return [
    { program: remote, handlers, errorDomain: ErrorDomain.REMOTE, gate, fallback },
    ...[qemu, lxc].map((program) => ({
      program,
      handlers: {},
      errorDomain: ErrorDomain.REMOTE,
      gate,
      fallback,
    })),
  ];
}

interface Sessions {
  get(client: Client): Session | undefined;
  set(client: Client, session: Session): void;
  forget(client: Client): void;
}
type RemoteHandlers = Partial<Handlers<typeof remote.procs>>;

const notOpen = ({ conn }: CallRow) =>
  internal(ErrorDomain.RPC, conn === "hypervisor" ? "hypervisor connection not open" : "connection not open");

function opening({ connect, log }: ProxyOptions, sessions: Sessions): RemoteHandlers {
  async function begin(name: string | null, client: Client): Promise<void> {
    const session: Session = { tellLoss: false };
    sessions.set(client, session);
    try {
      session.peer = await connect(name, client);
    } catch (error) {
      sessions.forget(client);
      throw error;
    }
    watch(session.peer, session, client);
  }

  function watch(peer: RpcClient, session: Session, client: Client): void {
    peer.onMessage((frame) => client.sendRaw(frame));
    const forget = client.onClose(() => peer.close());
    void peer.closed.then((why) => {
      forget();
      if (why === undefined) return;
      log.warn({ client: client.id, err: why }, "daemon behind a client lost");
      if (session.tellLoss)
        client.sendEvent(remote.procs.connectEventConnectionClosed, { reason: closedByPeer });
    });
    if (!client.isOpen) peer.close();
  }

  return {
    connectOpen({ name, flags }, { client }) {
      if (sessions.get(client) !== undefined) throw internal(ErrorDomain.RPC, "connection already open");
      if ((flags & openReadOnly) !== 0) client.readOnly = true;
      return begin(name, client);
    },
    connectClose(_, { client }) {
      client.closeWhenSent();
    },
  };
}

function ownConnection(sessions: Sessions): RemoteHandlers {
  const tellLoss = (client: Client, on: boolean) => {
    const session = sessions.get(client);
    if (session !== undefined) session.tellLoss = on;
  };
  return {
    async connectSupportsFeature({ feature }, { client, row }) {
      if (feature === Feature.KEEPALIVE) {
        client.startKeepalive();
        return { supported: 1 };
      }
      const { peer } = sessions.get(client) ?? {};
      if (peer === undefined) throw notOpen(row);
      if (answeredHere.has(feature)) return { supported: 1 };
      return peer.call(remote.procs.connectSupportsFeature, { feature });
    },
    async connectSetIdentity({ params, flags }, { client }) {
      client.identity = readIdentity(params);
      await sessions.get(client)?.peer?.call(remote.procs.connectSetIdentity, { params, flags });
    },
    connectRegisterCloseCallback: (_, { client }) => tellLoss(client, true),
    connectUnregisterCloseCallback: (_, { client }) => tellLoss(client, false),
  };
}
