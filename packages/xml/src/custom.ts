import type { Fields } from "./codec.ts";
import type { Context, Field, Plan } from "./plan.ts";
import { str } from "./scalar.ts";
import type { XmlElement } from "./tree.ts";
import type { XmlWriter } from "./write.ts";

export interface Custom<T> {
  /** Child elements it reads. */
  readonly tags?: readonly string[];
  /** Attributes it reads. */
  readonly attrs?: readonly string[];
  /** For validation: the same in fields that are never read or written. */
  readonly like?: Fields;
  /** The value found in the element, once all attributes of plain fields are read. */
  parse(from: XmlElement, context: Context): T | undefined;
  formatAttrs?(value: T, writer: XmlWriter, context: Context): void;
  /** @param whole the value of the element it stands in */
  formatBody?(
    value: T,
    writer: XmlWriter,
    context: Context,
    whole: { readonly [key: string]: unknown },
  ): void;
}

/** For what no other kind of field says: read and written by hand, still in one place. */
export function custom<T>(how: Custom<T>): Field<T, "optional"> {
  return {
    presence: "optional",
    plan: (key): Plan => ({
      shape: how.like ? { fields: how.like } : shapeOfNames(key, how),
      after(from, out, context) {
        const own = how.parse(from, context);
        if (own !== undefined) out[key] = own;
      },
      ...(how.formatAttrs && {
        formatAttrs: (own, writer, context) => how.formatAttrs?.(own as T, writer, context), // as for attributes
      }),
      ...(how.formatBody && {
        formatBody: (own, writer, context, whole) => how.formatBody?.(own as T, writer, context, whole), // as above
      }),
      knowsAttr: (name) => how.attrs?.includes(name) === true,
      knowsTag: (name) => how.tags?.includes(name) === true,
    }),
  };
}

/** Nothing is known of the values but that they are there. */
const shapeOfNames = (key: string, { tags = [], attrs = [] }: Pick<Custom<unknown>, "tags" | "attrs">) => ({
  attrs: attrs.map((name) => ({ name, key, scalar: str, required: false })),
  children: tags.map((tag) => ({ tag, key, shape: () => undefined, required: false, many: true })),
});
