import type { Schema, SchemaEntity } from "./schema-query.ts";

export interface ValidateOptions {
  /** Members may be missing, and others be there: the properties of a device are in no schema. */
  incomplete?: boolean;
  /** What QEMU has marked as deprecated passes. */
  deprecated?: boolean;
}

/**
 * Holds a value against a type of a QMP schema.
 * @param entity where in the schema: the arguments of a command, say
 * @returns what is wrong, with the path to it; `undefined` when the value is as it must be
 */
export function validateQmp(
  schema: Schema,
  entity: SchemaEntity | undefined,
  value: unknown,
  options: ValidateOptions = {},
): string | undefined {
  return check(value, entity, "");

  function check(value: unknown, type: SchemaEntity | undefined, path: string): string | undefined {
    const wrong = (what: string) => `${path === "" ? "value" : path}: ${what}`;
    if (type === undefined) return wrong("no such type");
    switch (type["meta-type"]) {
      case "builtin":
        return isJson(value, type["json-type"]) ? undefined : wrong(`not of type ${type["json-type"]}`);
      case "enum": {
        const words = type.values ?? type.members?.map(({ name }) => name) ?? [];
        if (typeof value !== "string" || !words.includes(value))
          return wrong(`none of the values of ${type.name}`);
        const features = type.members?.find(({ name }) => name === value)?.features;
        return isRefused(features) ? wrong(`value '${value}' is deprecated`) : undefined;
      }
      case "array":
        if (!Array.isArray(value)) return wrong("not an array");
        return first(value.entries(), ([i, each]) =>
          check(each, schema.get(type["element-type"] ?? ""), `${path}[${i}]`),
        );
      case "alternate": {
        const complaints = (type.members ?? []).map((member) => check(value, schema.get(member.type), path));
        return complaints.includes(undefined) ? undefined : (complaints[0] ?? wrong("no alternative"));
      }
      case "object":
        if (typeof value !== "object" || value === null || Array.isArray(value))
          return wrong("not an object");
        if (isRefused(type.features)) return wrong("deprecated");
        return checkObject(value as Record<string, unknown>, type, path); // just seen
      default:
        return wrong(`a ${type["meta-type"]} has no values`);
    }
  }

  function checkObject(value: Record<string, unknown>, type: SchemaEntity, path: string): string | undefined {
    const at = (name: string) => (path === "" ? name : `${path}.${name}`);
    const members = membersFor(value, type);
    if (typeof members === "string") return `${at(type.tag ?? "")}: ${members}`;
    for (const [name, each] of Object.entries(value)) {
      const member = members.find((m) => m.name === name);
      if (member === undefined && options.incomplete) continue;
      if (member === undefined) return `${at(name)}: no such member`;
      if (isRefused(member.features)) return `${at(name)}: deprecated`;
      const complaint = check(each, schema.get(member.type), at(name));
      if (complaint !== undefined) return complaint;
    }
    if (options.incomplete) return undefined;
    const missing = members.find((m) => !("default" in m) && m.name !== undefined && !(m.name in value));
    return missing && `${at(missing.name ?? "")}: missing`;
  }

  /** Members of an object, with those of the variant its tag chooses. */
  function membersFor(value: Record<string, unknown>, type: SchemaEntity) {
    const own = type.members ?? [];
    if (type.tag === undefined) return own;
    const chosen = value[type.tag];
    if (chosen === undefined)
      return options.incomplete || own.some((m) => m.name === type.tag && "default" in m) ? own : "missing";
    const variant = type.variants?.find((each) => each.case === chosen);
    // A value without a variant of its own adds nothing; whether it is a value at all its type tells.
    return [...own, ...((variant && schema.get(variant.type)?.members) ?? [])];
  }

  function isRefused(features: readonly string[] | undefined): boolean {
    return options.deprecated !== true && features?.includes("deprecated") === true;
  }
}

function isJson(value: unknown, type: string | undefined): boolean {
  switch (type) {
    case "int":
      return typeof value === "bigint" || Number.isInteger(value);
    case "number":
    case "string":
    case "boolean":
      return typeof value === type || (type === "number" && typeof value === "bigint");
    case "null":
      return value === null;
    default:
      return true;
  }
}

function first<T>(each: Iterable<T>, look: (item: T) => string | undefined): string | undefined {
  for (const item of each) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
