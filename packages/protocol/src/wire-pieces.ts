/* For tests: an account of XDR of its own to hold the compiled codecs against. */

import { type Codec, minSize } from "@libvirt-ts/xdr";

/** A stretch of the wire that is read at once. */
export interface Piece {
  path: string;
  /** Offset from the beginning of the value. */
  start: number;
  /** Bytes that must be there for it to be read. */
  size: number;
  /** The rest of what a decoder reads from here does not start behind `size` but here again. */
  peek?: boolean;
  /** Set on counts. */
  limit?: Limit;
}

export interface Limit {
  max: number;
  unit: "bytes" | "chars" | "elements";
  /** Replaces the counted value by one that is one too long. */
  exceed: () => void;
}

type Put = (value: unknown) => void;

const padded = (length: number) => Math.ceil(length / 4) * 4;
const join = (path: string, name: string) => (path === "" ? name : `${path}.${name}`);

/** The pieces of an encoded value in wire order. */
export function wirePieces(codec: Codec<unknown>, value: unknown): Piece[] {
  const all: Piece[] = [];
  let start = 0;
  for (const piece of piecesOf(codec, value, "", () => {})) {
    all.push({ ...piece, start });
    if (!piece.peek) start += piece.size;
  }
  return all;
}

type Unplaced = Omit<Piece, "start">;

function* piecesOf({ schema }: Codec<unknown>, given: unknown, path: string, put: Put): Generator<Unplaced> {
  // biome-ignore lint/suspicious/noExplicitAny: the schema says what the value is
  const value = given as any;
  const count = (max: number, unit: Limit["unit"], tooLong: () => unknown): Unplaced => ({
    path,
    size: 4,
    limit: { max, unit, exceed: () => put(tooLong()) },
  });
  const inside = function* (element: Codec<unknown>, key: string | number, innerPath: string) {
    yield* piecesOf(element, value[key], innerPath, (replacement) => {
      value[key] = replacement;
    });
  };
  switch (schema.kind) {
    case "string":
      yield count(schema.max, "bytes", () => longText(schema.max + 1));
      yield { path, size: padded(Buffer.byteLength(value)) };
      break;
    case "bytes":
      yield count(schema.max, "bytes", () => new Uint8Array(schema.max + 1));
      yield { path, size: padded(value.length) };
      break;
    case "charArray":
      yield count(schema.max, "chars", () => new Uint8Array(schema.max + 1));
      yield { path, size: 4 * value.length };
      break;
    case "opaque":
      yield { path, size: padded(schema.length) };
      break;
    case "fixedCharArray":
      yield { path, size: 4 * schema.length };
      break;
    case "array":
      yield count(schema.max, "elements", () => new Array(schema.max + 1));
      yield { path, size: value.length * minSize(schema.element), peek: true };
      for (let i = 0; i < value.length; i++) yield* inside(schema.element, i, `${path}[${i}]`);
      break;
    case "fixedArray":
      for (let i = 0; i < value.length; i++) yield* inside(schema.element, i, `${path}[${i}]`);
      break;
    case "optional":
      yield { path, size: 4 };
      if (value !== null) yield* piecesOf(schema.element, value, path, put);
      break;
    case "struct":
      for (const [name, field] of Object.entries(schema.fields)) yield* inside(field, name, join(path, name));
      break;
    case "union":
      yield { path, size: 4 };
      yield* inside(schema.arms[value.type]!, "value", join(path, "value")); // a valid value has an arm
      break;
    case "i64":
    case "u64":
    case "f64":
      yield { path, size: 8 };
      break;
    default:
      yield { path, size: 4 };
  }
}

const texts = new Map<number, string>();
function longText(length: number): string {
  const text = texts.get(length) ?? "x".repeat(length);
  texts.set(length, text);
  return text;
}
