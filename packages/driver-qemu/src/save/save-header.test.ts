import { expect, test } from "vitest";
import {
  completeMark,
  formatSaveHead,
  HEADER_BYTES,
  parseSaveHeader,
  withDefinition,
  xmlOf,
} from "./save-header.ts";

function complete(xml: string, wasRunning: boolean): Buffer {
  const head = formatSaveHead(xml, wasRunning);
  completeMark.copy(head);
  return head;
}

test.each([
  ["<domain/>", true],
  [`<domain>${"ä".repeat(5000)}</domain>`, false],
])("what is written is found again", (xml, wasRunning) => {
  const head = complete(xml, wasRunning);
  expect(head.length % 4096).toBe(0);
  const header = parseSaveHeader(head.subarray(0, HEADER_BYTES));
  expect(header).toEqual({ dataBytes: head.length - HEADER_BYTES, wasRunning });
  expect(xmlOf(head.subarray(HEADER_BYTES))).toBe(xml);
});

test("another definition takes the place of the first, as far as there is room; a cookie stays", () => {
  const head = complete("<domain/>", true);
  const cookie = "<cookie/>";
  head.writeUInt32LE(100, 32);
  head.write(`${cookie}\0`, HEADER_BYTES + 100);
  for (const room of [0, 200, head.length - HEADER_BYTES - cookie.length - 2]) {
    const xml = "x".repeat(room);
    const changed = withDefinition(head, xml, false);
    expect(changed.length).toBe(head.length);
    expect(parseSaveHeader(changed).wasRunning).toBe(false);
    expect(xmlOf(changed.subarray(HEADER_BYTES))).toBe(xml);
    expect(xmlOf(changed.subarray(HEADER_BYTES + changed.readUInt32LE(32)))).toBe(cookie);
  }
  const tooLong = "x".repeat(head.length - HEADER_BYTES - cookie.length - 1);
  expect(() => withDefinition(head, tooLong, false)).toThrow("new xml too large to fit in file");
});

const changed = (offset: number, value: number) => {
  const head = complete("<domain/>", true);
  head.writeUInt32LE(value, offset);
  return head;
};

test.each([
  ["cut off", complete("<domain/>", true).subarray(0, 50), "failed to read qemu header"],
  ["unfinished", formatSaveHead("<domain/>", true), "save image is incomplete"],
  ["another file", Buffer.alloc(200), "image magic is incorrect"],
  ["of the future", changed(16, 3), "image version is not supported (3 > 2)"],
  ["without a definition", changed(20, 0), "invalid header data length: 0"],
  ["with too long a one", changed(20, 0xffffffff), "invalid header data length: 4294967295"],
  ["compressed", changed(28, 1), "compressed save images are not supported"],
])("refused: %s", (_what, bytes, message) => {
  expect(() => parseSaveHeader(bytes)).toThrow(message);
});
