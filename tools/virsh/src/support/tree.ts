/** What hangs on something else, by name; a parent that is not among the entries makes a root. */
export interface Entry {
  readonly name: string;
  readonly parent: string | undefined;
}

/** Trees drawn with lines. */
export function formatTrees(entries: readonly Entry[]): string {
  const names = new Set(entries.map(({ name }) => name));
  const roots = entries.filter(({ parent }) => parent === undefined || !names.has(parent));
  const seen = new Set<string>();
  return roots
    .map(({ name }) => drawn(name, entries, { indent: "", isRoot: true, isLast: true }, seen))
    .join("");
}

interface Place {
  readonly indent: string;
  readonly isRoot: boolean;
  readonly isLast: boolean;
}

function drawn(
  name: string,
  entries: readonly Entry[],
  { indent, isRoot, isLast }: Place,
  seen: Set<string>,
): string {
  if (seen.has(name)) return ""; // something hangs on itself
  seen.add(name);
  const children = entries.filter(({ parent }) => parent === name);
  const own = isRoot ? `${name}\n` : `${indent}+- ${name}\n`;
  const inner = isRoot ? "  " : `${indent}${isLast ? " " : "|"}  `;
  const gap = children.length > 0 ? `${inner}|\n` : isLast ? `${indent}  \n` : "";
  const below = children.map((child, at) =>
    drawn(child.name, entries, { indent: inner, isRoot: false, isLast: at === children.length - 1 }, seen),
  );
  return `${own}${gap}${below.join("")}`;
}
