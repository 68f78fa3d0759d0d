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

const rateFields = {
  inbound: ["average", "peak", "burst", "floor"],
  outbound: ["average", "peak", "burst"],
} as const;

/** Parts of "AVERAGE,PEAK,BURST,FLOOR" by their names. @throws ShellError if one is no number, or they make no sense */
export function rateParts(direction: keyof typeof rateFields, text: string): Map<string, number> {
  const names = rateFields[direction];
  const parts = text.split(",");
  if (parts.length > names.length) throw new ShellError(`Rate string '${text}' has too many fields`);
  const values = new Map<string, number>();
  names.forEach((name, at) => {
    const part = parts[at];
    if (part === undefined || (part === "" && at > 0)) return;
    if (!/^\d+$/.test(part) || Number(part) > 0xffff_ffff)
      throw new ShellError(`field '${name}' is malformed`);
    values.set(name, Number(part));
  });
  const hasBase = (values.get("average") ?? 0) > 0 || (values.get("floor") ?? 0) > 0;
  const hasMore = (values.get("peak") ?? 0) > 0 || (values.get("burst") ?? 0) > 0;
  if (hasMore && !hasBase)
    throw new ShellError(
      direction === "inbound"
        ? "either inbound average or floor is mandatory"
        : "outbound average is mandatory",
    );
  return values;
}

/** What was given, without the rest. */
export function givenParams(
  values: Readonly<Record<string, TypedValue | undefined>>,
): Record<string, TypedValue> {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.filter((entry): entry is [string, TypedValue] => entry[1] !== undefined));
}
