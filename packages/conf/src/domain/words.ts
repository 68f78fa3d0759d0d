import { attr, type Field, oneOf, type Refusal, type Show } from "@libvirt-ts/xml";

interface Options<W> {
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
  const { refuse, ...rest } = options;
  return attr<W[number]>(name, oneOf(words, refuse), rest);
}
