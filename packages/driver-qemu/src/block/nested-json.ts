import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

export type JsonObject = { [key: string]: unknown };

export const malformed = (what: string) => new VirError(ErrorDomain.STORAGE, ErrorCode.INVALID_ARG, what);

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Undoes the short form in which QEMU takes options: `file.driver`, `server.0.host`. Numbered members become lists.
 * @throws VirError INVALID_ARG when a member is given twice
 */
export function nestKeys(flat: JsonObject): JsonObject {
  const result: JsonObject = Object.create(null) as JsonObject; // no names of its own
  for (const [key, value] of Object.entries(flat)) {
    const names = key.split(".");
    const last = names.pop() ?? "";
    let at = result;
    for (const name of names) {
      const next = at[name] ?? (Object.create(null) as JsonObject); // as above
      if (!isObject(next)) throw malformed(`can't deflatten colliding key '${key}'`);
      at[name] = next;
      at = next;
    }
    if (at[last] !== undefined) throw malformed(`can't deflatten colliding key '${key}'`);
    at[last] = isObject(value) ? nestKeys(value) : value;
  }
  return Object.fromEntries(Object.entries(result).map(([key, value]) => [key, toList(value)]));
}

/** Members named 0, 1, 2 … are a list. */
function toList(value: unknown): unknown {
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  const inner = Object.fromEntries(keys.map((key) => [key, toList(value[key])]));
  const isList = keys.length > 0 && keys.every((_, i) => String(i) in inner);
  return isList ? keys.map((_, i) => inner[String(i)]) : inner;
}
