/** Asking the kernel costs far more than the bytes do: they come in stock. */
const stock = new Uint8Array(1024);
let used = stock.length;

/**
 * Cryptographically strong random bytes; each is given once and kept nowhere.
 * By the global `crypto`, which Node loads on first use: node:crypto costs a daemon 2 MB.
 */
export function randomBytes(size: number): Uint8Array {
  if (size > stock.length) return crypto.getRandomValues(new Uint8Array(size));
  if (used + size > stock.length) {
    crypto.getRandomValues(stock);
    used = 0;
  }
  const bytes = stock.slice(used, used + size);
  stock.fill(0, used, used + size);
  used += size;
  return bytes;
}
