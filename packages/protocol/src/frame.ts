import { type Codec, encode } from "@libvirt-ts/xdr";
import { FRAME_MIN } from "./limits.ts";
import { type Header, writeHeader } from "./message.ts";

/** A whole frame, length word included: header, then `value` (nothing for a null codec). */
export function frame<T>(header: Header, codec: Codec<T>, value: T): Uint8Array;
export function frame(header: Header, codec: null): Uint8Array;
export function frame(header: Header, codec: Codec<unknown> | null, value?: unknown): Uint8Array {
  const bytes = codec === null ? new Uint8Array(FRAME_MIN) : encode(codec, value, FRAME_MIN);
  writeHeader(bytes, header, bytes.length);
  return bytes;
}
