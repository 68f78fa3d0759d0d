import type { Bag, Context, Plan } from "./plan.ts";
import type { XmlWriter } from "./write.ts";

/** Writes one part of an element. */
export type Write = (value: Bag, writer: XmlWriter, context: Context) => void;

/** One field's part, which is asked for only if the field has a value; or a part that finds out by itself. */
export type WrittenPart = { readonly key: string; readonly write: NonNullable<Plan["formatBody"]> } | Write;

/**
 * Joins what the fields of an element write, in their order.
 *
 * Most fields of most values are absent. Looking each up by a name that is a constant of the code is several times
 * cheaper than by one out of a list, so the code is made for each element, when it is first written.
 */
export function joinWrites(parts: readonly WrittenPart[]): Write {
  if (parts.length === 0) return () => {};
  let joined: Write | undefined;
  return (value, writer, context) => {
    joined ??= makeWrite(parts);
    joined(value, writer, context);
  };
}

function makeWrite(parts: readonly WrittenPart[]): Write {
  const lines = parts.map((part, i) =>
    typeof part === "function"
      ? `w${i}(value, writer, context);`
      : `own = value[${JSON.stringify(part.key)}]; if (own !== undefined) w${i}(own, writer, context, value);`,
  );
  const text = `"use strict"; return (value, writer, context) => { let own; ${lines.join(" ")} };`;
  const make = new Function(...parts.map((_, i) => `w${i}`), text);
  return make(...parts.map((part) => (typeof part === "function" ? part : part.write))) as Write; // as the text says
}
