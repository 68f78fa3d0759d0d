import {
  array,
  type Codec,
  f64,
  type Infer,
  i32,
  i64,
  opaque,
  string,
  struct,
  u32,
  u64,
  union,
} from "@libvirt-ts/xdr";
import { STRING_MAX } from "./limits.ts";

/** The strings of all programs but the lock and log ones. */
export const text = string(STRING_MAX);

export const uuid = opaque(16);

/** `id` is -1 for a domain that does not run. Servers look at the uuid only. */
export const NonnullDomain = struct({ name: text, uuid, id: i32 });
export type NonnullDomain = Infer<typeof NonnullDomain>;

export const NonnullNetwork = struct({ name: text, uuid });
export type NonnullNetwork = Infer<typeof NonnullNetwork>;

/** `VIR_TYPED_PARAM_*`: int, uint, llong, ullong, double, boolean (0 or 1), string. */
export const TypedValue = union({ 1: i32, 2: u32, 3: i64, 4: u64, 5: f64, 6: i32, 7: text });
export type TypedValue = Infer<typeof TypedValue>;

/** A named value of one of seven types; `typedParams` makes lists of them. */
export const TypedParam = struct({ field: text, value: TypedValue });
export type TypedParam = Infer<typeof TypedParam>;

export const typedParamList = (max: number): Codec<TypedParam[]> => array(TypedParam, max);
