import { ErrorDomain, invalidArg } from "@libvirt-ts/errors";
import { type CallRow, TypedParam, type TypedValue, typedParams } from "@libvirt-ts/protocol";
import { parseUuid } from "@libvirt-ts/util/uuid";
import type { Codec } from "@libvirt-ts/xdr";
import { claims, counts, type TypedValues } from "./shapes.ts";

/** Makes the object that a struct of the wire names; undefined if the codec is not that of an object. */
export type MakeObject = (codec: Codec<unknown>, wire: never) => object | undefined;
type Show = (value: never, make: MakeObject) => unknown;

/** `VIR_TYPED_PARAM_STRING_OKAY`: strings are understood. */
const stringsOkay = 4;
const isClaim = (field: string) => (claims as readonly string[]).includes(field);
const isCount = (field: string) => (counts as readonly string[]).includes(field);

/** The fields of a struct; none of what is not one. */
export function fieldsOf(codec: Codec<unknown> | null): Readonly<Record<string, Codec<unknown>>> {
  return codec?.schema.kind === "struct" ? codec.schema.fields : {};
}

const isTypedParams = (codec: Codec<unknown> | undefined): boolean =>
  codec?.schema.kind === "array" && codec.schema.element === TypedParam;

/** How a value is shown to callers, worked out once for each codec. */
export function shown(codec: Codec<unknown>, field = ""): Show {
  const { schema } = codec;
  if (isTypedParams(codec)) return (params: readonly TypedParam[]) => typedValues(params);
  if (schema.kind === "optional") {
    const inner = shown(schema.element, field);
    return (value: never, make) => (value === null ? null : inner(value, make));
  }
  if (schema.kind === "array") {
    const element = shown(schema.element, field);
    return (list: readonly never[], make) => list.map((each) => element(each, make));
  }
  if (schema.kind !== "struct") return isClaim(field) ? (value: number) => value !== 0 : (value) => value;
  const fields = Object.entries(schema.fields).map(([name, each]) => [name, shown(each, name)] as const);
  return (struct: Readonly<Record<string, never>>, make) =>
    make(codec, struct as never) ??
    Object.fromEntries(fields.map(([name, show]) => [name, show(struct[name] as never, make)]));
}

/** The result of a call: without the count beside a list, and opened if only one field is left. */
export function shownResult(ret: Codec<unknown> | null): Show {
  if (ret === null) return () => undefined;
  const all = Object.entries(fieldsOf(ret));
  const hasList = all.some(([name, { schema }]) => !isCount(name) && schema.kind === "array");
  const kept = hasList ? all.filter(([name]) => !isCount(name)) : all;
  const fields = kept.map(([name, codec]) => [name, shown(codec, name)] as const);
  const [only] = fields;
  if (only !== undefined && fields.length === 1) {
    const [name, show] = only;
    return (struct: Readonly<Record<string, never>>, make) => show(struct[name] as never, make);
  }
  return (struct: Readonly<Record<string, never>>, make) =>
    Object.fromEntries(fields.map(([name, show]) => [name, show(struct[name] as never, make)]));
}

/** An event's message: flat, without the callback's number. */
export function shownEvent(msg: Codec<unknown>): Show {
  const show = shown(msg);
  return (message: never, make) => {
    // a struct is shown as one
    const { callbackID: _, msg: inner, ...rest } = show(message, make) as Record<string, unknown>;
    return { ...rest, ...Object(inner) };
  };
}

/** Flags, lists and what may be absent are filled in; UUIDs are taken as text too. @param own what the object knows */
export function wireArgs(row: CallRow, own: Readonly<Record<string, unknown>>, given: object = {}): unknown {
  const values: Readonly<Record<string, unknown>> = { ...given, ...own };
  const args: Record<string, unknown> = {};
  for (const [name, { schema }] of Object.entries(fieldsOf(row.args))) {
    const value = values[name];
    if (name === "needResults") args[name] = 1;
    else if (name === "flags") args[name] = flagsOf(row, value);
    else if (value === undefined)
      args[name] = schema.kind === "optional" ? null : name === "nparams" ? 0 : value;
    else if (name === "uuid") args[name] = uuidOf(value);
    else if (typeof value === "boolean") args[name] = value ? 1 : 0;
    else if (isTypedParams(fieldsOf(row.args)[name])) {
      args[name] = typedParams(value as Record<string, TypedValue>); // as `Given` says
    } else args[name] = value;
  }
  return args;
}

/** Lists of parameters are asked for twice: how many there are, then all of them. */
export function nextCount(row: CallRow, ret: unknown): number | undefined {
  if (!("nparams" in fieldsOf(row.args))) return undefined;
  const count: unknown = Reflect.get(Object(ret), "nparams");
  return typeof count === "number" && count > 0 ? count : undefined;
}

/** How many parameters to ask for at first: none, to learn their number; as many as fit if that is not told. */
export function firstCount(row: CallRow): number | undefined {
  if (!("nparams" in fieldsOf(row.args))) return undefined;
  const { nparams, params } = fieldsOf(row.ret);
  return nparams === undefined && params?.schema.kind === "array" ? params.schema.max : 0;
}

function flagsOf(row: CallRow, given: unknown): unknown {
  const flags = typeof given === "number" ? given : 0;
  const lists = "nparams" in fieldsOf(row.args) && isTypedParams(fieldsOf(row.ret).params);
  return lists ? (flags | stringsOkay) >>> 0 : (given ?? 0);
}

function uuidOf(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const bytes = parseUuid(value);
  if (bytes === undefined) throw invalidArg(ErrorDomain.NONE, `not a UUID: '${value}'`);
  return bytes;
}

/** @returns the values by name; booleans are 6 on the wire */
export function typedValues(params: readonly TypedParam[]): TypedValues {
  return Object.fromEntries(
    params.map(({ field, value }) => [field, value.type === 6 ? value.value !== 0 : value.value]),
  );
}
