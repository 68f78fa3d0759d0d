import type { Key, Keys } from "../keys.ts";
import { boundsText } from "./bounds-text.ts";

const width = 78;

/** A configuration file in which every key stands commented out, with its default or an example. */
export function sampleConf({ title, keys }: { title: string; keys: Keys }): string {
  const head = comment(
    `${title}\n\nLines that begin with a hash are comments. Every key is shown with its default, or with an example where it has none; remove the hash to change it.`,
  );
  const entries = Object.entries(keys).map(([name, key]) => {
    const bounds = boundsText(key);
    return `${comment(key.doc + (bounds && ` ${bounds}`))}#${name} = ${sampleValue(key)}\n`;
  });
  return [head, ...entries].join("\n");
}

function sampleValue({ kind, default: initial, example, min = 0 }: Key<unknown>): string {
  const value = example ?? initial;
  if (kind === "list")
    return `[ ${(Array.isArray(value) ? value : []).map(quote).join(", ")} ]`.replace("[  ]", "[]");
  if (kind === "string") return quote(typeof value === "string" ? value : "");
  return String(Number(value ?? min));
}

function quote(text: unknown): string {
  return `"${text}"`;
}

function comment(text: string): string {
  return text
    .split("\n")
    .flatMap(wrap)
    .map((line) => `# ${line}`.trimEnd().concat("\n"))
    .join("");
}

function wrap(paragraph: string): string[] {
  const lines = [""];
  for (const word of paragraph.split(" ")) {
    const last = lines[lines.length - 1] ?? "";
    if (last === "" || last.length + 1 + word.length <= width)
      lines[lines.length - 1] = last ? `${last} ${word}` : word;
    else lines.push(word);
  }
  return lines;
}
