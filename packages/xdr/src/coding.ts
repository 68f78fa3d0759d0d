import type { Codec } from "./codec.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** Encoding is synchronous and runs no foreign code, so one buffer serves everybody. */
const shared = new Writer();

/**
 * @param headroom bytes left free in front, for a header written later
 * @returns a buffer of its own with exactly `headroom` + the encoded bytes
 * @throws VirError RPC/RPC naming the field: `names[3]: 9 bytes, limit 4`
 */
export function encode<T>(codec: Codec<T>, value: T, headroom = 0): Uint8Array {
  shared.reset(headroom);
  shared.write(codec, value);
  return shared.take();
}

/**
 * @param start offset of the value; bytes behind the value are ignored, as libvirt does
 * @throws VirError RPC/RPC naming the field: `dom.uuid: need 16 bytes, 12 left`
 */
export const decode = <T>(codec: Codec<T>, bytes: Uint8Array, start = 0): T =>
  new Reader(bytes, start).read(codec);
