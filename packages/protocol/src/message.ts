import { type Infer, i32, i64, struct, u32 } from "@libvirt-ts/xdr";
import { HEADER_SIZE, LENGTH_SIZE } from "./limits.ts";

/** `virNetMessageType`. */
export const MessageType = {
  CALL: 0,
  REPLY: 1,
  /** An event, or a keepalive ping or pong. */
  MESSAGE: 2,
  STREAM: 3,
  CALL_WITH_FDS: 4,
  REPLY_WITH_FDS: 5,
  STREAM_HOLE: 6,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** `virNetMessageStatus`. */
export const MessageStatus = { OK: 0, ERROR: 1, CONTINUE: 2 } as const;
export type MessageStatus = (typeof MessageStatus)[keyof typeof MessageStatus];

/** `virNetMessageHeader`: the 24 bytes behind the length word. `type` and `status` are not validated. */
export const Header = struct({ prog: u32, vers: u32, proc: i32, type: i32, serial: u32, status: i32 });
export type Header = Infer<typeof Header>;

/** `virNetStreamHole`: a run of `length` zero bytes in a sparse stream; flags are 0. */
export const StreamHole = struct({ length: i64, flags: u32 });
export type StreamHole = Infer<typeof StreamHole>;

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!; // callers check the size

function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** @param at offset of the length word; 28 bytes must follow, which a frame has */
export function readHeader(bytes: Uint8Array, at = 0): Header {
  const p = at + LENGTH_SIZE;
  return {
    prog: word(bytes, p) >>> 0,
    vers: word(bytes, p + 4) >>> 0,
    proc: word(bytes, p + 8),
    type: word(bytes, p + 12),
    serial: word(bytes, p + 16) >>> 0,
    status: word(bytes, p + 20),
  };
}

/** Writes the length word and the header: 28 bytes at `at`. @param length bytes of the whole frame */
export function writeHeader(bytes: Uint8Array, header: Header, length: number, at = 0): void {
  putWord(bytes, at, length);
  const p = at + LENGTH_SIZE;
  putWord(bytes, p, header.prog);
  putWord(bytes, p + 4, header.vers);
  putWord(bytes, p + 8, header.proc);
  putWord(bytes, p + 12, header.type);
  putWord(bytes, p + 16, header.serial);
  putWord(bytes, p + HEADER_SIZE - 4, header.status);
}
