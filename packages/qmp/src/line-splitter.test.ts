import { expect, test } from "vitest";
import { LineSplitter } from "./line-splitter.ts";

const bytes = (text: string) => Buffer.from(text);

test.each<[name: string, chunks: string[], lines: string[][]]>([
  ["one line", ["{}\r\n"], [["{}"]]],
  ["two in a chunk", ["a\nb\n"], [["a", "b"]]],
  ["cut anywhere", ["a", "b\r", "\nc\n"], [[], [], ["ab", "c"]]],
  ["blank lines", ["\r\n\r\na\n"], [["a"]]],
])("%s", (_name, chunks, lines) => {
  const splitter = new LineSplitter();
  expect(chunks.map((chunk) => splitter.push(bytes(chunk)))).toEqual(lines);
});

test("a character cut in two is whole again", () => {
  const splitter = new LineSplitter();
  const text = bytes("é\n");
  expect([...splitter.push(text.subarray(0, 1)), ...splitter.push(text.subarray(1))]).toEqual(["é"]);
});

test("a kept piece is a copy: the read buffer may be reused", () => {
  const splitter = new LineSplitter();
  const chunk = bytes("ab");
  splitter.push(chunk);
  chunk.fill(0x78);
  expect(splitter.push(bytes("c\n"))).toEqual(["abc"]);
});

test("an endless line is refused", () => {
  const splitter = new LineSplitter(8);
  splitter.push(bytes("12345678"));
  expect(() => splitter.push(bytes("9"))).toThrow("exceeds buffer size");
});
