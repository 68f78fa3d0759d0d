/**
 * Text for a `char x[length]` field: latin1 bytes, cut to leave a NUL, filled with NULs.
 * @param length without it, exactly the text's bytes and one NUL, as variable char arrays are sent
 */
export function charsFromText(text: string, length: number = text.length + 1): Uint8Array {
  const chars = new Uint8Array(length);
  chars.set(Buffer.from(text, "latin1").subarray(0, length - 1));
  return chars;
}

/** The text of a char array up to its first NUL. */
export function textFromChars(chars: Uint8Array): string {
  const nul = chars.indexOf(0);
  return Buffer.from(nul < 0 ? chars : chars.subarray(0, nul)).toString("latin1");
}
