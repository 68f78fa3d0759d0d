import type { Key, Keys } from "../keys.ts";
import { boundsText } from "./bounds-text.ts";
import { roffText } from "./roff-text.ts";

/** The keys of a table as tagged paragraphs of a man page. */
export function manSection(keys: Keys): string {
  return Object.entries(keys)
    .map(([name, key]) => {
      const text = [key.doc, boundsText(key), defaultText(key)].filter(Boolean).join(" ");
      return `.TP\n.B ${name}\n${roffText(text)}\n`;
    })
    .join("");
}

function defaultText({ kind, default: initial }: Key<unknown>): string {
  if (initial === undefined) return "";
  if (kind === "list")
    return Array.isArray(initial) && initial.length > 0 ? `Default: ${initial.join(", ")}.` : "";
  return `Default: ${kind === "string" ? `"${initial}"` : Number(initial)}.`;
}
