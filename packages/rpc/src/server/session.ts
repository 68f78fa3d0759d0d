import { ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";
import { type CallRow, readTypedParams, remote, type TypedParam } from "@libvirt-ts/protocol";
import { authentication } from "./authentication.ts";
import type { Client, Handlers, Identity } from "./types.ts";

/** `VIR_DRV_FEATURE_*` numbers the RPC layer answers itself. */
export const Feature = {
  FD_PASSING: 8,
  KEEPALIVE: 10,
  REMOTE_EVENT_CALLBACK: 14,
  REMOTE_CLOSE_CALLBACK: 15,
} as const;
/** They are always there. */
export const answeredHere: ReadonlySet<number> = new Set([
  Feature.FD_PASSING,
  Feature.REMOTE_EVENT_CALLBACK,
  Feature.REMOTE_CLOSE_CALLBACK,
]);

export interface ConnectionOptions {
  /** What CONNECT_GET_TYPE answers: "QEMU", or the driver's name in daemons without a hypervisor. */
  readonly type: string;
  /** Scheme of the URIs accepted: "qemu", "network", ... */
  readonly scheme: string;
  /** The system daemon serves `/system`, a user's `/session`. */
  readonly privileged: boolean;
  /** The system daemon takes `/session` as well, for the same state (qemu). */
  readonly rootSession?: boolean;
  /** Paths of the URIs accepted in place of those two; the first is the default. */
  readonly paths?: readonly [string, ...string[]];
  /** `VIR_DRV_FEATURE_*` numbers the driver has; those of the RPC layer need not be named. */
  readonly features: readonly number[];
  /** 11003000 is 11.3.0. */
  readonly libVersion: number;
}

/** The part of the remote program that is the same in every daemon: the life of a connection. */
export interface ConnectionService {
  readonly handlers: Partial<Handlers<typeof remote.procs>>;
  /** For `Service.gate`: refuses what needs an open connection. */
  gate(row: CallRow, client: Client): void;
  /** The URI a client has opened. */
  uri(client: Client): string | undefined;
}

/** Spread `handlers` into a service's own and hand it the `gate`. */
export function connectionService(options: ConnectionOptions): ConnectionService {
  const session: Session = { key: Symbol("session"), options, features: new Set(options.features) };
  const uri = (client: Client) => client.local.get(session.key) as string | undefined; // only `open` sets it
  return {
    handlers: { ...authentication, ...opening(session, uri), ...properties(session, uri) },
    gate(row, client) {
      if (row.conn === undefined || row.name === remote.procs.connectSupportsFeature.name) return;
      if (uri(client) === undefined) throw notOpen(row);
    },
    uri,
  };
}

interface Session {
  readonly key: symbol;
  readonly options: ConnectionOptions;
  readonly features: ReadonlySet<number>;
}
type UriOf = (client: Client) => string | undefined;
type RemoteHandlers = Partial<Handlers<typeof remote.procs>>;

const rpcInternal = (detail: string) => internal(ErrorDomain.RPC, detail);
const notOpen = ({ conn }: CallRow) =>
  rpcInternal(conn === "hypervisor" ? "hypervisor connection not open" : "connection not open");

/** `VIR_CONNECT_RO` */
const openReadOnly = 1;

function opening({ key, options }: Session, uri: UriOf): RemoteHandlers {
  return {
    connectOpen({ name, flags }, { client }) {
      if (uri(client) !== undefined) throw rpcInternal("connection already open");
      if (name === null) throw rpcInternal("connection not open");
      client.local.set(key, acceptUri(name, options));
      if ((flags & openReadOnly) !== 0) client.readOnly = true;
    },
    connectClose(_, { client }) {
      client.closeWhenSent();
    },
    connectSetIdentity({ params }, { client }) {
      client.identity = readIdentity(params);
    },
    connectRegisterCloseCallback() {},
    connectUnregisterCloseCallback() {},
  };
}

function properties({ options, features }: Session, uri: UriOf): RemoteHandlers {
  return {
    connectSupportsFeature({ feature }, { client, row }) {
      if (feature === Feature.KEEPALIVE) {
        client.startKeepalive();
        return { supported: 1 };
      }
      if (uri(client) === undefined) throw notOpen(row);
      return { supported: answeredHere.has(feature) || features.has(feature) ? 1 : 0 };
    },
    connectGetUri: (_, { client }) => ({ uri: uri(client) ?? "" }), // the gate has made sure of one
    connectGetType: () => ({ type: options.type }),
    connectGetLibVersion: () => ({ libVer: BigInt(options.libVersion) }),
    connectIsSecure: () => ({ secure: 1 }),
  };
}

/**
 * @returns the URI as GET_URI answers it
 * @throws VirError NO_CONNECT for other drivers' URIs, INTERNAL_ERROR for a wrong path; texts as libvirt's
 */
export function acceptUri(
  name: string,
  {
    scheme,
    privileged,
    rootSession = false,
    paths = daemonPaths(privileged, rootSession),
  }: ConnectionOptions,
): string {
  const [own] = paths;
  if (name === "") return `${scheme}://${own}`;
  const [, given, host, path = ""] = /^([a-z0-9.-]+):\/\/([^/?#]*)([^?#]*)/i.exec(name) ?? [];
  if (given?.toLowerCase() !== scheme || host !== "") {
    throw new VirError(ErrorDomain.NONE, ErrorCode.NO_CONNECT, name);
  }
  if (paths.includes(path)) return name;
  throw internal(ErrorDomain.NONE, `unexpected ${scheme} URI path '${path}', try ${scheme}://${own}`);
}

function daemonPaths(privileged: boolean, rootSession: boolean): [string, ...string[]] {
  if (!privileged) return ["/session"];
  return rootSession ? ["/system", "/session"] : ["/system"];
}

/** Names and types of CONNECT_SET_IDENTITY's parameters. */
const identityFields = {
  "user-name": "string",
  "unix-user-id": "ullong",
  "group-name": "string",
  "unix-group-id": "ullong",
  "process-id": "llong",
  "process-time": "ullong",
  "sasl-user-name": "string",
  "x509-distinguished-name": "string",
  "selinux-context": "string",
} as const;

export function readIdentity(params: readonly TypedParam[]): Identity {
  const read = readTypedParams(params, identityFields);
  const identity: { [K in keyof Identity]: Identity[K] | undefined } = {
    userName: read["user-name"],
    uid: optionalNumber(read["unix-user-id"]),
    groupName: read["group-name"],
    gid: optionalNumber(read["unix-group-id"]),
    pid: optionalNumber(read["process-id"]),
    processTime: read["process-time"],
    saslUserName: read["sasl-user-name"],
    x509DistinguishedName: read["x509-distinguished-name"],
    selinuxContext: read["selinux-context"],
  };
  const known = Object.entries(identity).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known); // the same record without what is not known
}

const optionalNumber = (value: bigint | undefined) => (value === undefined ? undefined : Number(value));
