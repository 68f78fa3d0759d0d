import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** QEMU's longest known answer is below 1 MiB; libvirt cuts at the same 10 MiB. */
export const MAX_LINE_BYTES = 10 * 1024 * 1024;

const NEWLINE = 10;

/**
 * Splits a byte stream into lines of JSON text.
 * An unfinished line is kept in pieces and joined once, when its end arrives.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #kept = 0;

  constructor(maxBytes = MAX_LINE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /**
   * @param chunk bytes that may be reused by the caller after the call
   * @returns the whole lines that `chunk` ended, without line ends; blank ones are left out
   * @throws VirError INTERNAL_ERROR when an unfinished line grows beyond the limit
   */
  push(chunk: Uint8Array): string[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const line = this.#finish(bytes.subarray(start, end)).trimEnd();
      if (line !== "") lines.push(line);
      start = end + 1;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
    return lines;
  }

  #finish(tail: Buffer): string {
    if (this.#kept === 0) return tail.toString("utf8");
    const whole = Buffer.concat([...this.#pieces, tail]).toString("utf8");
    this.#pieces = [];
    this.#kept = 0;
    return whole;
  }

  #keep(piece: Buffer): void {
    this.#kept += piece.length;
    if (this.#kept > this.#maxBytes) {
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.INTERNAL_ERROR,
        `QEMU monitor reply exceeds buffer size (${this.#maxBytes} bytes)`,
      );
    }
    this.#pieces.push(Buffer.from(piece));
  }
}
