/**
 * The known word closest to one that is not known, for "did you mean".
 * @returns `undefined` if none is close enough to be meant
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const each of known) {
    if (each === "" || Math.abs(each.length - word.length) >= least) continue;
    const steps = each.toLowerCase() === word.toLowerCase() ? 0 : distance(word, each);
    if (steps < least) {
      least = steps;
      best = each;
    }
  }
  return best;
}

/** How many letters to insert, drop, replace or swap with their neighbour to get from one word to the other. */
export function distance(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let steps = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        steps = Math.min(steps, at(before, j - 2) + 1);
      row.push(steps);
    }
    before = above;
    above = row;
  }
  return at(above, to.length);
}

const at = (row: readonly number[], i: number): number => row[i] ?? 0;
