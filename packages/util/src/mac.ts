const sixBytes = /^0*[0-9a-fA-F]{1,2}(?::0*[0-9a-fA-F]{1,2}){5}(?=$|[ \t\n\v\f\r])/;

/**
 * Whatever stands behind a blank is passed over, as are leading zeros of a byte.
 * @returns the address in lower case with two digits a byte, or `undefined` when it is none
 */
export function parseMac(text: string): string | undefined {
  const bytes = sixBytes.exec(text)?.[0].split(":");
  return bytes?.map((byte) => Number.parseInt(byte, 16).toString(16).padStart(2, "0")).join(":");
}

/** Addressed to a group rather than to one card. */
export const isMulticastMac = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;

/**
 * A new address: three fixed bytes, three random ones.
 * @param prefix `52:54:00` for QEMU and KVM
 * @param random source of `n` random bytes
 */
export function generateMac(prefix: string, random: (n: number) => Uint8Array): string {
  const tail = Array.from(random(3), (byte) => byte.toString(16).padStart(2, "0"));
  return [prefix, ...tail].join(":");
}
