import type { VirError } from "@libvirt-ts/errors";
import {
  attr,
  child,
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
  write(value: T): string;
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
        if (out[key] !== undefined || source.text === "") return;
        const value = read(source.text);
        if (value === undefined) throw invalid(deviceName, source.text);
        out[key] = value;
      },
    },
    formatBody(value, writer) {
      writer.open(tag);
      writer.closeWithText(tag, write(value as T)); // read by the same field
    },
  });

const decimal = (text: string): number | undefined => {
  const value = /^\s*\+?\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
};

/** A decimal number; `what` names it in "no WHAT supplied for 'DEVICE'". */
export const number = (tag: string, what: string): Field<number, "always"> =>
  needed(tag, {
    read: decimal,
    write: String,
    missing: (device) => internalError(`no ${what} supplied for '${device}'`),
    invalid: (device) => internalError(`invalid ${what} supplied for '${device}'`),
  });

export const anyBase = (text: string): number | undefined => {
  const match = /^\s*\+?(?:0[xX][0-9a-fA-F]+|\d+)$/.exec(text);
  const value = match ? Number(text) : Number.NaN;
  return value <= 0xffffffff ? value : undefined;
};

/** A number in any C notation, shown in hexadecimal; `max` in valid documents. */
export const hexNumber = (tag: string, digits = 1, max = 0xffffffff): Field<number, "always"> =>
  needed(tag, {
    isValid: (value) => value <= max,
    read: anyBase,
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
          const written = source.attrs.id ?? "";
          if (written === "") return;
          if (!/^\s*(?:0[xX])?[0-9a-fA-F]{1,8}$/.test(written))
            throw internalError(`invalid ${what} supplied for '${deviceName}'`);
          out[key] = { id: Number.parseInt(written, 16), name: source.text || undefined };
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

/** `<capability>` inside of one: what a device of its type can do beyond that. */
export function nested<T>(
  codec: ElementCodec<T>,
  types: readonly string[],
  refuse: {
    missing(device: string): VirError;
    /** Without it those of other types are passed over. */
    unknown?(device: string, type: string): VirError;
  },
): Field<T[], "always"> {
  const skip = ({ attrs }: XmlElement, { deviceName = "" }: { readonly deviceName?: string }) => {
    if (attrs.type === undefined) throw refuse.missing(deviceName);
    const isKnown = types.includes(attrs.type);
    if (!isKnown && refuse.unknown) throw refuse.unknown(deviceName, attrs.type);
    return !isKnown;
  };
  return list(codec, { skip });
}
