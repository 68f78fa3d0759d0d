/** Bytes of the length word and the header behind it. */
export const headerSize = 28;
/** The largest length word accepted: 32 MiB and the word itself. */
export const maxFrameSize = 33_554_432 + 4;
/** Most data bytes in one stream packet that we send. */
export const maxStreamData = 262_120;
/** Most descriptors that may follow one message. */
export const maxFds = 32;

/** Offsets in a frame, length word included. */
export const offset = { length: 0, prog: 4, vers: 8, proc: 12, type: 16, serial: 20, status: 24 } as const;

export const MessageType = {
  CALL: 0,
  REPLY: 1,
  MESSAGE: 2,
  STREAM: 3,
  CALL_WITH_FDS: 4,
  REPLY_WITH_FDS: 5,
  STREAM_HOLE: 6,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

export const MessageStatus = { OK: 0, ERROR: 1, CONTINUE: 2 } as const;
export type MessageStatus = (typeof MessageStatus)[keyof typeof MessageStatus];

/** A header without the length. `proc` is signed, everything else unsigned. */
export interface Header {
  prog: number;
  vers: number;
  proc: number;
  type: number;
  serial: number;
  status: number;
}

export const readHeader = (bytes: Buffer, at = 0): Header => ({
  prog: bytes.readUInt32BE(at + offset.prog),
  vers: bytes.readUInt32BE(at + offset.vers),
  proc: bytes.readInt32BE(at + offset.proc),
  type: bytes.readUInt32BE(at + offset.type),
  serial: bytes.readUInt32BE(at + offset.serial),
  status: bytes.readUInt32BE(at + offset.status),
});

/** Writes length word and header at `at`. `type` and `status` override those of `header`. */
export function writeHeader(
  bytes: Buffer,
  at: number,
  length: number,
  header: Header,
  type: number = header.type,
  status: number = header.status,
): void {
  bytes.writeUInt32BE(length, at);
  bytes.writeUInt32BE(header.prog, at + offset.prog);
  bytes.writeUInt32BE(header.vers, at + offset.vers);
  bytes.writeInt32BE(header.proc, at + offset.proc);
  bytes.writeUInt32BE(type, at + offset.type);
  bytes.writeUInt32BE(header.serial, at + offset.serial);
  bytes.writeUInt32BE(status, at + offset.status);
}

/** A frame of its own. */
export function buildFrame(header: Header, body: Uint8Array = empty): Buffer {
  const frame = Buffer.allocUnsafe(headerSize + body.length);
  writeHeader(frame, 0, frame.length, header);
  frame.set(body, headerSize);
  return frame;
}

const empty = new Uint8Array(0);
