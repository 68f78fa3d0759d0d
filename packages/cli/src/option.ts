import { bounds, parseInteger, type Range, scaledInteger } from "./numbers.ts";
import { ShellError } from "./shell-error.ts";

/** What completes an option's value: candidates for what was typed so far. */
export type Completer<C> = (context: C, typed: string) => Promise<readonly string[]> | readonly string[];

/**
 * An option of a command. `read` makes the value of what was typed, when the command asks for it: a number that is
 * none is told of after what the command found wrong before.
 */
export interface Option<T, C = never> {
  /** Flags have no value; `many` takes all that is left. */
  readonly kind: "flag" | "text" | "number" | "many";
  /** For `help`, in a few words. */
  readonly doc: string;
  readonly required: boolean;
  /** Never filled by its place, only by `--name`. */
  readonly named: boolean;
  readonly complete?: Completer<C>;
  /** @param given what was typed, none if it was not. @throws ShellError if that is no such value */
  read(given: readonly string[], name: string): T;
}

/** Another spelling: "shareable" may stand for `mode` with the value `shareable`. */
export interface Alias {
  readonly kind: "alias";
  readonly of: string;
  readonly value?: string;
}

const base = { required: false, named: false };

/** There or not. */
export const flag = (doc: string): Option<boolean> => ({
  ...base,
  kind: "flag",
  doc,
  read: (given) => given.length > 0,
});

/** A text; an empty one is an error. */
export const text = <C = never>(doc: string, complete?: Completer<C>): Option<string | undefined, C> => ({
  ...base,
  kind: "text",
  doc,
  ...(complete !== undefined && { complete }),
  read([given], name) {
    if (given === "") throw new ShellError(`Failed to get option '${name}': Option argument is empty`);
    return given;
  },
});

/** A text that may be empty. */
export const anyText = (doc: string): Option<string | undefined> => ({
  ...text(doc),
  read: ([given]) => given,
});

const number =
  (range: Range) =>
  (doc: string): Option<number | undefined> => ({
    ...base,
    kind: "number",
    doc,
    read: ([given], name) =>
      given === undefined ? undefined : Number(checked(given, name, parseInteger(given, range))),
  });

const big =
  (range: Range) =>
  (doc: string): Option<bigint | undefined> => ({
    ...base,
    kind: "number",
    doc,
    read: ([given], name) =>
      given === undefined ? undefined : checked(given, name, parseInteger(given, range)),
  });

export const int = number(bounds.int);
export const uint = number(bounds.uint);
/** An unsigned int that takes negative numbers for those that many below its end. */
export const uintWrapping = number(bounds.uintWrapping);
export const longLong = big(bounds.longLong);
export const unsignedLongLong = big(bounds.unsignedLongLong);
export const unsignedLongLongWrapping = big(bounds.unsignedLongLongWrapping);

/** A size with or without a unit, in bytes. @param scale what a number without one is multiplied by */
export const scaled = (
  doc: string,
  { scale = 1n, max = 0xffff_ffff_ffff_ffffn }: { scale?: bigint; max?: bigint } = {},
): Option<bigint | undefined> => ({
  ...base,
  kind: "number",
  doc,
  read: ([given], name) => (given === undefined ? undefined : scaledInteger(given, name, { scale, max })),
});

/** All that is left of the line. */
export const many = <C = never>(doc: string, complete?: Completer<C>): Option<readonly string[], C> => ({
  ...base,
  kind: "many",
  doc,
  ...(complete !== undefined && { complete }),
  read: (given) => given,
});

/** It must be there. */
export const required = <T, C>(option: Option<T, C>): Option<Exclude<T, undefined>, C> => ({
  ...option,
  required: true,
  // the parser has seen to it
  read: (given, name) => option.read(given, name) as Exclude<T, undefined>,
});

/** It is given by name alone. */
export const named = <T, C>(option: Option<T, C>): Option<T, C> => ({ ...option, named: true });

/** Shown as a number, or as a text, whatever it is read as. */
export const shownAs = <T, C>(kind: "text" | "number", option: Option<T, C>): Option<T, C> => ({
  ...option,
  kind,
});

/** A required text. */
export const arg = <C = never>(doc: string, complete?: Completer<C>): Option<string, C> =>
  required(text(doc, complete));

export const alias = (of: string, value?: string): Alias => ({
  kind: "alias",
  of,
  ...(value !== undefined && { value }),
});

function checked(given: string, name: string, value: bigint | undefined): bigint {
  if (value === undefined)
    throw new ShellError(`Numeric value '${given}' for <${name}> option is malformed or out of range`);
  return value;
}
