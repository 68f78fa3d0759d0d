export { charsFromText, textFromChars } from "./chars.ts";
export { Codec, type Infer, minSize, type ScalarKind, type Schema } from "./codec.ts";
export { decode, encode } from "./coding.ts";
export {
  array,
  bool,
  bytes,
  charArray,
  f64,
  fixedArray,
  fixedCharArray,
  i8,
  i32,
  i64,
  opaque,
  optional,
  string,
  struct,
  u8,
  u16,
  u32,
  u64,
  union,
} from "./combinators.ts";
export { Reader } from "./reader.ts";
export { Writer } from "./writer.ts";
