import { type Codec, Reader } from "@libvirt-ts/xdr";

/** Read buffer of all connections; only the part in use takes memory. */
export const scratch = Buffer.allocUnsafeSlow(1_048_576);
const reader = new Reader(scratch);

/**
 * Decodes a part of a received frame, without making a reader for the usual buffer.
 * @throws VirError RPC/RPC naming the field
 */
export function decodeAt<T>(codec: Codec<T>, bytes: Buffer, start: number, end: number): T {
  const r = bytes === scratch ? reader : new Reader(bytes);
  r.position = start;
  r.end = end;
  return r.read(codec);
}
