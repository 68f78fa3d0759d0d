import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** What a codec reads and writes, as data. Compilers, tests and documentation read the same description. */
export type Schema =
  | { readonly kind: ScalarKind }
  | { readonly kind: "string"; readonly max: number }
  | { readonly kind: "opaque"; readonly length: number }
  | { readonly kind: "bytes"; readonly max: number }
  | { readonly kind: "charArray"; readonly max: number }
  | { readonly kind: "fixedCharArray"; readonly length: number }
  | { readonly kind: "array"; readonly element: Codec<unknown>; readonly max: number }
  | { readonly kind: "fixedArray"; readonly element: Codec<unknown>; readonly length: number }
  | { readonly kind: "optional"; readonly element: Codec<unknown> }
  | { readonly kind: "struct"; readonly fields: Readonly<Record<string, Codec<unknown>>> }
  | { readonly kind: "union"; readonly arms: Readonly<Record<number, Codec<unknown>>> };

export type ScalarKind = "i8" | "u8" | "u16" | "i32" | "u32" | "i64" | "u64" | "f64" | "bool";

export type DecodeFunction = (reader: Reader) => unknown;
export type EncodeFunction = (writer: Writer, value: unknown) => void;

/**
 * A wire type: a description and, once it has been used, the two functions compiled from it.
 * Schemas are values made before the values that refer to them, so they cannot recurse.
 */
export class Codec<out T> {
  /** For `Infer` only; there is nothing here at run time. */
  declare readonly type: T;
  readonly schema: Schema;
  /** Filled on first use by the compilers. */
  compiledDecode: DecodeFunction | undefined;
  compiledEncode: EncodeFunction | undefined;

  constructor(schema: Schema) {
    this.schema = schema;
    this.compiledDecode = undefined;
    this.compiledEncode = undefined;
  }
}

/** The TypeScript type of the values a codec reads and writes. */
export type Infer<C extends Codec<unknown>> = C["type"];

const scalarSize: Record<ScalarKind, 4 | 8> = {
  i8: 4,
  u8: 4,
  u16: 4,
  i32: 4,
  u32: 4,
  bool: 4,
  i64: 8,
  u64: 8,
  f64: 8,
};

/** Rounds a byte count up to the 4 bytes everything is aligned to. */
export const padded = (length: number): number => (length + 3) & ~3;

/** Bytes the shortest value takes: what an array of `n` must at least have left before it is allocated. */
export function minSize({ schema }: Codec<unknown>): number {
  switch (schema.kind) {
    case "string":
    case "bytes":
    case "charArray":
    case "array":
    case "optional":
      return 4;
    case "opaque":
      return padded(schema.length);
    case "fixedCharArray":
      return 4 * schema.length;
    case "fixedArray":
      return schema.length * minSize(schema.element);
    case "struct":
      return Object.values(schema.fields).reduce((sum, field) => sum + minSize(field), 0);
    case "union":
      return 4 + Math.min(...Object.values(schema.arms).map(minSize));
    default:
      return scalarSize[schema.kind];
  }
}
