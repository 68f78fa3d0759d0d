import { ErrorCode, ErrorDomain, type VirError } from "@libvirt-ts/errors";
import { expect, test } from "vitest";
import {
  array,
  bool,
  bytes,
  type Codec,
  charArray,
  charsFromText,
  decode,
  encode,
  f64,
  fixedArray,
  fixedCharArray,
  i8,
  i32,
  i64,
  opaque,
  optional,
  Reader,
  string,
  struct,
  textFromChars,
  u8,
  u16,
  u32,
  u64,
  union,
  Writer,
} from "./index.ts";

const text = string(16);
const Dom = struct({ name: text, uuid: opaque(16), id: i32 });
const Param = struct({ field: text, value: union({ 1: i32, 4: u64, 7: text }) });
const hex = (data: Uint8Array) => Buffer.from(data).toString("hex");
const unhex = (data: string) => new Uint8Array(Buffer.from(data.replaceAll(" ", ""), "hex"));

/** One type for a table of codecs whose values differ. */
const row = <T>(name: string, codec: Codec<T>, value: T, wire: string) =>
  [name, codec, value, wire.replaceAll(" ", "")] as [string, Codec<unknown>, unknown, string];

test.each([
  row("i32", i32, -2, "fffffffe"),
  row("u32", u32, 0xffff_fffe, "fffffffe"),
  row("i64", i64, -2n, "fffffffffffffffe"),
  row("u64", u64, 2n ** 64n - 2n, "fffffffffffffffe"),
  row("f64", f64, -1.5, "bff8000000000000"),
  row("bool", bool, true, "00000001"),
  row("i8", i8, -1, "ffffffff"),
  row("u8", u8, 255, "000000ff"),
  row("u16", u16, 65_535, "0000ffff"),
  row("string", text, "abcde", "00000005 6162636465 000000"),
  row("empty string", text, "", "00000000"),
  row("string of two-byte characters", text, "\u00e9", "00000002 c3a9 0000"),
  row("string with a sent replacement character", text, "\ufffd", "00000003 efbfbd 00"),
  row("string that is no UTF-8", text, "a\udcff\udcfe", "00000003 61fffe 00"),
  row("opaque", opaque(3), unhex("010203"), "010203 00"),
  row("bytes", bytes(4), unhex("01"), "00000001 01000000"),
  row("charArray", charArray(4), unhex("61ff"), "00000002 00000061 ffffffff"),
  row("fixedCharArray", fixedCharArray(2), unhex("6100"), "00000061 00000000"),
  row("array", array(u32, 4), [1, 2], "00000002 00000001 00000002"),
  row("array of strings", array(text, 4), ["a"], "00000001 00000001 61000000"),
  row("fixedArray", fixedArray(u16, 2), [1, 2], "00000001 00000002"),
  row("absent", optional(text), null, "00000000"),
  row("present", optional(text), "a", "00000001 00000001 61000000"),
  row("optional of optional", optional(optional(i32)), null, "00000000"),
  row("struct", struct({ a: i32, b: bool }), { a: 1, b: false }, "00000001 00000000"),
  row("empty struct", struct({}), {}, ""),
  row(
    "union",
    Param,
    { field: "f", value: { type: 4, value: 5n } },
    "00000001 66000000 00000004 0000000000000005",
  ),
])("%s: both directions", (_name, codec, value, wire) => {
  expect(hex(encode(codec, value))).toBe(wire);
  expect(decode(codec, unhex(wire))).toEqual(value);
  expect(decode(codec, unhex(`ffff${wire}ffffffff`), 2)).toEqual(value);
});

test.each([
  ["bytes behind a NUL are lost", text, "00000003 610062 00", "a"],
  ["pad bytes are not looked at", text, "00000001 61ffffff", "a"],
  ["a long string is cut too", string(64), `00000020 ${"61".repeat(30)}0062`, "a".repeat(30)],
  ["any value but 0 is true", bool, "00000100", true],
  ["the upper bytes of a char are ignored", u8, "ffffff01", 1],
])("reading: %s", (_name, codec, wire, value) => {
  expect(decode<unknown>(codec, unhex(wire))).toEqual(value);
});

function failure(action: () => unknown): VirError {
  try {
    action();
  } catch (error) {
    return error as VirError; // asserted by the caller
  }
  throw new Error("did not fail");
}

const uuid = "00".repeat(16);
test.each([
  ["a scalar", i32, "000000", "need 4 bytes, 3 left"],
  ["a field", Dom, `00000001 61000000 ${"00".repeat(12)}`, "uuid: need 16 bytes, 12 left"],
  [
    "a nested field",
    struct({ dom: Dom }),
    `00000001 61000000 ${"00".repeat(12)}`,
    "dom.uuid: need 16 bytes, 12 left",
  ],
  ["a string's bytes", text, "00000005 61626364", "need 8 bytes, 4 left"],
  ["a string's limit", Dom, "00000011", "name: 17 bytes, limit 16"],
  ["a count above 2^31", bytes(16), "ffffffff", "4294967295 bytes, limit 16"],
  [
    "an element",
    struct({ names: array(string(4), 4) }),
    "00000002 00000000 00000009",
    "names[1]: 9 bytes, limit 4",
  ],
  ["a list's limit", struct({ names: array(text, 4) }), "00000005", "names: 5 elements, limit 4"],
  ["a list nobody sent", array(Dom, 2 ** 31), "7fffffff", "need 51539607528 bytes, 0 left"],
  [
    "an absent field of an element",
    array(Dom, 4),
    `00000001 00000000 ${uuid} 000000`,
    "need 24 bytes, 23 left",
  ],
  [
    "an optional's value",
    struct({ dom: optional(Dom) }),
    "00000001 00000011",
    "dom.name: 17 bytes, limit 16",
  ],
  [
    "a union's value",
    struct({ params: array(Param, 4) }),
    "00000001 00000001 66000000 00000004 00000000",
    "params[0].value.value: need 8 bytes, 4 left",
  ],
  ["a discriminant", Param, "00000001 66000000 00000009", "value.type: unknown union discriminant 9"],
  ["char arrays", fixedCharArray(4), "00000000", "need 16 bytes, 4 left"],
])("a failure to read %s names it", (_name, codec, wire, detail) => {
  const error = failure(() => decode<unknown>(codec, unhex(wire)));
  expect(error).toMatchObject({ domain: ErrorDomain.RPC, code: ErrorCode.RPC, detail });
});

const bad = <T>(codec: Codec<T>, value: unknown, detail: string) =>
  [codec as Codec<unknown>, value, detail] as const; // values of wrong types on purpose

test.each([
  bad(struct({ id: i32 }), { id: 2 ** 31 }, "id: 2147483648 is not a signed 32-bit integer"),
  bad(struct({ id: u32 }), { id: -1 }, "id: -1 is not an unsigned 32-bit integer"),
  bad(u64, -1n, "-1 is not an unsigned 64-bit bigint"),
  bad(i64, 5, "5 is not a signed 64-bit bigint"),
  bad(Dom, { name: "n", uuid: unhex("00"), id: 1 }, "uuid: 1 bytes, must be 16"),
  bad(Dom, { name: undefined }, "name: undefined is not a string"),
  bad(
    array(struct({ dom: Dom }), 4),
    [{ dom: { name: "x".repeat(17) } }],
    "[0].dom.name: 17 bytes, limit 16",
  ),
  bad(text, "\u00e9".repeat(9), "18 bytes, limit 16"),
  bad(array(i32, 2), [1, 2, 3], "3 elements, limit 2"),
  bad(fixedArray(i32, 2), [1], "1 elements, must be 2"),
  bad(array(i32, 2), "ab", "string is not an array"),
  bad(Param, { field: "f", value: { type: 2, value: 1 } }, "value.type: unknown union discriminant 2"),
  bad(struct({ dom: Dom }), {}, "dom.name: Cannot read properties of undefined (reading 'name')"),
])("a value that does not fit is refused (%#)", (codec, value, detail) => {
  expect(failure(() => encode(codec, value))).toMatchObject({
    domain: ErrorDomain.RPC,
    code: ErrorCode.RPC,
    detail,
  });
});

test("decoded bytes are copies", () => {
  const wire = unhex("00000002 01020000");
  const value = decode(bytes(4), wire);
  wire.fill(9);
  expect(value).toEqual(unhex("0102"));
});

test("a writer is reused, leaves headroom and grows", () => {
  const writer = new Writer();
  writer.reset(4);
  writer.write(u32, 1);
  writer.write(string(1_000_000), "x".repeat(100_000));
  expect(writer.take().length).toBe(4 + 4 + 4 + 100_000);
  writer.reset();
  writer.write(u32, 2);
  expect(hex(writer.take())).toBe("00000002");
  expect(hex(encode(u32, 2, 4)).slice(8)).toBe("00000002");
});

test("a reader reads value after value", () => {
  const reader = new Reader(unhex("00000001 00000002"));
  expect([reader.read(u32), reader.left, reader.read(u32), reader.left]).toEqual([1, 4, 2, 0]);
});

test("char arrays hold text", () => {
  expect(charsFromText("x86_64", 8)).toEqual(unhex("7838365f36340000"));
  expect(charsFromText("abc", 3)).toEqual(unhex("616200"));
  expect(charsFromText("abc")).toEqual(unhex("61626300"));
  expect(textFromChars(unhex("61620063"))).toBe("ab");
});
