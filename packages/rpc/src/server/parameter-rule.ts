import { ErrorDomain, internal } from "@libvirt-ts/errors";
import type { CallRow } from "@libvirt-ts/protocol";
import type { Codec } from "@libvirt-ts/xdr";

/** Bytes of a typed parameter's name, without the NUL of C. */
const maxName = 79;

/**
 * Names of typed parameters that are too long for C.
 * @returns undefined for calls that bring none
 */
export function parameterRule({ args }: CallRow): ((args: unknown) => void) | undefined {
  const fields = fieldsOf(args);
  const lists = Object.keys(fields).filter((name) => isParameterList(fields[name]));
  if (lists.length === 0) return undefined;
  return (values) => {
    for (const list of lists) checkNames(Reflect.get(Object(values), list));
  };
}

function checkNames(list: unknown): void {
  for (const parameter of Array.isArray(list) ? list : []) {
    const name = String(Reflect.get(Object(parameter), "field"));
    if (Buffer.byteLength(name) > maxName)
      throw internal(ErrorDomain.NONE, `parameter ${name} too big for destination`);
  }
}

const fieldsOf = (codec: Codec<unknown> | null): Readonly<Record<string, Codec<unknown>>> =>
  codec?.schema.kind === "struct" ? codec.schema.fields : {};

/** A list of names with values of types that are told beside them. */
function isParameterList(codec: Codec<unknown> | undefined): boolean {
  const { schema } = codec ?? {};
  if (schema?.kind !== "array") return false;
  const { field: name, value } = fieldsOf(schema.element);
  return name?.schema.kind === "string" && value?.schema.kind === "union";
}
