/** The random source of the C tests: byte i of each answer is i. */
export const countingBytes = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i);

/** Their MAC addresses: the tail is always zero. */
export const zeroMac = (): string => "52:54:00:00:00:00";
