const factors: { readonly [unit: string]: bigint } = {
  b: 1n,
  byte: 1n,
  bytes: 1n,
};
const prefixes = "kmgtpe";

/**
 * How many bytes a unit stands for: `KiB`, `K` and `k` are 1024, `KB` is 1000, `b` and `bytes` are 1.
 * @returns `undefined` for a unit nobody knows
 */
export function unitBytes(unit: string): bigint | undefined {
  const lower = unit.toLowerCase();
  const fixed = Object.hasOwn(factors, lower) ? factors[lower] : undefined;
  if (fixed !== undefined) return fixed;
  const power = prefixes.indexOf(lower.charAt(0)) + 1;
  if (lower === "" || power === 0) return undefined;
  const rest = lower.slice(1);
  if (rest === "" || rest === "ib") return 1024n ** BigInt(power);
  return rest === "b" ? 1000n ** BigInt(power) : undefined;
}

/** Rounds up to whole KiB. */
export const bytesToKiB = (bytes: bigint): bigint => (bytes + 1023n) / 1024n;

/** A size in the largest unit that keeps it whole: 1536 KiB is `[1536n, "KiB"]`, 2097152 B is `[2n, "MiB"]`. */
export function prettySize(bytes: bigint): [value: bigint, unit: string] {
  if (bytes === 0n) return [0n, "B"];
  const names = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  let value = bytes;
  let at = 0;
  while (value % 1024n === 0n && at < names.length - 1) {
    value /= 1024n;
    at++;
  }
  return [value, names[at] ?? "B"];
}
