import { ErrorCode, type ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  type Context,
  child,
  custom,
  type ElementCodec,
  element,
  leaf,
  oneOf,
  type Scalar,
  str,
  type XmlElement,
} from "@libvirt-ts/xml";
import type { DomainDef } from "./domain/def.ts";
import { DomainSyntax, domainTypes } from "./domain/domain.ts";
import { type ParseDomainOptions, readDomain } from "./domain/parse.ts";

declare module "@libvirt-ts/xml" {
  interface Context {
    /** How the guest inside of a snapshot or checkpoint is read. */
    readonly momentDomain?: ParseDomainOptions;
    /** Its guest is not written. */
    readonly noDomain?: boolean;
  }
}

/** The name of the moment before: `<parent><name>N</name></parent>`. */
const parent = custom<string>({
  tags: ["parent"],
  like: { parent: child(element("parent", { name: leaf("name", str, { strict: { required: true } }) })) },
  parse(from) {
    const found = from.children.find(({ name }) => name === "parent");
    return found?.children.find(({ name }) => name === "name")?.text || undefined;
  },
  formatBody(value, writer) {
    writer.open("parent");
    writer.open("name");
    writer.closeWithText("name", value);
    writer.close("parent");
  },
});

/** Text that is no number counts as none; 0 is not shown. */
const time: Scalar<number | undefined> = {
  strict: { test: (text) => /^\d+$/.test(text) && BigInt(text) >> 64n === 0n, expected: "a number" },
  parse: (text) =>
    /^\s*[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined,
  format: (value) => (value ? String(value) : undefined),
};

/** What snapshots and checkpoints tell first. */
export const momentStart = { name: leaf("name", str), description: leaf("description", str) };
export const momentPast = {
  parent,
  /** Seconds since 1970. */
  creationTime: leaf("creationTime", time),
};

const inactive = DomainSyntax.as("inactiveDomain");

/** For validation: a guest, or its UUID alone. */
const domainOrUuid = (tag: string): ElementCodec<DomainSyntax> => ({
  ...DomainSyntax.as(tag),
  shape() {
    const whole = DomainSyntax.shape?.();
    return (
      whole && {
        attrs: whole.attrs
          .filter(({ name }) => name === "type")
          .map((type) => ({ ...type, required: false })),
        children: whole.children.filter((each) => each.tag === "uuid"),
        variants: [{ key: "type", cases: new Map(domainTypes.map((type) => [type, whole])) }],
        fixed: [],
      }
    );
  },
});

/**
 * The guest as it was. One without a type is only named by its UUID, in what older versions wrote: it is
 * passed over.
 */
const domainOf = (tag: "domain" | "inactiveDomain") =>
  custom<DomainDef>({
    tags: [tag],
    like: { [tag]: child(domainOrUuid(tag)) },
    parse(from, { momentDomain = {} }) {
      const found = from.children.find(({ name, attrs }) => name === tag && attrs.type !== undefined);
      if (!found) return undefined;
      return readDomain({ ...found, name: "domain" }, { ...momentDomain, inactive: true, skipCheck: true });
    },
    formatBody(value, writer, context) {
      if (context.noDomain) return;
      const codec = tag === "domain" ? DomainSyntax : inactive;
      codec.format(value, writer, { ...context, inactive: true });
    },
  });
export const momentDomain = domainOf("domain");
export const momentInactiveDomain = domainOf("inactiveDomain");

/** Whether it is the one the guest's disks are based on; only in what the daemon keeps for itself. */
export const isCurrent = custom<boolean>({
  tags: ["active"],
  like: { active: leaf("active", oneOf(["0", "1"])) },
  parse(from, { status }) {
    const written = from.children.find(({ name }) => name === "active")?.text;
    return status && written !== undefined && /^\s*[+-]?\d+$/.test(written)
      ? Number(written) !== 0
      : undefined;
  },
  formatBody(value, writer, { status }) {
    if (!status) return;
    writer.open("active");
    writer.closeWithText("active", value ? "1" : "0");
  },
});

export interface MomentOptions extends Context {
  /** It was made before: it says itself when, and what it is called. */
  readonly isRedefined?: boolean;
  /** Seconds since 1970: when it is made, and its name if it has none. */
  readonly now?: number;
}

/** What is looked at before all else. */
const Head = element("moment", { ...momentStart, ...momentPast });

/**
 * Name and time of a moment.
 * @param what for errors: `snapshot`, `checkpoint`
 */
export function readMoment(
  root: XmlElement,
  options: MomentOptions,
  { what, domain }: { what: string; domain: ErrorDomain },
): { name: string; creationTime: number; parent?: string | undefined } {
  const def = Head.parse(root, options);
  if (options.isRedefined) {
    if (def.name === undefined)
      throw new VirError(domain, ErrorCode.XML_ERROR, `a redefined ${what} must have a name`);
    if (def.creationTime === undefined)
      throw new VirError(domain, ErrorCode.INTERNAL_ERROR, `missing creationTime from existing ${what}`);
    return { name: def.name, creationTime: def.creationTime, parent: def.parent };
  }
  const creationTime = options.now ?? 0;
  return { name: def.name ?? String(creationTime), creationTime, parent: undefined };
}
