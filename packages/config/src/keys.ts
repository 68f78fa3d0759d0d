import { type ConfEntry, type ConfValue, confError, parseConf } from "./conf-file.ts";

/** One configuration key: its type, default, bounds and what it is for. */
export interface Key<T> {
  readonly kind: "int" | "flag" | "string" | "list";
  /** Value when the file does not set the key; undefined when "not set" is an answer of its own. */
  readonly default: T;
  /** One or more sentences for people; the sample file, the man page and the lens are made from it. */
  readonly doc: string;
  /** Stands in the sample file where there is no default, or none worth showing. */
  readonly example?: string | number | readonly string[] | undefined;
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
  /** @returns the typed value, or what was expected instead */
  read(value: ConfValue): { ok: T } | { expected: string };
}

export type Keys = Readonly<Record<string, Key<unknown>>>;

/** The typed values of a key table. */
export type Values<K extends Keys> = { readonly [N in keyof K]: K[N] extends Key<infer T> ? T : never };

interface Doc {
  doc: string;
  example?: string | number | readonly string[];
}

/** A whole number within bounds. */
export function int(initial: number, o: Doc & { min: number; max: number }): Key<number> {
  return { kind: "int", default: initial, ...o, read: (value) => readInt(value, o.min, o.max) };
}

/** 0 or 1 in the file, a boolean here. */
export function flag(initial: boolean, o: Doc): Key<boolean> {
  return { kind: "flag", default: initial, ...o, read: readFlag };
}

/** As `flag`, undefined when the file does not say. */
export function optionalFlag(o: Doc): Key<boolean | undefined> {
  return { kind: "flag", default: undefined, ...o, read: readFlag };
}

/** A string, optionally one of a few. */
export function str(initial: string, o: Doc & { oneOf?: readonly string[] }): Key<string> {
  return { kind: "string", default: initial, ...o, read: (value) => readString(value, o.oneOf) };
}

/** As `str`, undefined when the file does not say. */
export function optionalStr(o: Doc & { oneOf?: readonly string[] }): Key<string | undefined> {
  return { kind: "string", default: undefined, ...o, read: (value) => readString(value, o.oneOf) };
}

/** A list of strings; one bare string counts as a list of one. */
export function list(initial: readonly string[], o: Doc): Key<readonly string[]> {
  return { kind: "list", default: initial, ...o, read: readList };
}

/** As `list`, undefined when the file does not say. */
export function optionalList(o: Doc): Key<readonly string[] | undefined> {
  return { kind: "list", default: undefined, ...o, read: readList };
}

/** A key that the file sets and the table does not know. */
export interface UnknownKey {
  key: string;
  line: number;
}

export interface Config<K extends Keys> {
  values: Values<K>;
  /** Unknown keys, each once, for one warning each. */
  unknown: UnknownKey[];
}

/**
 * Reads a configuration file by its key table.
 * @param text content; "" gives all defaults
 * @throws VirError CONF/CONF_SYNTAX: bad grammar, wrong type or out of bounds, with line and column
 */
export function readConfig<K extends Keys>(keys: K, text: string, file: string): Config<K> {
  const values: Record<string, unknown> = {};
  const unknown = new Map<string, UnknownKey>();
  for (const entry of parseConf(text, file)) {
    const key = Object.hasOwn(keys, entry.key) ? keys[entry.key] : undefined;
    if (!key) {
      if (!unknown.has(entry.key)) unknown.set(entry.key, { key: entry.key, line: entry.line });
    } else if (!Object.hasOwn(values, entry.key)) {
      values[entry.key] = readEntry(key, entry, file);
    }
  }
  for (const [name, key] of Object.entries(keys))
    if (!Object.hasOwn(values, name)) values[name] = key.default;
  return { values: values as Values<K>, unknown: [...unknown.values()] }; // every key of K was set above by its own reader
}

function readEntry(key: Key<unknown>, entry: ConfEntry, file: string): unknown {
  const result = key.read(entry.value);
  if ("ok" in result) return result.ok;
  throw confError(file, entry.line, entry.valueColumn, `${result.expected} for '${entry.key}' parameter`);
}

function readInt(value: ConfValue, min: number, max: number): { ok: number } | { expected: string } {
  if (typeof value !== "bigint") return { expected: "expected a number" };
  if (value < BigInt(min) || value > BigInt(max))
    return { expected: `expected a number in range ${min}:${max}` };
  return { ok: Number(value) };
}

function readFlag(value: ConfValue): { ok: boolean } | { expected: string } {
  return value === 0n || value === 1n ? { ok: value === 1n } : { expected: "expected 0 or 1" };
}

function readString(value: ConfValue, oneOf?: readonly string[]): { ok: string } | { expected: string } {
  if (typeof value !== "string") return { expected: "expected a string" };
  if (oneOf && !oneOf.includes(value)) return { expected: `expected one of ${oneOf.join(", ")}` };
  return { ok: value };
}

function readList(value: ConfValue): { ok: readonly string[] } | { expected: string } {
  if (typeof value === "string") return { ok: [value] };
  if (typeof value === "bigint") return { expected: "expected a string list" };
  const strings = value.filter((item): item is string => typeof item === "string");
  return strings.length === value.length ? { ok: strings } : { expected: "expected a string list" };
}
