import type { Field, Plan } from "./plan.ts";
import { type Scalar, str } from "./scalar.ts";

/** An element declaration as data: what documents may say, apart from how it is read and written. */
export interface Shape {
  readonly attrs: readonly AttrShape[];
  readonly children: readonly ChildShape[];
  /** Absent: nothing but blanks. */
  readonly text?: TextShape;
  readonly variants: readonly VariantShape[];
  /** What is compared to tell whether a guest would notice a change. */
  readonly fixed: readonly FixedPart[];
  /** Anything may stand in it. */
  readonly isOpen?: true;
  /** What the single fields cannot say: a complaint about an element whose parts are good. */
  readonly rule?: Rule;
}

export interface AttrShape {
  readonly name: string;
  /** The field's name in the data. */
  readonly key: string;
  readonly scalar: Scalar<unknown>;
  readonly required: boolean;
  /** Only in the daemon's own files. */
  readonly isStatus?: boolean;
  /** What absence means, as written. */
  readonly fallback?: string | undefined;
}

export interface ChildShape {
  readonly tag: string;
  readonly key: string;
  /** `undefined`: anything may stand in it. */
  readonly shape: () => Shape | undefined;
  readonly required: boolean;
  /** May occur any number of times. */
  readonly many: boolean;
  /** Only in the daemon's own files. */
  readonly isStatus?: boolean;
}

export interface TextShape {
  readonly key: string;
  readonly scalar: Scalar<unknown>;
  readonly required: boolean;
}

/** Further parts, by the value of the attribute read into `key`. */
export interface VariantShape {
  readonly key: string;
  readonly cases: ReadonlyMap<string, Shape>;
}

/** Two values of a field: @returns how the target's differs from the source's, in words */
export type Compare = (
  source: unknown,
  target: unknown,
  from: { readonly [key: string]: unknown },
  to: { readonly [key: string]: unknown },
) => string | undefined;

/** A field whose value (or what is within it) must stay. */
export interface FixedPart {
  readonly key: string;
  /** How it is called in refusals, or what compares it. */
  readonly label?: string | Compare;
  readonly inner?: Inner;
}

/** What a field holds, where that is an element's value of its own. */
interface Inner {
  readonly shape: () => Shape | undefined;
  readonly many: boolean;
}

/** @returns what is wrong with the element, in words */
export type Rule = (element: import("./tree.ts").XmlElement) => string | undefined;

/** What one field adds to the shape of its element. */
export interface ShapePart {
  readonly attrs?: readonly AttrShape[];
  readonly children?: readonly ChildShape[];
  readonly text?: TextShape;
  readonly variant?: {
    readonly key: string;
    readonly cases: { readonly [word: string]: FieldSet };
    /** The parts of all cases may occur, whichever was chosen. */
    readonly any: boolean;
  };
  /** Fields that stand in the same element. */
  readonly fields?: FieldSet;
  readonly inner?: Inner;
  readonly label?: string | Compare;
}

type FieldSet = { readonly [key: string]: Field<unknown, string> };

/** The shape of an element made up of fields. Of attributes and children declared twice the first counts. */
export function shapeOf(fields: FieldSet, more: Pick<Shape, "isOpen" | "rule"> = {}): Shape {
  const attrs = new Map<string, AttrShape>();
  const children = new Map<string, ChildShape>();
  const variants: VariantShape[] = [];
  const fixed: FixedPart[] = [];
  let text: TextShape | undefined;
  let isOpen = more.isOpen;
  const add = (part: ShapePart | undefined): void => {
    for (const attr of part?.attrs ?? []) if (!attrs.has(attr.name)) attrs.set(attr.name, attr);
    for (const child of part?.children ?? []) if (!children.has(child.tag)) children.set(child.tag, child);
    text ??= part?.text;
    if (part?.variant) {
      const cases = Object.entries(part.variant.cases).map(([word, own]) => [word, shapeOf(own)] as const);
      const shape = { key: part.variant.key, cases: new Map(cases) };
      if (part.variant.any) add(union(cases.map(([, own]) => own)));
      else variants.push(shape);
    }
    if (part?.fields) {
      const inner = shapeOf(part.fields);
      add({ attrs: inner.attrs, children: inner.children, ...(inner.text && { text: inner.text }) });
      variants.push(...inner.variants);
      isOpen ??= inner.isOpen;
    }
  };
  for (const [key, field] of Object.entries(fields)) {
    const plan = field.plan(key);
    add(plan.shape ?? namesOf(key, plan));
    const { label, inner } = plan.shape ?? {};
    if (label !== undefined || inner) fixed.push({ key, ...(label && { label }), ...(inner && { inner }) });
  }
  return {
    attrs: [...attrs.values()],
    children: [...children.values()],
    variants,
    fixed,
    ...(text && { text }),
    ...(isOpen && { isOpen }),
    ...(more.rule && { rule: more.rule }),
  };
}

/** Of a field made by hand only the names are known. */
const namesOf = (key: string, { attr, tags }: Plan): ShapePart => ({
  attrs: attr ? [{ name: attr.name, key, scalar: str, required: false }] : [],
  children: Object.keys(tags ?? {}).map((tag) => ({
    tag,
    key,
    shape: () => undefined,
    required: false,
    many: true,
  })),
});

/** What any of the shapes allows; nothing is required. */
function union(shapes: readonly Shape[]): Shape {
  const attrs = new Map<string, AttrShape>();
  const children = new Map<string, ChildShape[]>();
  for (const shape of shapes) {
    for (const attr of shape.attrs)
      if (!attrs.has(attr.name)) attrs.set(attr.name, { ...attr, required: false });
    for (const child of shape.children) children.set(child.tag, [...(children.get(child.tag) ?? []), child]);
  }
  const text = shapes.find((shape) => shape.text)?.text;
  return {
    attrs: [...attrs.values()],
    children: [...children.values()].flatMap((same) => {
      const [first] = same;
      if (!first) return [];
      const inner = () => {
        const own = same.map((child) => child.shape());
        const known = own.filter((shape) => shape !== undefined);
        return known.length < own.length ? undefined : known.length === 1 ? known[0] : union(known);
      };
      return [{ ...first, required: false, many: same.some(({ many }) => many), shape: inner }];
    }),
    variants: shapes.flatMap((shape) => shape.variants),
    fixed: [],
    ...(text && { text }),
    ...(shapes.some((shape) => shape.isOpen) && { isOpen: true as const }),
  };
}

/** The shape of an element that holds nothing but some attributes, or some text. */
export const plainShape = (parts: { attrs?: readonly AttrShape[]; text?: TextShape }): Shape => ({
  attrs: parts.attrs ?? [],
  children: [],
  variants: [],
  fixed: [],
  ...(parts.text && { text: parts.text }),
});
