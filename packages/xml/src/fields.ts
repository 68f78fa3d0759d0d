import { type ElementCodec, type Fields, type InferFields, missingAttribute } from "./codec.ts";
import { xmlError } from "./errors.ts";
import {
  type Bag,
  type Context,
  compileLater,
  type Field,
  isRead,
  isShown,
  type Plan,
  type Show,
} from "./plan.ts";
import type { Scalar } from "./scalar.ts";
import { type AttrShape, type Compare, plainShape, type Shape, shapeOf } from "./shape.ts";
import { joined, type XmlElement } from "./tree.ts";

export interface FieldOptions<T> {
  readonly show?: Show;
  /** Absent means this; the field is then always there. */
  readonly default?: T;
  /** This value is not written. */
  readonly omit?: T;
}

interface AttrOptions<T> extends FieldOptions<T> {
  readonly required?: true;
  /** Another refusal when a required attribute is absent. */
  readonly missing?: (from: XmlElement, context: Context) => Error;
  /** An empty attribute counts as absent. */
  readonly emptyIsAbsent?: true;
  /** In valid documents, where that differs. */
  readonly strict?: StrictOptions;
}

/** What valid documents must say and the parser does not ask for, or the other way round. */
interface StrictOptions {
  readonly required?: boolean;
  /** May occur more than once; the parser takes one. */
  readonly many?: true;
  /** May lack the attribute that is its message. */
  readonly bare?: true;
}

/** An attribute. Optional unless `required` or given a `default`. */
export function attr<T>(
  name: string,
  scalar: Scalar<T>,
  options: AttrOptions<T> & ({ readonly required: true } | { readonly default: T }),
): Field<T, "always">;
export function attr<T>(name: string, scalar: Scalar<T>, options?: AttrOptions<T>): Field<T, "optional">;
export function attr<T>(
  name: string,
  scalar: Scalar<T>,
  options: AttrOptions<T> = {},
): Field<T, "always" | "optional"> {
  const { show, omit, required, missing, emptyIsAbsent } = options;
  const fallback = options.default;
  const always = required === true || fallback !== undefined;
  return {
    presence: always ? "always" : "optional",
    plan: (key): Plan => ({
      shape: { attrs: [attrShape(key, name, scalar, options)] },
      attr: {
        name,
        parse(text, from, out, context) {
          if (show !== undefined && !isRead(show, context)) return;
          if (emptyIsAbsent && text === "") return;
          out[key] = scalar.parse(text, from, name, context);
        },
      },
      ...(always && {
        afterAttrs(from: XmlElement, out: Bag, context: Context) {
          if (out[key] !== undefined) return;
          if (fallback === undefined) throw missing ? missing(from, context) : missingAttribute(name, from);
          out[key] = fallback;
        },
      }),
      formatAttrs(value, writer, context) {
        const own = value as T; // put there by parse, or by a caller held to the type
        if (own === omit || (show !== undefined && !isShown(show, context))) return;
        const text = scalar.format(own);
        if (text !== undefined) writer.attr(name, text);
      },
    }),
  };
}

const attrShape = <T>(
  key: string,
  name: string,
  scalar: Scalar<T>,
  { required, strict, show, default: fallback }: AttrOptions<T>,
): AttrShape => ({
  name,
  key,
  scalar,
  required: strict?.required ?? required === true,
  isStatus: show === "status",
  ...(fallback !== undefined && { fallback: scalar.format(fallback) }),
});

/** The text of the element itself. Blank text counts as absent unless `keepBlank`. */
export function text<T>(
  scalar: Scalar<T>,
  options: { readonly required: true; readonly missing?: () => Error },
): Field<T, "always">;
export function text<T>(
  scalar: Scalar<T>,
  options?: { readonly keepBlank?: true; readonly show?: Show; readonly strict?: StrictOptions },
): Field<T, "optional">;
export function text<T>(
  scalar: Scalar<T>,
  options: {
    readonly required?: true;
    /** The refusal when required text is absent. */
    readonly missing?: () => Error;
    readonly keepBlank?: true;
    readonly show?: Show;
    readonly strict?: StrictOptions;
  } = {},
): Field<T, "always" | "optional"> {
  return {
    presence: options.required ? "always" : "optional",
    plan: (key): Plan => ({
      shape: { text: { key, scalar, required: options.strict?.required ?? options.required === true } },
      after(from, out, context) {
        if (!isRead(options.show, context)) return;
        if (from.text === "" || (!options.keepBlank && from.text.trim() === "")) {
          if (options.required)
            throw options.missing?.() ?? xmlError(`missing value in element '${from.name}'`);
          return;
        }
        out[key] = scalar.parse(from.text, from, undefined, context);
      },
      text(value, context) {
        const own = value[key] as T | undefined; // as for attributes
        return own === undefined || !isShown(options.show, context) ? undefined : scalar.format(own);
      },
    }),
  };
}

interface ChildOptions {
  readonly show?: Show;
  readonly required?: true;
  /** The refusal when a required child is absent. */
  readonly missing?: (from: XmlElement) => Error;
  /** Seen again: the later one wins rather than the first. */
  readonly last?: true;
  /** Elements that are passed over. */
  readonly skip?: (element: XmlElement, parent: XmlElement) => boolean;
  /** Several are read as one (`joined`), rather than the first alone. */
  readonly joins?: true;
  /** In valid documents, where that differs. */
  readonly strict?: StrictOptions;
}

/** A child element declared by a codec. */
export function child<T>(
  codec: ElementCodec<T>,
  options: ChildOptions & { readonly required: true },
): Field<T, "always">;
export function child<T>(codec: ElementCodec<T>, options?: ChildOptions): Field<T, "optional">;
export function child<T>(
  codec: ElementCodec<T>,
  options: ChildOptions = {},
): Field<T, "always" | "optional"> {
  const { show, required, missing, last, skip, joins } = options;
  return {
    presence: required ? "always" : "optional",
    plan: (key): Plan => ({
      shape: {
        ...childShape(key, codec.tag, () => codec.shape?.(), options),
        inner: { shape: () => codec.shape?.(), many: false },
      },
      tags: {
        [codec.tag](source, out, context, from) {
          if ((out[key] !== undefined && !last) || !isRead(show, context) || skip?.(source, from)) return;
          out[key] = codec.parse(joins ? joined(source, from) : source, context);
        },
      },
      ...(required && {
        after(from: XmlElement, out: Bag) {
          if (out[key] === undefined)
            throw missing
              ? missing(from)
              : xmlError(`missing element '${codec.tag}' in element '${from.name}'`);
        },
      }),
      formatBody(value, writer, context) {
        if (isShown(show, context)) codec.format(value as T, writer, context); // as for attributes
      },
    }),
  };
}

const childShape = (
  key: string,
  tag: string,
  shape: () => Shape | undefined,
  { required, show, strict = {} }: Pick<ChildOptions, "required" | "show" | "strict">,
) => ({
  children: [
    {
      key,
      tag,
      shape,
      required: strict.required ?? required === true,
      many: strict.many === true,
      isStatus: show === "status",
    },
  ],
});
/** The shape of `<tag>value</tag>`. */
const leafShape = <T>(scalar: Scalar<T>): (() => Shape) => {
  const shape = plainShape({ text: { key: "", scalar, required: true } });
  return () => shape;
};

/** A child element that holds one value as its text. */
export function leaf<T>(
  tag: string,
  scalar: Scalar<T>,
  options: ChildOptions & FieldOptions<T> & ({ readonly required: true } | { readonly default: T }),
): Field<T, "always">;
export function leaf<T>(
  tag: string,
  scalar: Scalar<T>,
  options?: ChildOptions & FieldOptions<T> & { readonly keepEmpty?: true },
): Field<T, "optional">;
export function leaf<T>(
  tag: string,
  scalar: Scalar<T>,
  options: ChildOptions & FieldOptions<T> & { readonly keepEmpty?: true } = {},
): Field<T, "always" | "optional"> {
  const { show, omit, required, missing, keepEmpty } = options;
  const fallback = options.default;
  const always = required === true || fallback !== undefined;
  return {
    presence: always ? "always" : "optional",
    plan: (key): Plan => ({
      shape: childShape(key, tag, leafShape(scalar), options),
      tags: {
        [tag](source, out, context) {
          // The first one counts, also when it says nothing.
          if (key in out || !isRead(show, context)) return;
          const isNothing = source.text === "" && !keepEmpty;
          out[key] = isNothing ? undefined : scalar.parse(source.text, source, undefined, context);
        },
      },
      ...(always && {
        after(from: XmlElement, out: Bag) {
          if (out[key] !== undefined) return;
          if (fallback === undefined)
            throw missing ? missing(from) : xmlError(`missing element '${tag}' in element '${from.name}'`);
          out[key] = fallback;
        },
      }),
      formatBody(value, writer, context) {
        const own = value as T; // as for attributes
        if (own === omit || !isShown(show, context)) return;
        const content = scalar.format(own);
        if (content === undefined) return;
        writer.open(tag);
        if (content === "") writer.close(tag);
        else writer.closeWithText(tag, content);
      },
    }),
  };
}

/** All children of one name, in order; always an array. */
export function list<T>(
  codec: ElementCodec<T>,
  options: {
    readonly show?: Show;
    /** Elements that are passed over. */
    readonly skip?: (element: XmlElement, context: Context) => boolean;
    /** Values that are not written. */
    readonly hide?: (value: T, context: Context) => boolean;
    readonly strict?: StrictOptions;
  } = {},
): Field<T[], "always"> {
  const { show, skip, hide } = options;
  return {
    presence: "always",
    plan: (key): Plan => ({
      shape: {
        ...childShape(key, codec.tag, () => codec.shape?.(), {
          ...(show && { show }),
          strict: { many: true, ...options.strict },
        }),
        inner: { shape: () => codec.shape?.(), many: true },
      },
      init(out) {
        out[key] = [];
      },
      tags: {
        [codec.tag](source, out, context) {
          if (isRead(show, context) && !skip?.(source, context))
            (out[key] as T[]).push(codec.parse(source, context)); // made by init
        },
      },
      formatBody(value, writer, context) {
        if (!isShown(show, context)) return;
        for (const own of value as T[]) {
          // as for attributes
          if (!hide?.(own, context)) codec.format(own, writer, context);
        }
      },
    }),
  };
}

/** All children of one name that hold one value each as text; always an array. */
export function leaves<T>(tag: string, scalar: Scalar<T>): Field<T[], "always"> {
  return list<T>({
    tag,
    shape: leafShape(scalar),
    parse: (source, context) => scalar.parse(source.text, source, undefined, context),
    format(value, writer) {
      const content = scalar.format(value);
      if (content === undefined) return;
      writer.open(tag);
      if (content === "") writer.close(tag);
      else writer.closeWithText(tag, content);
    },
  });
}

/**
 * A field a running guest sees: it must not change under it.
 * @param label its name in the refusal ("disk bus"; for lists it is their count: "disk"), the whole refusal
 *   ("Target ...", with `%t` and `%s` for the target's and the source's value), or what compares the two
 */
export const fixed = <T, P extends string>(label: string | Compare, field: Field<T, P>): Field<T, P> => ({
  presence: field.presence,
  plan(key) {
    const plan = field.plan(key);
    return { ...plan, shape: { ...plan.shape, label } };
  },
});

/** An empty element whose presence is the message: `true` or absent. */
export function flag(tag: string, options: { readonly show?: Show } = {}): Field<true, "optional"> {
  return {
    presence: "optional",
    plan: (key): Plan => ({
      shape: childShape(key, tag, () => plainShape({}), options),
      tags: {
        [tag](_source, out, context) {
          if (isRead(options.show, context)) out[key] = true;
        },
      },
      formatBody(value, writer, context) {
        if (!value || !isShown(options.show, context)) return;
        writer.open(tag);
        writer.close(tag);
      },
    }),
  };
}

/** `<tag NAME='VALUE'/>`: a child with one attribute that is all of the message. Valid documents have it. */
export function attrOf<T>(
  tag: string,
  name: string,
  scalar: Scalar<T>,
  options: {
    readonly show?: Show;
    /** Where the element is, the attribute must be. */
    readonly required?: true;
    /** An empty attribute counts as absent. */
    readonly emptyIsAbsent?: true;
    /** This value is not written. */
    readonly omit?: T;
    readonly strict?: StrictOptions;
  } = {},
): Field<T, "optional"> {
  const { show, required, emptyIsAbsent, omit, strict = {} } = options;
  const shape = plainShape({ attrs: [{ name, key: "", scalar, required: strict.bare !== true }] });
  return {
    presence: "optional",
    plan: (key): Plan => ({
      shape: childShape(key, tag, () => shape, { ...(show && { show }), strict }),
      tags: {
        [tag](source, out, context) {
          if (out[key] !== undefined || !isRead(show, context)) return;
          const written = source.attrs[name];
          if (context.unknown) {
            for (const other in source.attrs) if (other !== name) context.unknown(source, other);
            for (const other of source.children) context.unknown(other);
          }
          if (emptyIsAbsent && written === "") return;
          if (written !== undefined) out[key] = scalar.parse(written, source, name, context);
          else if (required) throw missingAttribute(name, source);
        },
      },
      formatBody(value, writer, context) {
        const own = value as T; // as for attributes
        if (own === omit || !isShown(show, context)) return;
        const content = scalar.format(own);
        if (content === undefined) return;
        writer.open(tag);
        writer.attr(name, content);
        writer.close(tag);
      },
    }),
  };
}

/** A child kept as it was written, namespaces included. */
export function raw(
  tag: string,
  options: { readonly show?: Show; readonly plain?: true } = {},
): Field<XmlElement, "optional"> {
  return {
    presence: "optional",
    plan: (key): Plan => ({
      shape: childShape(key, tag, () => undefined, options),
      tags: {
        [tag](source, out, context) {
          if (isRead(options.show, context)) out[key] ??= source;
        },
      },
      formatBody(value, writer, context) {
        const own = value as XmlElement; // as for attributes
        if (!isShown(options.show, context)) return;
        if (options.plain) writer.plainTree(own);
        else writer.tree(own);
      },
    }),
  };
}

/** Fields that stand in the same element but make up a value of their own: `undefined` when none is set. */
export function group<F extends Fields>(fields: F): Field<InferFields<F>, "optional">;
export function group<F extends Fields>(
  fields: F,
  options: { readonly required: true },
): Field<InferFields<F>, "always">;
export function group<F extends Fields>(
  fields: F,
  options: { readonly required?: true } = {},
): Field<InferFields<F>, "always" | "optional"> {
  const step = compileLater(fields);
  return {
    presence: options.required ? "always" : "optional",
    plan: (key): Plan => ({
      shape: { fields, inner: { shape: () => shapeOf(fields), many: false } },
      after(from, out, context) {
        const own: Bag = {};
        step().parse(from, own, context, true);
        if (options.required || Object.values(own).some(isSet)) out[key] = own;
      },
      formatAttrs: (value, writer, context) => step().formatAttrs(value as Bag, writer, context), // read by the same fields
      formatBody: (value, writer, context) => step().formatBody(value as Bag, writer, context), // read by the same fields
      knowsAttr: (name, value) => step().knowsAttr(name, (value[key] ?? {}) as Bag), // read by the same fields
      knowsTag: (name, value) => step().knowsTag(name, (value[key] ?? {}) as Bag), // as above
    }),
  };
}

const isSet = (part: unknown): boolean => part !== undefined && !(Array.isArray(part) && part.length === 0);
