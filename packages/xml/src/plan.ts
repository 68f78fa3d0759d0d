import type { ShapePart } from "./shape.ts";
import type { XmlElement } from "./tree.ts";
import type { XmlWriter } from "./write.ts";
import { joinWrites, type Write, type WrittenPart } from "./written.ts";

/**
 * Who asks, and for what. Packages add their own entries by declaration merging.
 * All are claims that default to false.
 */
export interface Context {
  /** The persistent form: what belongs to a running guest is neither read nor written. */
  readonly inactive?: boolean;
  /** Passwords are written. */
  readonly secure?: boolean;
  /** Told whenever something is written that only `secure` shows. */
  readonly onSecret?: () => void;
  /** The daemon's own status file: everything is read and written. */
  readonly status?: boolean;
  /** Told of each element (and attribute, when given) that no declaration knows. */
  readonly unknown?: (element: XmlElement, attr?: string) => void;
}

/**
 * Read and shown only if: `secure` with passwords (always read), `live` not in the inactive form,
 * `kept` as `live` but written wherever it is, `status` only in status files.
 */
export type Show = "secure" | "live" | "kept" | "status";

/** A value under construction. */
export type Bag = Record<string, unknown>;

/** What one field contributes to its element, bound to its key. */
export interface Plan {
  readonly attr?: {
    readonly name: string;
    parse(text: string, from: XmlElement, out: Bag, context: Context): void;
  };
  readonly tags?: {
    readonly [name: string]: (child: XmlElement, out: Bag, context: Context, from: XmlElement) => void;
  };
  /** Runs before anything is read. */
  readonly init?: (out: Bag) => void;
  /** Runs after attributes (for attributes) or after everything: defaults, required values, text. */
  readonly afterAttrs?: (from: XmlElement, out: Bag, context: Context) => void;
  readonly after?: (from: XmlElement, out: Bag, context: Context) => void;
  /** Write the field; called only if it has a value, which is `own`. @param whole the element's value */
  readonly formatAttrs?: (own: unknown, writer: XmlWriter, context: Context, whole: Bag) => void;
  readonly formatBody?: (own: unknown, writer: XmlWriter, context: Context, whole: Bag) => void;
  readonly text?: (value: Bag, context: Context) => string | undefined;
  readonly pick?: (value: Bag) => Step | undefined;
  /** Names it reads beside `attr` and `tags`. */
  readonly knowsAttr?: (name: string, value: Bag) => boolean;
  readonly knowsTag?: (name: string, value: Bag) => boolean;
  /** The same as data, for all that is not reading and writing. */
  readonly shape?: ShapePart;
}

/** A field of an element. `plan` is called once, with the name the field has in the data. */
export interface Field<T, P extends string = "optional"> {
  readonly presence: P;
  readonly plan: (key: string) => Plan;
  /** Never present: carries the type. */
  readonly type?: T;
}

export function isShown(show: Show | undefined, context: Context): boolean {
  if (show === undefined || show === "kept") return true;
  if (show === "secure") {
    if (context.secure) context.onSecret?.();
    return context.secure === true;
  }
  return show === "live" ? context.inactive !== true : context.status === true;
}

/** As `isShown`, for reading: passwords always, parts of running guests only where they belong. */
export function isRead(show: Show | undefined, context: Context): boolean {
  if (show === "secure") return true;
  return isShown(show === "kept" ? "live" : show, context);
}

/** The compiled form of a set of fields. */
export interface Step {
  /** @param nested a variant's part of an element: names it does not know may belong to the whole */
  parse(from: XmlElement, out: Bag, context: Context, nested?: boolean): void;
  formatAttrs(value: Bag, writer: XmlWriter, context: Context): void;
  formatBody(value: Bag, writer: XmlWriter, context: Context): void;
  text(value: Bag, context: Context): string | undefined;
  knowsAttr(name: string, value: Bag): boolean;
  knowsTag(name: string, value: Bag): boolean;
}

const driverNamespace = /^http:\/\/libvirt\.org\/schemas\/[^/]+\/([^/]+)\/1\.0$/;

/**
 * The name a declaration uses: plain for elements without namespace, `qemu:commandline` for those of a
 * driver's namespace (whichever prefix the document chose), something no declaration has for all others.
 */
export function qualifiedName(element: XmlElement): string {
  if (element.ns === "") return element.name;
  const driver = driverNamespace.exec(element.ns)?.[1];
  return driver === undefined ? `{${element.ns}}${element.name}` : `${driver}:${element.name}`;
}

const only = <K extends keyof Plan>(plans: readonly Plan[], kind: K): NonNullable<Plan[K]>[] =>
  plans.flatMap((plan) => {
    const part = plan[kind];
    return part === undefined ? [] : [part as NonNullable<Plan[K]>]; // undefined was just ruled out
  });

/** As `compile`, once it is used: few of all declarations ever are, and a daemon that starts needs none. */
export function compileLater(fields: { readonly [key: string]: Field<unknown, string> }): () => Step {
  let step: Step | undefined;
  return () => {
    step ??= compile(fields);
    return step;
  };
}

/** Sorts what the fields contribute, so that reading an element is one pass over what is written in it. */
function compile(fields: { readonly [key: string]: Field<unknown, string> }): Step {
  const keyed = Object.entries(fields).map(([key, field]) => ({ key, plan: field.plan(key) }));
  const plans = keyed.map(({ plan }) => plan);
  const attrs = new Map(only(plans, "attr").map((attr) => [attr.name, attr.parse]));
  const tags = new Map(only(plans, "tags").flatMap((tag) => Object.entries(tag)));
  const inits = only(plans, "init");
  const afterAttrs = only(plans, "afterAttrs");
  const afters = only(plans, "after");
  const picks = only(plans, "pick");
  const texts = only(plans, "text");
  const alsoAttrs = only(plans, "knowsAttr");
  const alsoTags = only(plans, "knowsTag");
  const writes = (part: "formatAttrs" | "formatBody"): Write =>
    joinWrites(
      keyed.flatMap(({ key, plan }): WrittenPart[] => {
        const write = plan[part];
        if (write) return [{ key, write }];
        const { pick } = plan;
        return pick ? [(value, writer, context) => pick(value)?.[part](value, writer, context)] : [];
      }),
    );
  const step: Step = {
    parse(from, out, context, nested = false) {
      for (const init of inits) init(out);
      for (const name in from.attrs) attrs.get(name)?.(from.attrs[name] ?? "", from, out, context);
      for (const after of afterAttrs) after(from, out, context);
      for (const child of from.children) tags.get(qualifiedName(child))?.(child, out, context, from);
      for (const pick of picks) pick(out)?.parse(from, out, context, true);
      for (const after of afters) after(from, out, context);
      if (context.unknown && !nested) report(step, from, out, context.unknown);
    },
    formatAttrs: writes("formatAttrs"),
    formatBody: writes("formatBody"),
    text(value, context) {
      for (const text of texts) {
        const got = text(value, context);
        if (got !== undefined) return got;
      }
      for (const pick of picks) {
        const got = pick(value)?.text(value, context);
        if (got !== undefined) return got;
      }
      return undefined;
    },
    knowsAttr: (name, value) =>
      attrs.has(name) ||
      alsoAttrs.some((knows) => knows(name, value)) ||
      picks.some((pick) => pick(value)?.knowsAttr(name, value)),
    knowsTag: (name, value) =>
      tags.has(name) ||
      alsoTags.some((knows) => knows(name, value)) ||
      picks.some((pick) => pick(value)?.knowsTag(name, value)),
  };
  return step;
}

function report(step: Step, from: XmlElement, out: Bag, unknown: NonNullable<Context["unknown"]>): void {
  for (const name in from.attrs) {
    if (!name.startsWith("xmlns") && !step.knowsAttr(name, out)) unknown(from, name);
  }
  for (const child of from.children) if (!step.knowsTag(qualifiedName(child), out)) unknown(child);
}
