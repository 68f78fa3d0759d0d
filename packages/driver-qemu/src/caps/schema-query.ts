import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** One entry of the answer of `query-qmp-schema`; only the members queries look at. */
export interface SchemaEntity {
  name: string;
  "meta-type": string;
  members?: { name?: string; type: string; default?: unknown; features?: string[] }[];
  variants?: { case: string; type: string }[];
  values?: string[];
  features?: string[];
  tag?: string;
  "arg-type"?: string;
  "ret-type"?: string;
  "element-type"?: string;
  "json-type"?: string;
}

export type Schema = ReadonlyMap<string, SchemaEntity>;

export const indexSchema = (entities: readonly SchemaEntity[]): Schema =>
  new Map(entities.map((e) => [e.name, e]));

const badQuery = (path: string) =>
  new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, `malformed QMP schema query '${path}'`);

/**
 * Finds a type by a path whose steps are names: `blockdev-add/arg-type`, `blockdev-add/arg-type/+file`.
 * @throws VirError QEMU/INTERNAL_ERROR if the path makes no sense for the schema
 */
export function findType(schema: Schema, path: string): SchemaEntity | undefined {
  const [root = "", ...steps] = path.split("/");
  let entity = schema.get(root);
  for (const [i, step] of steps.entries()) {
    if (entity === undefined) return undefined;
    if (entity["meta-type"] === "array") entity = schema.get(entity["element-type"] ?? "");
    if (entity === undefined) return undefined;
    const found: SchemaEntity | boolean | undefined = stepInto(
      schema,
      entity,
      step,
      i === steps.length - 1,
      path,
      steps[i + 1],
    );
    if (typeof found === "boolean") return undefined;
    entity = found;
  }
  return entity;
}

/**
 * Looks a path up in a QMP schema: `command/arg-type/member/…`. Steps:
 * `name` mandatory or optional member, `*name` optional member only, `+name` variant of a union,
 * `^value` value of an enum, `$name` feature, `!type` JSON type of a built-in or alternate. `^ $ !` end the path.
 * @returns whether it exists
 * @throws VirError QEMU/INTERNAL_ERROR if the path makes no sense for the schema
 */
export function querySchema(schema: Schema, path: string): boolean {
  const [root, ...steps] = path.split("/");
  let entity = schema.get(root ?? "");
  if (root === undefined || root === "") throw badQuery(path);
  for (const [i, step] of steps.entries()) {
    if (entity === undefined) return false;
    const last = i === steps.length - 1;
    const kind = entity["meta-type"];
    if (step === "") throw badQuery(path);
    if (step.startsWith("$")) {
      if (!last) throw badQuery(path);
      return entity.features?.includes(step.slice(1)) ?? false;
    }
    if (kind === "array") {
      entity = schema.get(entity["element-type"] ?? "");
      // An array is transparent: look at the same step in its element.
      if (entity === undefined) return false;
    }
    const found: SchemaEntity | boolean | undefined = stepInto(
      schema,
      entity,
      step,
      last,
      path,
      steps[i + 1],
    );
    if (typeof found === "boolean") return found;
    entity = found;
  }
  return entity !== undefined;
}

function stepInto(
  schema: Schema,
  entity: SchemaEntity,
  step: string,
  last: boolean,
  path: string,
  following: string | undefined,
): SchemaEntity | boolean | undefined {
  switch (entity["meta-type"]) {
    case "command":
    case "event":
      if (step !== "arg-type" && step !== "ret-type") throw badQuery(path);
      return schema.get(entity[step] ?? "");
    case "object": {
      if (step.startsWith("^") || step.startsWith("!")) throw badQuery(path);
      if (step.startsWith("+")) {
        const variant = entity.variants?.find((v) => v.case === step.slice(1));
        return variant && schema.get(variant.type);
      }
      const optionalOnly = step.startsWith("*");
      const name = optionalOnly ? step.slice(1) : step;
      const member = entity.members?.find((m) => m.name === name);
      if (member === undefined || (optionalOnly && !("default" in member))) return false;
      if (following?.startsWith("$")) return member.features?.includes(following.slice(1)) ?? false;
      return schema.get(member.type);
    }
    case "enum":
      if (!step.startsWith("^") || !last) throw badQuery(path);
      return enumHas(entity, step.slice(1));
    case "builtin":
      if (!step.startsWith("!") || !last) throw badQuery(path);
      return entity["json-type"] === step.slice(1);
    case "alternate": {
      for (const member of entity.members ?? []) {
        const inner = schema.get(member.type);
        if (inner === undefined) continue;
        if (step.startsWith("!") !== (inner["meta-type"] === "builtin")) continue;
        const found = stepInto(schema, inner, step, last, path, following);
        if (found !== false && found !== undefined) return found;
      }
      return false;
    }
    default:
      throw badQuery(path);
  }
}

const enumHas = (entity: SchemaEntity, value: string): boolean => {
  const values = entity.values ?? entity.members?.map((m) => m.name);
  return values?.includes(value) ?? false;
};
