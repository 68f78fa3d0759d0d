import type { CallRow, Rows } from "@libvirt-ts/protocol";
import type { Codec } from "@libvirt-ts/xdr";
import { fieldsOf, firstCount, nextCount, shownResult, wireArgs } from "./marshal.ts";
import type { Session } from "./session.ts";
import type { CallOptions, Method } from "./shapes.ts";

/** Calls with a stream or with descriptors in their reply: methods of their own. */
export const special = [
  "domainOpenConsole",
  "domainOpenChannel",
  "domainScreenshot",
  "domainOpenGraphicsFd",
  "domainMigratePrepareTunnel",
  "domainMigratePrepareTunnel3",
  "domainMonitorCommandWithFiles",
  "storageVolUpload",
  "storageVolDownload",
] as const;
type Special = (typeof special)[number];

/** A row's name behind the first of the prefixes that fits: `domainGetState` is `getState` for "domain". */
type Named<Name extends string, Prefix extends string> = Name extends `${Prefix}${infer Rest}`
  ? Uncapitalize<Rest>
  : Name;

/** Rows about one kind of object: those that name it in the field `Field`. */
export type CallsAbout<P, Field extends string, Wire, Prefix extends string, Added extends string = ""> = {
  [K in keyof P & string as K extends Special | `connect${string}`
    ? never
    : P[K] extends CallRow<Codec<Record<Field, Wire>>>
      ? WithPrefix<Named<K, Prefix>, Added>
      : never]: P[K] extends CallRow ? Method<P[K], Field> : never;
};
type WithPrefix<Name extends string, Added extends string> = Added extends ""
  ? Name
  : `${Added}${Capitalize<Name>}`;

/** Those that are about no object. */
export type CallsOfConnection<P, Prefix extends string, Hidden extends string> = {
  [K in keyof P & string as K extends Special | Hidden
    ? never
    : P[K] extends CallRow
      ? Named<K, Prefix>
      : never]: P[K] extends CallRow ? Method<P[K], never> : never;
};

export interface Bound {
  readonly session: Session;
}

export interface Binding {
  readonly rows: Rows;
  /** Whether the row becomes a method here. */
  takes(row: CallRow): boolean;
  /** Taken off the names of rows. */
  readonly prefix: string;
  /** Put before what is left. */
  readonly added?: string;
  /** The argument that the object is. */
  readonly self?: string;
}

/** Gives a class its methods: each makes the call of a row. */
export function bindCalls(prototype: object, bindings: readonly Binding[]): void {
  for (const { rows, takes, prefix, added = "", self } of bindings) {
    for (const row of Object.values(rows)) {
      if (row.kind !== "call" || isSpecial(row.name) || !takes(row)) continue;
      const value = callOf(row, self);
      Object.defineProperty(prototype, methodName(row.name, prefix, added), { value, configurable: true });
    }
  }
}

const isSpecial = (name: string): boolean => (special as readonly string[]).includes(name);

export function methodName(name: string, prefix: string, added = ""): string {
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return added === "" ? lower(rest) : added + rest.charAt(0).toUpperCase() + rest.slice(1);
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** Whether a row's arguments have this struct in this field. */
export const isAbout = (row: CallRow, field: string, wire: Codec<unknown>): boolean =>
  !row.name.startsWith("connect") && fieldsOf(row.args)[field] === wire;

function callOf(row: CallRow, self: string | undefined) {
  const show = shownResult(row.ret);
  return async function call(this: Bound, given?: object, options?: CallOptions): Promise<unknown> {
    const own: Record<string, unknown> = self === undefined ? {} : { [self]: selfOf(this, row, self) };
    const { session } = this;
    const request = (more: object = {}) =>
      session.call(row, wireArgs(row, { ...own, ...more }, given) as never, options);
    if (given !== undefined && "nparams" in given) return show((await request()) as never, session.make);
    const first = firstCount(row);
    let ret: unknown = await request(first === undefined ? {} : { nparams: first });
    const count = first === 0 ? nextCount(row, ret) : undefined;
    if (count !== undefined) ret = await request({ nparams: count });
    return show(ret as never, session.make); // what the row's codec read
  };
}

/** Node devices are named by their name alone. */
const selfOf = (object: object, row: CallRow, self: string): unknown =>
  fieldsOf(row.args)[self]?.schema.kind === "string" ? Reflect.get(object, self) : object;
