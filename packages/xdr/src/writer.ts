import type { Codec } from "./codec.ts";
import { compileEncode } from "./compile-encode.ts";
import { toVirError } from "./failure.ts";

const initialSize = 65_536;
/** A buffer that a rare big value made larger than this is not kept. */
const keptSize = 1_048_576;

/** One growing buffer, reused for value after value. Compiled encoders write into it directly. */
export class Writer {
  bytes: Buffer = Buffer.allocUnsafeSlow(initialSize);
  view: DataView = viewOf(this.bytes);
  position = 0;

  /** Makes room for `count` more bytes behind `position`. The buffer may be another one afterwards. */
  reserve(position: number, count: number): void {
    const needed = position + count;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, position);
    this.bytes = grown;
    this.view = viewOf(grown);
  }

  /** Starts over, leaving `headroom` bytes of undefined content free in front. */
  reset(headroom = 0): void {
    if (this.bytes.length > keptSize) {
      this.bytes = Buffer.allocUnsafeSlow(initialSize);
      this.view = viewOf(this.bytes);
    }
    this.reserve(0, headroom);
    this.position = headroom;
  }

  /** @throws VirError RPC/RPC naming the field: `names[3]: 9 bytes, limit 4`; `reset` before going on */
  write<T>(codec: Codec<T>, value: T): void {
    try {
      const encode = codec.compiledEncode ?? compileEncode(codec);
      encode(this, value);
    } catch (thrown) {
      throw toVirError(thrown);
    }
  }

  /** A copy of what was written since `reset`, headroom included. */
  take(): Uint8Array {
    return new Uint8Array(this.bytes.subarray(0, this.position));
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
