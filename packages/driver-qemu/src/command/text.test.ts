import { expect, test } from "vitest";
import { optionText, propsText, toJson } from "./text.ts";

test.each([
  [{ driver: "qemu-xhci", p2: 15, id: undefined }, '{"driver":"qemu-xhci","p2":15}'],
  [
    { size: 9007199254740993n, a: [1, "x", null], on: true },
    '{"size":9007199254740993,"a":[1,"x",null],"on":true}',
  ],
])("json %#", (value, text) => {
  expect(toJson(value)).toBe(text);
});

test("option text doubles commas and leaves out what is not there", () => {
  expect(
    optionText("file", [
      ["id", "charserial0"],
      ["path", "/a,b"],
      ["append", true],
      ["logfile", undefined],
    ]),
  ).toBe("file,id=charserial0,path=/a,,b,append=on");
});

test("properties as text", () => {
  expect(
    propsText({ type: "stream", addr: { type: "unix", path: "/s" }, server: false, id: "n" }, "type"),
  ).toBe("stream,addr.type=unix,addr.path=/s,server=off,id=n");
});
