import { Codec, type Infer } from "./codec.ts";

/** Signed 32-bit integer; enums are this too and are not validated. */
export const i32 = new Codec<number>({ kind: "i32" });
/** Unsigned 32-bit integer. */
export const u32 = new Codec<number>({ kind: "u32" });
/** Signed 64-bit integer. */
export const i64 = new Codec<bigint>({ kind: "i64" });
/** Unsigned 64-bit integer. */
export const u64 = new Codec<bigint>({ kind: "u64" });
/** IEEE double. */
export const f64 = new Codec<number>({ kind: "f64" });
/** 4 bytes; anything but 0 reads as true. */
export const bool = new Codec<boolean>({ kind: "bool" });
/** C `char`: 4 bytes on the wire, the upper three ignored when read. */
export const i8 = new Codec<number>({ kind: "i8" });
/** C `unsigned char`: 4 bytes on the wire, the upper three ignored when read. */
export const u8 = new Codec<number>({ kind: "u8" });
/** C `unsigned short`: 4 bytes on the wire, the upper two ignored when read. */
export const u16 = new Codec<number>({ kind: "u16" });

/**
 * A string of at most `max` bytes. Read: ends at the first NUL; UTF-8, and where it is not valid UTF-8 each
 * byte >= 0x80 becomes U+DC80..U+DCFF, which are written back as that byte (see text.ts).
 */
export const string = (max: number): Codec<string> => new Codec({ kind: "string", max });

/** Exactly `length` bytes. The value is a copy, never a view of the receive buffer. */
export const opaque = (length: number): Codec<Uint8Array> => new Codec({ kind: "opaque", length });

/** At most `max` bytes behind their count. The value is a copy. */
export const bytes = (max: number): Codec<Uint8Array> => new Codec({ kind: "bytes", max });

/** `char x<max>`: a counted array with 4 bytes for each signed char; the value holds one byte each. */
export const charArray = (max: number): Codec<Uint8Array> => new Codec({ kind: "charArray", max });

/** `char x[length]`: 4 bytes for each signed char, no count; the value holds one byte each. */
export const fixedCharArray = (length: number): Codec<Uint8Array> =>
  new Codec({ kind: "fixedCharArray", length });

/** At most `max` elements behind their count. */
export const array = <E>(element: Codec<E>, max: number): Codec<E[]> =>
  new Codec({ kind: "array", element, max });

/** Exactly `length` elements, no count. */
export const fixedArray = <E>(element: Codec<E>, length: number): Codec<E[]> =>
  new Codec({ kind: "fixedArray", element, length });

/** A value that may be absent, which is `null`. */
export const optional = <E>(element: Codec<E>): Codec<E | null> => new Codec({ kind: "optional", element });

type Fields = Readonly<Record<string, Codec<unknown>>>;

/** Fields in wire order. Costs nothing until the first value is read or written. */
export const struct = <F extends Fields>(fields: F): Codec<{ [K in keyof F]: Infer<F[K]> }> =>
  new Codec({ kind: "struct", fields });

type Arms = Readonly<Record<number, Codec<unknown>>>;
type Arm<A extends Arms> = { [K in keyof A & number]: { type: K; value: Infer<A[K]> } }[keyof A & number];

/** A 4-byte discriminant, then the arm of that number: `{ type, value }`. Other numbers are an error. */
export const union = <A extends Arms>(arms: A): Codec<Arm<A>> => new Codec({ kind: "union", arms });
