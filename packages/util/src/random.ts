/** Cryptographically strong random bytes. */
export const randomBytes = (size: number): Uint8Array => crypto.getRandomValues(new Uint8Array(size));
