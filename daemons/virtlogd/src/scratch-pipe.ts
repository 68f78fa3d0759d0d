import { ErrorDomain, internal } from "@libvirt-ts/errors";
import { type Native, SPLICE_F_NONBLOCK } from "@libvirt-ts/native";

/** Looks into pipes without taking: bytes are doubled into a pipe of our own and read from there. */
export class ScratchPipe {
  readonly #native: Native;
  readonly #buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #pipe: readonly [number, number] | undefined;

  constructor(native: Native) {
    this.#native = native;
  }

  /**
   * @returns up to `length` bytes (at most 64 KiB) of a pipe's head, which stay in the pipe; valid until the next
   *   call. Empty at the end of the pipe, undefined when there is nothing yet
   */
  peek(fd: number, length: number): Uint8Array | undefined {
    const [readEnd, writeEnd] = this.#ends();
    const wanted = Math.min(length, this.#buffer.length);
    const copied = this.#native.tee(fd, writeEnd, wanted, SPLICE_F_NONBLOCK);
    if (copied < 0) return undefined;
    let filled = 0;
    while (filled < copied) {
      const count = this.#native.read(readEnd, this.#buffer, filled, copied - filled);
      if (count <= 0)
        throw internal(ErrorDomain.LOGGING, `scratch pipe gave ${count} for ${copied - filled} bytes`);
      filled += count;
    }
    return this.#buffer.subarray(0, copied);
  }

  /** Takes bytes from a pipe's head and forgets them. @returns bytes taken; fewer when the pipe holds fewer */
  discard(fd: number, length: number): number {
    let taken = 0;
    while (taken < length) {
      const count = this.#native.read(fd, this.#buffer, 0, Math.min(length - taken, this.#buffer.length));
      if (count <= 0) break;
      taken += count;
    }
    return taken;
  }

  #ends(): readonly [number, number] {
    if (this.#pipe) return this.#pipe;
    const pipe = this.#native.pipe2();
    if (typeof pipe === "number") throw internal(ErrorDomain.LOGGING, `no scratch pipe: errno ${-pipe}`);
    this.#pipe = pipe;
    return pipe;
  }
}
