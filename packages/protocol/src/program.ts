import type { Codec } from "@libvirt-ts/xdr";

type Payload = Codec<unknown> | null;

/** The driver connection a call is for; a split daemon forwards the others' calls. */
export type ConnectionKind =
  | "hypervisor"
  | "network"
  | "storage"
  | "nodedev"
  | "interface"
  | "nwfilter"
  | "secret";

/**
 * `object:permission`, limited to calls whose flags fit by `:FLAG|FLAG` (any bit set) or `:!FLAG` (not set), or
 * whose parameter has a value by `::param:VALUE`. FLAG and VALUE are names of the public headers.
 */
export type AclRule = string;

export interface StreamSpec {
  /** `read` = from server to client. Consoles are `read` and go both ways. */
  readonly direction: "read" | "write";
  /** The bit of the call's flags that makes the stream sparse. */
  readonly sparseFlag?: number;
}

/** What a row says besides number and types. */
export interface CallOptions {
  /** The public function of this call, as clients see it in NO_SUPPORT errors. */
  api?: string;
  /** `high` calls never wait for a guest, so they must not queue behind those that do. Default: `low`. */
  priority?: "high" | "low";
  /** All of them must allow the call. */
  acl?: AclRule | readonly AclRule[];
  /** Checked for each object of a result, which leaves out what is refused. */
  aclFilter?: AclRule;
  /** The reply is followed by a stream. */
  stream?: StreamSpec;
  /** File descriptors travel with the call (`in`), its reply (`out`) or both. */
  fds?: "in" | "out" | "inout";
  /** False: callable before authentication. */
  needAuth?: false;
}

/** A procedure as declared; `program()` adds where it belongs. */
export interface CallSpec<A extends Payload = Payload, R extends Payload = Payload> {
  readonly kind: "call";
  readonly number: number;
  readonly args: A;
  readonly ret: R;
  readonly api: string | undefined;
  readonly priority: "high" | "low";
  readonly acl: readonly AclRule[];
  readonly aclFilter: AclRule | undefined;
  readonly stream: StreamSpec | undefined;
  readonly fds: "in" | "out" | "inout" | undefined;
  readonly needAuth: boolean;
  /** `undefined`: the RPC layer itself, or a program without drivers. */
  readonly conn: ConnectionKind | undefined;
}

/** A message the server sends unasked. */
export interface EventSpec<M extends Payload = Payload> {
  readonly kind: "event";
  readonly number: number;
  readonly msg: M;
}

/** Makes the `proc` of a table whose calls are all for one connection. */
export const procFor =
  (conn: ConnectionKind | undefined) =>
  <A extends Payload, R extends Payload>(
    number: number,
    args: A,
    ret: R,
    options: CallOptions = {},
  ): CallSpec<A, R> => {
    const { api, priority = "low", acl = [], aclFilter, stream, fds, needAuth = true } = options;
    const rules = typeof acl === "string" ? [acl] : acl;
    return {
      kind: "call",
      number,
      args,
      ret,
      api,
      priority,
      acl: rules,
      aclFilter,
      stream,
      fds,
      needAuth,
      conn,
    };
  };

export const proc = procFor(undefined);

export const event = <M extends Payload>(number: number, msg: M): EventSpec<M> => ({
  kind: "event",
  number,
  msg,
});

export interface ProgramIdentity {
  readonly name: string;
  readonly number: number;
  readonly version: number;
}

/** Where a row belongs; `name` is its key in `procs`. */
interface Placed {
  readonly name: string;
  readonly program: ProgramIdentity;
}

export type CallRow<A extends Payload = Payload, R extends Payload = Payload> = CallSpec<A, R> & Placed;
export type EventRow<M extends Payload = Payload> = EventSpec<M> & Placed;
export type Row = CallRow | EventRow;
export type Rows = Readonly<Record<string, Row>>;
type Specs = Readonly<Record<string, CallSpec | EventSpec>>;

/** What a codec reads; nothing (`N`) for `null`. */
type Value<P extends Payload, N> = P extends Codec<infer T> ? T : N;

/** The arguments of a call; `undefined` if it has none. */
export type Args<R extends Pick<CallRow, "args">> = Value<R["args"], undefined>;
/** The result of a call; `void` if it has none. */
export type Ret<R extends Pick<CallRow, "ret">> = Value<R["ret"], void>;
/** The message of an event; `undefined` if it has none. */
export type Msg<R extends Pick<EventRow, "msg">> = Value<R["msg"], undefined>;

export interface Program<P = Rows> extends ProgramIdentity {
  readonly procs: P;
  /** The row of a procedure or event number. */
  readonly byNumber: ReadonlyMap<number, Row>;
}

type PlacedRows<S extends Specs> = { readonly [K in keyof S]: S[K] & Placed };

/**
 * A program is its table: numbers, types and rules are said in the rows and nowhere else.
 * @param specs become the rows: they are added to, not copied, so each belongs to one program
 */
export function program<S extends Specs>(
  name: string,
  number: number,
  version: number,
  specs: S,
): Program<PlacedRows<S>> {
  const identity: ProgramIdentity = { name, number, version };
  const byNumber = new Map<number, Row>();
  for (const [key, spec] of Object.entries(specs))
    byNumber.set(spec.number, Object.assign(spec, { name: key, program: identity }));
  return { ...identity, procs: specs as PlacedRows<S>, byNumber }; // every one was just placed
}
