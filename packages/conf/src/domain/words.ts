import { attr, type Field, oneOf, type Refusal, type Scalar, type Show } from "@libvirt-ts/xml";

interface Options<W> {
  /** Written out, this word says no more than no attribute at all; valid documents do not use it. */
  readonly neutral?: string;
  readonly required?: true;
  readonly default?: W;
  readonly omit?: W;
  readonly show?: Show;
  readonly emptyIsAbsent?: true;
  /** In valid documents, where that differs. */
  readonly strict?: { readonly required?: boolean };
  readonly refuse?: Refusal;
  readonly missing?: () => Error;
}

/** An attribute that takes one word out of a set. */
export function attrOneOf<const W extends readonly string[]>(
  name: string,
  words: W,
  options: Options<W[number]> & ({ readonly required: true } | { readonly default: W[number] }),
): Field<W[number], "always">;
export function attrOneOf<const W extends readonly string[]>(
  name: string,
  words: W,
  options?: Options<W[number]>,
): Field<W[number], "optional">;
export function attrOneOf<const W extends readonly string[]>(
  name: string,
  words: W,
  options: Options<W[number]> = {},
): Field<W[number], "always" | "optional"> {
  const { refuse, neutral, ...rest } = options;
  const scalar = oneOf(words, refuse);
  return attr<W[number]>(name, neutral === undefined ? scalar : orNothing(scalar, neutral), rest);
}

/** The same scalar; of words it does not know nothing is kept. */
export function known<T>(scalar: Scalar<T>): Scalar<T> {
  return {
    ...scalar,
    parse: (text, from, name) =>
      scalar.words?.includes(text) ? scalar.parse(text, from, name) : (undefined as T), // as below
  };
}

/** The same scalar; of one more word nothing is kept. */
export function orNothing<T>(scalar: Scalar<T>, neutral: string): Scalar<T> {
  return {
    ...scalar,
    parse: (text, from, name) => (text === neutral ? (undefined as T) : scalar.parse(text, from, name)), // absent, as every field may be
  };
}
