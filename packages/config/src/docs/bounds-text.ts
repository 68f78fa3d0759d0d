import type { Key } from "../keys.ts";

/** What values a key takes, in words; "" when its type says all. */
export function boundsText({ kind, min, max, oneOf }: Key<unknown>): string {
  if (kind === "flag") return "0 is no, 1 is yes.";
  if (oneOf) return `One of ${oneOf.map((value) => `"${value}"`).join(", ")}.`;
  if (min !== undefined && max !== undefined) return `From ${min} to ${max}.`;
  return "";
}
