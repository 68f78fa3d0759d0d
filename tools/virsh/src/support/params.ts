import { ShellError } from "@libvirt-ts/cli";
import type { TypedValues } from "@libvirt-ts/client";
import type { TypedValue } from "@libvirt-ts/protocol";
import type { Context } from "../context.ts";

/* Typed parameters, as they are shown and typed. */

export type ParamValue = TypedValues[string];

/** Claims are told as "yes" and "no", fractions with six digits. */
export function paramText(value: ParamValue): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number" && !Number.isInteger(value)) return value.toFixed(6);
  return String(value);
}

/** "name           : value", one a line. @param show another text for some values */
export function showParams(
  out: Context["out"],
  params: TypedValues,
  show: (value: ParamValue, name: string) => string = paramText,
): void {
  for (const [name, value] of Object.entries(params)) {
    if (out.isJson) out.fields([[name, show(value, name)]], 0);
    else out.line(`${name.padEnd(15)}: ${show(value, name)}`);
  }
}

/** Parts of "AVERAGE,PEAK,BURST,FLOOR" by their names. @throws ShellError if one is no number */
export function rateParts(text: string, names: readonly string[]): Map<string, number> {
  const parts = text.split(",");
  const values = new Map<string, number>();
  names.forEach((name, at) => {
    const part = parts[at];
    if (part === undefined || (part === "" && at > 0)) return;
    if (!/^\d+$/.test(part) || Number(part) > 0xffff_ffff)
      throw new ShellError(`field '${name}' is malformed`);
    values.set(name, Number(part));
  });
  if (parts.length > names.length) throw new ShellError("Rate string has unexpected extra fields");
  return values;
}

/** What was given, without the rest. */
export function givenParams(
  values: Readonly<Record<string, TypedValue | undefined>>,
): Record<string, TypedValue> {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.filter((entry): entry is [string, TypedValue] => entry[1] !== undefined));
}
