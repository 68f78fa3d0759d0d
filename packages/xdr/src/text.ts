/**
 * Strings on the wire are C strings: they end at the first NUL and are UTF-8 by habit, not by rule.
 * Bytes that are no UTF-8 must survive a round trip (a failed lookup echoes the name in its error), so a string
 * that is not valid UTF-8 is read byte by byte, a byte b >= 0x80 as the lone surrogate U+DC00+b, and such
 * surrogates are written as that byte again. No valid string contains one.
 */

/** Node's buffers have these; its type declarations leave them out. `toString` costs half as much again. */
interface WireBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

const shortBytes = 24;
const replacement = "\ufffd";
const escapedByte = /[\udc80-\udcff]/u;

/** @param length bytes, all of them inside `bytes` */
export function readText(bytes: WireBuffer, start: number, length: number): string {
  if (length <= shortBytes) {
    let at = start;
    const end = start + length;
    while (at < end) {
      const byte = bytes[at]!; // in range, as promised
      if (byte === 0 || byte >= 0x80) break;
      at++;
    }
    if (at === end || bytes[at] === 0) return bytes.latin1Slice(start, at);
  }
  return readLongText(bytes, start, length);
}

function readLongText(bytes: WireBuffer, start: number, length: number): string {
  const nul = bytes.subarray(start, start + length).indexOf(0);
  const end = nul < 0 ? start + length : start + nul;
  const text = bytes.utf8Slice(start, end);
  if (!text.includes(replacement)) return text;
  return isUtf8(bytes, start, end, text) ? text : escapeBytes(bytes, start, end);
}

/** A replacement character that was sent as such is fine; one the decoder made is not. */
function isUtf8(bytes: Buffer, start: number, end: number, text: string): boolean {
  const again = Buffer.from(text);
  return again.length === end - start && again.compare(bytes, start, end) === 0;
}

function escapeBytes(bytes: WireBuffer, start: number, end: number): string {
  return bytes
    .latin1Slice(start, end)
    .replace(/[\x80-\xff]/g, (c) => String.fromCharCode(0xdc00 + c.charCodeAt(0)));
}

/**
 * Writes `text` at `at`; the caller has made sure of `3 * text.length` bytes.
 * @returns bytes written
 */
export function writeText(bytes: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length > shortBytes) return writeLongText(bytes, at, text);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return writeLongText(bytes, at, text);
    bytes[at + i] = code;
  }
  return length;
}

function writeLongText(bytes: Buffer, at: number, text: string): number {
  if (!escapedByte.test(text)) return bytes.write(text, at);
  let end = at;
  for (const char of text) {
    const code = char.charCodeAt(0);
    if (char.length === 1 && code >= 0xdc80 && code <= 0xdcff) bytes[end++] = code - 0xdc00;
    else end += bytes.write(char, end);
  }
  return end - at;
}
