import { randomBytes } from "./random.ts";

/** A UUID in canonical text form, lower case: `8b3f4dc4-6a8e-5f9b-94a5-4c35babd8d95`. */
export type Uuid = string;

/** @param bytes 16 bytes, as on the wire */
export function formatUuid(bytes: Uint8Array): Uuid {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * Reads a UUID as libvirt does: 32 hex digits of any case, dashes anywhere between byte pairs, blanks around.
 * @returns 16 bytes, or undefined when the text is no UUID
 */
export function parseUuid(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  if (!/^([0-9a-fA-F]{2}-*){16}$/.test(trimmed)) return undefined;
  return Buffer.from(trimmed.replaceAll("-", ""), "hex");
}

/** A random (version 4) UUID. */
export function randomUuid(random: (size: number) => Uint8Array = randomBytes): Uuid {
  const bytes = Uint8Array.from(random(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40; // always 16 bytes
  bytes[8] = (bytes[8]! & 0x3f) | 0x80; // always 16 bytes
  return formatUuid(bytes);
}
