import { FRAME_MIN, type Header, MessageStatus, MessageType } from "@libvirt-ts/protocol";

/** Offsets in a frame, length word included. */
export const offset = { length: 0, prog: 4, vers: 8, proc: 12, type: 16, serial: 20, status: 24 } as const;

/** The part of a header that a call, its reply and its stream share. */
export type Address = Pick<Header, "prog" | "vers" | "proc" | "serial">;

export const readAddress = (bytes: Buffer, at = 0): Address => ({
  prog: bytes.readUInt32BE(at + offset.prog),
  vers: bytes.readUInt32BE(at + offset.vers),
  proc: bytes.readInt32BE(at + offset.proc),
  serial: bytes.readUInt32BE(at + offset.serial),
});

export const sameAddress = (a: Address, b: Address): boolean =>
  a.serial === b.serial && a.proc === b.proc && a.prog === b.prog && a.vers === b.vers;

/** Writes length word and header: 28 bytes at `at`. */
export function putHeader(
  bytes: Buffer,
  at: number,
  length: number,
  address: Address,
  type: number,
  status: number,
): void {
  bytes.writeUInt32BE(length, at);
  bytes.writeUInt32BE(address.prog, at + offset.prog);
  bytes.writeUInt32BE(address.vers, at + offset.vers);
  bytes.writeInt32BE(address.proc, at + offset.proc);
  bytes.writeUInt32BE(type, at + offset.type);
  bytes.writeUInt32BE(address.serial, at + offset.serial);
  bytes.writeUInt32BE(status, at + offset.status);
}

/** Gives a whole frame another address: how frames are relayed. */
export function readdress(frame: Buffer, address: Address): Buffer {
  frame.writeUInt32BE(address.prog, offset.prog);
  frame.writeUInt32BE(address.vers, offset.vers);
  frame.writeInt32BE(address.proc, offset.proc);
  frame.writeUInt32BE(address.serial, offset.serial);
  return frame;
}

/** A frame of its own. */
export function buildFrame(header: Header, body: Uint8Array = noBody): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_MIN + body.length);
  putHeader(frame, 0, frame.length, header, header.type, header.status);
  frame.set(body, FRAME_MIN);
  return frame;
}

export const isReply = (type: number): boolean =>
  type === MessageType.REPLY || type === MessageType.REPLY_WITH_FDS;
export const isStream = (type: number): boolean =>
  type === MessageType.STREAM || type === MessageType.STREAM_HOLE;
/** A packet after which its stream is over: the peer finished, aborted or failed it. */
export const endsStream = (type: number, status: number): boolean =>
  type === MessageType.STREAM && status !== MessageStatus.CONTINUE;

const noBody = new Uint8Array(0);
