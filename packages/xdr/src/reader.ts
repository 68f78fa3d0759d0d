import type { Codec } from "./codec.ts";
import { compileDecode } from "./compile-decode.ts";
import { toVirError } from "./failure.ts";

/** A position in received bytes. Compiled decoders read its fields directly and move `position`. */
export class Reader {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Where reading ends; callers that reuse a reader move it together with `position`. */
  end: number;
  position: number;

  /** @param bytes kept, not copied; @param start where reading begins */
  constructor(bytes: Uint8Array, start = 0) {
    this.bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.byteLength;
    this.position = start;
  }

  get left(): number {
    return this.end - this.position;
  }

  /** @throws VirError RPC/RPC naming the field: `dom.uuid: need 16 bytes, 12 left` */
  read<T>(codec: Codec<T>): T {
    try {
      const decode = codec.compiledDecode ?? compileDecode(codec);
      return decode(this) as T; // the compiled function reads what the schema says
    } catch (thrown) {
      throw toVirError(thrown);
    }
  }
}
