import { xmlError } from "./errors.ts";
import { type Bag, type Context, compileLater, type Field, type Plan } from "./plan.ts";
import { type Rule, type Shape, shapeOf } from "./shape.ts";
import { settled, type XmlElement } from "./tree.ts";
import type { XmlWriter } from "./write.ts";

/** A named set of fields: what an element declaration consists of. */
export type Fields = { readonly [key: string]: Field<unknown, Presence> };
export type Presence = "always" | "optional" | "splice";

type Simplify<T> = { [K in keyof T]: T[K] };
type KeysOf<F extends Fields, P extends Presence> = {
  [K in keyof F]: F[K] extends Field<unknown, P> ? K : never;
}[keyof F];
type ValueOf<F> = F extends Field<infer T, Presence> ? T : never;
type Intersect<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;
type Plain<F extends Fields> = { [K in KeysOf<F, "always">]: ValueOf<F[K]> } & {
  [K in KeysOf<F, "optional">]?: ValueOf<F[K]> | undefined;
};
type Spliced<F extends Fields> = [KeysOf<F, "splice">] extends [never]
  ? unknown
  : Extract<Intersect<{ [K in KeysOf<F, "splice">]: [ValueOf<F[K]>] }[KeysOf<F, "splice">]>, [unknown]>[0];

/** The plain data a set of fields stands for. */
export type InferFields<F extends Fields> = [KeysOf<F, "splice">] extends [never]
  ? Simplify<Plain<F>>
  : Simplify<Plain<F>> & Spliced<F>;

/** The plain data of an element declaration. */
export type Infer<E extends ElementCodec<unknown>> = E extends ElementCodec<infer T> ? T : never;

/** An element in both directions. */
export interface ElementCodec<T> {
  readonly tag: string;
  parse(element: XmlElement, context: Context): T;
  format(value: T, writer: XmlWriter, context: Context): void;
  /** The declaration as data; `undefined`: made by hand, anything may stand in it. */
  shape?(): Shape | undefined;
}

/** What `element` makes. */
export interface DeclaredElement<T> extends ElementCodec<T> {
  /** The same content under another tag. */
  as(tag: string): ElementCodec<T>;
}

export interface ElementOptions<T> {
  /** Namespace URI; default: none asked for. */
  readonly ns?: string;
  /** Written as `<tag/>` when it holds nothing, rather than left out. */
  readonly keepEmpty?: boolean;
  /** Written with an end tag even when it holds nothing. */
  readonly endTag?: boolean;
  /** What is said of a child again overrides what was said before, but for its own children. */
  readonly lastWins?: true;
  /** What several fields mean together: legacy spellings folded in, contradictions refused. */
  readonly read?: (value: T, element: XmlElement, context: Context) => void;
  /** The value as this caller may see it, before it is written. */
  readonly view?: (value: T, context: Context) => T;
  /** For validation: what is wrong although each part by itself is good. */
  readonly rule?: Rule;
}

/**
 * Declares an element: fields in the order they are written.
 *
 * Parsing takes each attribute and child that is declared and passes over the rest; of a child declared
 * once, the first wins (unless `lastWins`). Which code handles which name is decided here, once.
 */
export function element<F extends Fields>(
  tag: string,
  fields: F,
  options: ElementOptions<InferFields<F>> = {},
): DeclaredElement<InferFields<F>> {
  type Value = InferFields<F>;
  const { read, view, keepEmpty = false, endTag = false, lastWins, rule } = options;
  const compiled = compileLater(fields);
  let shape: Shape | undefined;
  return {
    tag,
    as: (other) => element(other, fields, options),
    shape() {
      shape ??= shapeOf(fields, rule ? { rule } : {});
      return shape;
    },
    parse(written, context) {
      const out: Bag = {};
      const source = lastWins ? settled(written) : written;
      compiled().parse(source, out, context);
      const value = out as Value; // filled by the fields that Value is inferred from
      read?.(value, source, context);
      return value;
    },
    format(value, writer, context) {
      const shown = (view ? view(value, context) : value) as Bag; // read back through the same fields
      const step = compiled();
      writer.open(tag);
      step.formatAttrs(shown, writer, context);
      const text = step.text(shown, context);
      if (text !== undefined) {
        writer.closeWithText(tag, text);
        return;
      }
      step.formatBody(shown, writer, context);
      if (endTag) writer.startBody();
      if (keepEmpty) writer.close(tag);
      else writer.closeUnlessBare(tag);
    },
  };
}

/** Breaks a cycle between declarations; the type must be written out by the caller. */
export function lazy<T>(tag: string, codec: () => ElementCodec<T>): ElementCodec<T> {
  return {
    tag,
    shape: () => codec().shape?.(),
    parse: (source, context) => codec().parse(source, context),
    format: (value, writer, context) => codec().format(value, writer, context),
  };
}

/**
 * Picks, by the value of the sibling field `key`, which further fields the element has.
 * @param options `strict.any`: valid documents may have those of other values too
 */
export function variant<const K extends string, C extends { readonly [word: string]: Fields }>(
  key: K,
  cases: C,
  options: { readonly strict?: { readonly any?: true } } = {},
): Field<{ [N in keyof C]: { [P in K]: N } & InferFields<C[N]> }[keyof C], "splice"> {
  const steps = new Map(Object.entries(cases).map(([word, fields]) => [word, compileLater(fields)]));
  const plan: Plan = {
    pick: (out) => steps.get(String(out[key]))?.(),
    shape: { variant: { key, cases, any: options.strict?.any === true } },
  };
  return { presence: "splice", plan: () => plan };
}

/** As the variant given, where `key` may be absent: then there are no further fields. */
export const optionalVariant = <K extends string, V>(
  _key: K,
  cases: Field<V, "splice">,
): Field<V | { [P in K]?: undefined }, "splice"> => cases;

/** "Missing required attribute 'A' in element 'E'" */
export const missingAttribute = (name: string, source: XmlElement) =>
  xmlError(`Missing required attribute '${name}' in element '${source.name}'`);
