/**
 * Sets of small numbers as libvirt writes them: `0-3,^2,7`. In memory: sorted numbers without repeats.
 */
export type Bitmap = readonly number[];

/** Highest number accepted; a bound so that `0-4000000000` cannot eat the memory. */
const limit = 16_383;

/**
 * @param text ranges, single numbers and exclusions (`^N`), separated by commas
 * @returns `undefined` if the text is not of that form or a number is above 16383
 */
export function parseBitmap(text: string): number[] | undefined {
  const bits = new Set<number>();
  const items = text.trim().split(",");
  for (const item of items) {
    const match = /^\s*(\^)?(\d+)(?:-(\d+))?\s*$/.exec(item);
    if (!match) return undefined;
    const first = Number(match[2]);
    const last = match[3] === undefined ? first : Number(match[3]);
    if (last < first || last > limit || (match[1] && match[3] !== undefined)) return undefined;
    for (let bit = first; bit <= last; bit++) {
      if (match[1]) bits.delete(bit);
      else bits.add(bit);
    }
  }
  return [...bits].sort((a, b) => a - b);
}

/** The shortest text: `0-1,3`. */
export function formatBitmap(bits: Bitmap): string {
  const parts: string[] = [];
  for (let i = 0; i < bits.length; ) {
    const first = bits[i] ?? 0;
    let last = first;
    for (i++; bits[i] === last + 1; i++) last++;
    parts.push(first === last ? String(first) : `${first}-${last}`);
  }
  return parts.join(",");
}

/** Whether the two have a number in common. */
export const overlaps = (a: Bitmap, b: Bitmap): boolean => a.some((bit) => b.includes(bit));
