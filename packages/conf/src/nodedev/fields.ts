import type { VirError } from "@libvirt-ts/errors";
import {
  attr,
  type Context,
  child,
  childrenNamed,
  type ElementCodec,
  element,
  type Field,
  leaf,
  list,
  str,
  text,
  type XmlElement,
} from "@libvirt-ts/xml";
import { hexDigits } from "../types.ts";
import { internalError, unsupported } from "./errors.ts";

declare module "@libvirt-ts/xml" {
  interface Context {
    /** The node device that is read: its errors name it. */
    readonly deviceName?: string;
  }
}

interface Given<T> {
  /** `undefined`: it makes no sense. */
  read(text: string): T | undefined;
  /** `undefined`: it is not shown. */
  write(value: T): string | undefined;
  invalid(device: string, text: string): VirError;
  /** In valid documents, beyond what is read. */
  isValid?(value: T): boolean;
}
interface Needed<T> extends Given<T> {
  missing(device: string): VirError;
}

/** What is read by hand looks to validation like another field. */
const shapeLike = (field: Field<unknown, string>, key: string) => {
  const { shape } = field.plan(key);
  return shape ? { shape } : {};
};
const valid = (test: (text: string) => boolean) => ({ ...str, strict: { test, expected: "something else" } });

/** `<TAG>VALUE</TAG>`; errors name the device. */
export const given = <T>(tag: string, how: Given<T>): Field<T, "optional"> => ({
  presence: "optional",
  plan: (key) => planOf(tag, how)(key),
});

/** The same, but it must be there. */
export const needed = <T>(tag: string, how: Needed<T>): Field<T, "always"> => ({
  presence: "always",
  plan: (key) => ({
    ...planOf(tag, how, true)(key),
    after(_from, out, { deviceName = "" }) {
      if (out[key] === undefined) throw how.missing(deviceName);
    },
  }),
});

const planOf =
  <T>(tag: string, { read, write, invalid, isValid }: Given<T>, required = false) =>
  (key: string): ReturnType<Field<T>["plan"]> => ({
    ...shapeLike(
      leaf(
        tag,
        valid((text) => {
          const value = read(text);
          return value !== undefined && isValid?.(value) !== false;
        }),
        { strict: { required } },
      ),
      key,
    ),
    tags: {
      [tag](source, out, { deviceName = "" }) {
        // The first one counts, also when it says nothing.
        if (key in out) return;
        const value = source.text === "" ? undefined : read(source.text);
        if (value === undefined && source.text !== "") throw invalid(deviceName, source.text);
        out[key] = value;
      },
    },
    formatBody(value, writer) {
      const written = write(value as T); // read by the same field
      if (written === undefined) return;
      writer.open(tag);
      writer.closeWithText(tag, written);
    },
  });

/** Decimal numbers of so many bits. */
export const decimal =
  (bits: 32 | 64) =>
  (text: string): number | undefined => {
    const value = /^\s*\+?\d+$/.test(text) ? BigInt(text.trim().replace("+", "")) : -1n;
    return value >= 0n && value >> BigInt(bits) === 0n ? Number(value) : undefined;
  };
/** What is shown as if it had a sign. */
export const signed = (value: number): string => String(value | 0);

/** A decimal number; `what` names it in "no WHAT supplied for 'DEVICE'". */
export const number = (
  tag: string,
  what: string,
  { bits = 32, write = String }: { bits?: 32 | 64; write?: (value: number) => string } = {},
): Field<number, "always"> =>
  needed(tag, {
    read: decimal(bits),
    write,
    missing: (device) => internalError(`no ${what} supplied for '${device}'`),
    invalid: (device) => internalError(`invalid ${what} supplied for '${device}'`),
  });

const upTo32Bits = (value: number): number | undefined => (value <= 0xffffffff ? value : undefined);

/** A number in C notation. */
export const anyBase = (text: string): number | undefined => {
  const digits = /^\s*\+?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.exec(text)?.[1];
  return upTo32Bits(Number(digits?.replace(/^0(?=[0-7])/, "0o") ?? Number.NaN));
};
/** A hexadecimal number, with or without `0x`. */
export const base16 = (text: string): number | undefined =>
  upTo32Bits(Number.parseInt(/^\s*\+?((?:0[xX])?[0-9a-fA-F]+)$/.exec(text)?.[1] ?? "", 16));

/** A number in any C notation, shown in hexadecimal; `max` in valid documents. */
export const hexNumber = (
  tag: string,
  digits = 1,
  { max = 0xffffffff, read = anyBase }: { max?: number; read?: (text: string) => number | undefined } = {},
): Field<number, "always"> =>
  needed(tag, {
    isValid: (value) => value <= max,
    read,
    write: (value) => `0x${value.toString(16).padStart(digits, "0")}`,
    missing: (device) => unsupported(`missing ${tag} value for '${device}'`),
    invalid: (device, text) => unsupported(`invalid ${tag} value '${text}' for '${device}'`),
  });

/** Text that must be there. */
export const word = (tag: string, missing: (device: string) => VirError): Field<string, "always"> =>
  needed<string>(tag, { read: (text) => text, write: (value) => value, missing, invalid: missing });

/** What a number stands for: `<vendor id='0x8086'>Intel Corporation</vendor>`. */
export interface Identity {
  id: number;
  name?: string | undefined;
}

/** `<TAG id='0x1234'>NAME</TAG>`, which must be there. */
export function identity(tag: string, what: string): Field<Identity, "always"> {
  return {
    presence: "always",
    plan: (key) => ({
      ...shapeLike(
        child(element(tag, { id: attr("id", hexDigits(str, 4)), name: text(str) }), {
          strict: { required: true },
        }),
        key,
      ),
      tags: {
        [tag](source, out, { deviceName = "" }) {
          if (key in out) return;
          const written = source.attrs.id ?? "";
          const id = base16(written);
          if (id === undefined && written !== "")
            throw internalError(`invalid ${what} supplied for '${deviceName}'`);
          out[key] = id === undefined ? undefined : { id, name: source.text || undefined };
        },
      },
      after(_from, out, { deviceName = "" }) {
        if (out[key] === undefined) throw internalError(`no ${what} supplied for '${deviceName}'`);
      },
      formatBody(value, writer) {
        const { id, name } = value as Identity; // read by the same field
        writer.open(tag);
        writer.attr("id", `0x${id.toString(16).padStart(4, "0")}`);
        if (name === undefined) writer.close(tag);
        else writer.closeWithText(tag, name);
      },
    }),
  };
}

/**
 * `<capability>` inside of one: what a device of its type can do beyond that. Read after all else of the device.
 */
export function nested<T>(
  codec: ElementCodec<T>,
  types: readonly string[],
  refuse: {
    /** Without it those that tell no type are passed over. */
    missing?(device: string, from: XmlElement): VirError;
    /** Without it those of other types are passed over. */
    unknown?(device: string, type: string, from: XmlElement): VirError;
    /** All but the first that tells its type are passed over. */
    readonly single?: true;
  },
): Field<T[], "always"> {
  const read = (from: XmlElement, context: Context): [string, T] | undefined => {
    const { deviceName = "" } = context;
    const { type } = from.attrs;
    if (type === undefined && refuse.missing) throw refuse.missing(deviceName, from);
    if (type === undefined || (type === "" && !refuse.missing)) return undefined;
    if (types.includes(type)) return [type, codec.parse(from, context)];
    if (refuse.unknown) throw refuse.unknown(deviceName, type, from);
    return undefined;
  };
  const all = list(codec);
  return {
    presence: "always",
    plan(key) {
      const { tags: _tags, ...plan } = all.plan(key);
      return {
        ...plan,
        after(from, out, context) {
          const typed = childrenNamed(from, codec.tag).filter(
            ({ attrs }) => !refuse.single || refuse.missing || attrs.type,
          );
          const found = typed.slice(0, refuse.single && 1).flatMap((each) => {
            const entry = read(each, context);
            return entry ? [entry] : [];
          });
          // Of each type there is one, the last, in the order of the types.
          const byType = new Map(found);
          out[key] = types.flatMap((type) => byType.get(type) ?? []);
        },
        knowsTag: (name) => name === codec.tag,
      };
    },
  };
}
