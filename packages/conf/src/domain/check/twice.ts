/** Throws what is made of the first value that was there before. */
export function refuseTwice<T>(values: readonly T[], refuse: (value: T) => Error): void {
  const seen = new Set<T>();
  for (const value of values) {
    if (seen.has(value)) throw refuse(value);
    seen.add(value);
  }
}
