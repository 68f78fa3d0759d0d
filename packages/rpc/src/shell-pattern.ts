/**
 * `*` any characters, `?` one of them, all others themselves: what lists of names and of certificates take.
 * differs: character classes in brackets are not known.
 */
export function shellPattern(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "su");
}
