import { decode, encode } from "@libvirt-ts/xdr";
import { expect, test } from "vitest";
import { frame } from "./frame.ts";
import { FRAME_MIN, LENGTH_SIZE } from "./limits.ts";
import { Header, MessageType, readHeader, StreamHole, writeHeader } from "./message.ts";

test.each([
  { prog: 0x20008086, vers: 1, proc: 1, type: 0, serial: 0, status: 0 },
  { prog: 0xffffffff, vers: 0xffffffff, proc: -1, type: -1, serial: 0xffffffff, status: -1 },
  { prog: 1, vers: 2, proc: 0x7fffffff, type: 4, serial: 5, status: 0x01020304 },
])("the header's fast path agrees with its codec (%#)", (header: Header) => {
  const bytes = new Uint8Array(3 + FRAME_MIN);
  writeHeader(bytes, header, 28, 3);
  expect(bytes.subarray(3, 7)).toEqual(Uint8Array.of(0, 0, 0, 28));
  expect(bytes.subarray(3 + LENGTH_SIZE)).toEqual(encode(Header, header));
  expect(readHeader(bytes, 3)).toEqual(header);
});

test("a frame is header and payload", () => {
  const header = { prog: 1, vers: 1, proc: 2, type: MessageType.STREAM_HOLE, serial: 3, status: 2 };
  const hole = { length: 4096n, flags: 0 };
  const bytes = frame(header, StreamHole, hole);
  expect(bytes.length).toBe(40);
  expect(readHeader(bytes)).toEqual(header);
  expect(decode(StreamHole, bytes, FRAME_MIN)).toEqual(hole);
  expect(frame(header, null).length).toBe(28);
});
