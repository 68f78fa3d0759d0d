import type { Json, Props } from "./types.ts";

/** Compact JSON in the order of construction; members that are `undefined` are left out. */
export function toJson(value: Json): string {
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(toJson).join(",")}]`;
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${toJson(member)}`);
  }
  return `{${members.join(",")}}`;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Doubles commas: in option texts a lone one ends the value. */
export const escapeCommas = (text: string): string => text.replaceAll(",", ",,");

/** `null`: the key alone. */
export type OptionValue = string | number | bigint | boolean | null | undefined;

/**
 * `head,key=value,…` as `-chardev`, `-machine`, … take it. Booleans are `on`/`off`, `undefined` leaves an entry
 * out, commas in values are doubled.
 */
export function optionText(
  head: string | undefined,
  entries: readonly (readonly [key: string, value: OptionValue])[],
): string {
  const parts = head === undefined ? [] : [head];
  for (const [key, value] of entries) {
    if (value === undefined) continue;
    if (value === null) {
      parts.push(key);
      continue;
    }
    const text = typeof value === "boolean" ? (value ? "on" : "off") : String(value);
    parts.push(`${key}=${escapeCommas(text)}`);
  }
  return parts.join(",");
}

/** The text form of properties for a QEMU that does not take JSON: nested members become `outer.inner=`. */
export function propsText(props: Props, head: string): string {
  const { [head]: first, ...rest } = props;
  const entries: [string, OptionValue][] = [];
  flatten(rest, "", entries);
  return optionText(escapeCommas(String(first)), entries);
}

function flatten(value: Json | undefined, path: string, into: [string, OptionValue][]) {
  if (value === undefined || value === null) return;
  if (typeof value !== "object") into.push([path, value]);
  else if (isList(value))
    for (const [i, item] of value.entries()) flatten(item, path === "" ? String(i) : `${path}.${i}`, into);
  else
    for (const [key, member] of Object.entries(value))
      flatten(member, path === "" ? key : `${path}.${key}`, into);
}

/** Properties as option entries below a prefix: `file.server.host=`. */
export function flatOptions(prefix: string, props: Props): [key: string, value: OptionValue][] {
  const entries: [string, OptionValue][] = [];
  flatten(props, prefix, entries);
  return entries;
}
