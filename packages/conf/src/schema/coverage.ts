import type { Shape } from "@libvirt-ts/xml";
import { rootsOf, type SchemaName } from "./schemas.ts";

/**
 * A path by its last two names, without numbers: `target/@bus`, `disk/target`. Most declarations are used in several
 * places; what is declared once is to count once.
 */
export const declarationOf = (path: string): string =>
  path
    .replace(/\[\d+\]/g, "")
    .split("/")
    .filter(Boolean)
    .slice(-2)
    .join("/");

/** Every element, attribute and text that documents of a kind may have, as `declarationOf` tells them apart. */
export function declarations(schema: SchemaName): Set<string> {
  const found = new Set<string>();
  for (const [tag, shapes] of rootsOf(schema)) for (const shape of shapes) collect(shape, `/${tag}`, found);
  return found;
}

function collect(shape: Shape, path: string, found: Set<string>, above: readonly Shape[] = []): void {
  // Declarations that hold themselves are gone through once.
  if (above.includes(shape)) return;
  for (const { name, isStatus } of shape.attrs) if (!isStatus) found.add(declarationOf(`${path}/@${name}`));
  if (shape.text) found.add(declarationOf(`${path}/text()`));
  for (const { tag, isStatus, shape: inner } of shape.children) {
    if (isStatus) continue;
    found.add(declarationOf(`${path}/${tag}`));
    const next = inner();
    if (next) collect(next, `${path}/${tag}`, found, [...above, shape]);
  }
  for (const { cases } of shape.variants)
    for (const own of cases.values()) collect(own, path, found, [...above, shape]);
}
