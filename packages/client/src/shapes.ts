import type {
  Args,
  CallRow,
  EventRow,
  Msg,
  NonnullDomain,
  NonnullDomainSnapshot,
  NonnullInterface,
  NonnullNetwork,
  NonnullNetworkPort,
  NonnullNwfilterBinding,
  NonnullSecret,
  NonnullStorageVol,
  Ret,
  TypedParam,
  TypedValue,
} from "@libvirt-ts/protocol";
import type {
  Domain,
  DomainCheckpoint,
  DomainSnapshot,
  Interface,
  Network,
  NetworkPort,
  NodeDevice,
  Nwfilter,
  NwfilterBinding,
  Secret,
  StoragePool,
  StorageVol,
} from "./objects.ts";

/* What becomes of the wire's structs in the public API, as types; marshal.ts does the same to values. */

/** Results by name; of a name that occurs more than once the last. */
export type TypedValues = Readonly<Record<string, number | bigint | string | boolean>>;

/** Fields of results that are 0 or 1. */
export const claims = [
  "active",
  "persistent",
  "autostart",
  "updated",
  "secure",
  "supported",
  "current",
] as const;
type Claim = (typeof claims)[number];

/** Fields that say how long the list beside them is. */
export const counts = ["ret", "nparams", "nerrors"] as const;
type Count = (typeof counts)[number];

/** The class of an object on the wire. Some structs are alike, so the field's name decides. */
type ObjectOf<F, T> = T extends NonnullDomain
  ? Domain
  : T extends NonnullNetworkPort
    ? NetworkPort
    : T extends NonnullNwfilterBinding
      ? NwfilterBinding
      : T extends NonnullInterface
        ? Interface
        : T extends NonnullStorageVol
          ? StorageVol
          : T extends NonnullSecret
            ? Secret
            : T extends NonnullDomainSnapshot
              ? F extends "parent" | "checkpoint" | "checkpoints"
                ? DomainCheckpoint
                : DomainSnapshot
              : T extends NonnullNetwork
                ? F extends "pool" | "pools"
                  ? StoragePool
                  : F extends "nwfilter" | "filters"
                    ? Nwfilter
                    : Network
                : F extends "dev" | "devices"
                  ? NodeDevice
                  : never;

/** A value of a result, in the field `F`. */
export type Shown<F, T> = [T] extends [readonly TypedParam[]]
  ? TypedValues
  : T extends readonly (infer E)[]
    ? Shown<F, E>[]
    : T extends Uint8Array | string | bigint | null
      ? T
      : T extends number
        ? F extends Claim
          ? boolean
          : T
        : T extends object
          ? [ObjectOf<F, T>] extends [never]
            ? { [K in keyof T]: Shown<K, T[K]> }
            : ObjectOf<F, T>
          : T;

type WithoutCount<T> =
  Extract<T[Exclude<keyof T, Count>], readonly unknown[]> extends never ? T : Omit<T, Count>;
type IsOne<K, All = K> = [K] extends [never]
  ? false
  : K extends K
    ? [All] extends [K]
      ? true
      : false
    : never;
/** A struct of one field is that field. */
type Opened<T> = IsOne<keyof T> extends true ? { [K in keyof T]: Shown<K, T[K]> }[keyof T] : Shown<"", T>;

/** What a call gives. */
export type Output<R extends CallRow> = R["ret"] extends null ? undefined : Opened<WithoutCount<Ret<R>>>;

/** What an event tells: the message without the callback's number. */
export type EventOutput<R extends EventRow> = EventFields<Msg<R>>;
type EventFields<M> = M extends { msg: infer Inner }
  ? EventFields<Omit<M, "msg"> & Inner>
  : { [K in Exclude<keyof M, "callbackID">]: Shown<K, M[K]> };

/** A value of an argument. */
type Given<F, T> = [T] extends [readonly TypedParam[]]
  ? Readonly<Record<string, TypedValue>>
  : F extends "uuid"
    ? string | Uint8Array
    : F extends Claim
      ? boolean
      : T extends readonly (infer E)[]
        ? readonly E[]
        : T;

/** Arguments that are filled in if they are left out. */
type FilledIn = "flags" | "nparams";
type Optional<A, K extends keyof A> = K extends FilledIn ? true : null extends A[K] ? true : false;
type Fields<A> = {
  [K in keyof A as Optional<A, K> extends true ? never : K]: Given<K, A[K]>;
} & { [K in keyof A as Optional<A, K> extends true ? K : never]?: Given<K, A[K]> };

/** What a caller gives: the call's arguments without those in `Known`; optional ones and flags may be left out. */
export type Input<R extends CallRow, Known> = Flat<Fields<Omit<Args<R>, (Known & string) | "needResults">>>;
type Flat<T> = { [K in keyof T]: T[K] };

/** How a call is made. */
export interface CallOptions {
  /** Rejects at once when it aborts; what the daemon is doing goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Descriptors that go along, for the calls that take some; closed once sent. */
  readonly fds?: readonly number[];
}

/** A call of a row as a method. @typeParam Known arguments that the object is */
export type Method<R extends CallRow, Known> =
  Record<never, never> extends Input<R, Known>
    ? (args?: Input<R, Known>, options?: CallOptions) => Promise<Output<R>>
    : (args: Input<R, Known>, options?: CallOptions) => Promise<Output<R>>;
