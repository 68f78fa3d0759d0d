import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { TypedParam, TypedValue } from "./common.ts";

/** Makers of the seven types of values. */
export const typed = {
  int: (value: number): TypedValue => ({ type: 1, value }),
  uint: (value: number): TypedValue => ({ type: 2, value }),
  llong: (value: bigint): TypedValue => ({ type: 3, value }),
  ullong: (value: bigint): TypedValue => ({ type: 4, value }),
  double: (value: number): TypedValue => ({ type: 5, value }),
  boolean: (value: boolean): TypedValue => ({ type: 6, value: value ? 1 : 0 }),
  string: (value: string): TypedValue => ({ type: 7, value }),
};

/** What each type is in TypeScript. */
interface TypeOf {
  int: number;
  uint: number;
  llong: bigint;
  ullong: bigint;
  double: number;
  boolean: boolean;
  string: string;
}
type TypeName = keyof TypeOf;

/** In the order of their numbers, which start at 1. */
const typeNames: readonly TypeName[] = ["int", "uint", "llong", "ullong", "double", "boolean", "string"];

/** The list in the order of the record; a field that is `undefined` is left out. */
export function typedParams(values: Readonly<Record<string, TypedValue | undefined>>): TypedParam[] {
  const list: TypedParam[] = [];
  for (const field in values) {
    const value = values[field];
    if (value !== undefined) list.push({ field, value });
  }
  return list;
}

/** For callers that did not set VIR_TYPED_PARAM_STRING_OKAY. */
export const withoutStrings = (list: readonly TypedParam[]): TypedParam[] =>
  list.filter(({ value }) => value.type !== 7);

/** Which fields a call knows and their types; `string[]` may occur several times. */
export type TypedFields = Readonly<Record<string, TypeName | "string[]">>;

export type TypedRecord<F extends TypedFields> = {
  [K in keyof F]?: F[K] extends TypeName ? TypeOf[F[K]] : string[];
};

/**
 * The values by name.
 * @throws VirError ARGUMENT_UNSUPPORTED for a field that is not in `fields`, INVALID_ARG for one of another type
 * or given twice; texts as libvirt's
 */
export function readTypedParams<F extends TypedFields>(
  list: readonly TypedParam[],
  fields: F,
): TypedRecord<F> {
  const record: Record<string, unknown> = {};
  for (const { field, value } of list) {
    const wanted = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (wanted === undefined)
      throw new VirError(
        ErrorDomain.NONE,
        ErrorCode.ARGUMENT_UNSUPPORTED,
        `parameter '${field}' not supported`,
      );
    const several = wanted === "string[]";
    const expected = several ? "string" : wanted;
    const actual = typeNames[value.type - 1];
    if (actual !== expected)
      throw invalid(`invalid type '${actual}' for parameter '${field}', expected '${expected}'`);
    if (several)
      record[field] = [...((record[field] as string[] | undefined) ?? []), value.value]; // made here
    else if (field in record) throw invalid(`parameter '${field}' occurs multiple times`);
    else record[field] = value.type === 6 ? value.value !== 0 : value.value;
  }
  return record as TypedRecord<F>; // every value was checked against its field
}

const invalid = (detail: string): VirError => new VirError(ErrorDomain.NONE, ErrorCode.INVALID_ARG, detail);
