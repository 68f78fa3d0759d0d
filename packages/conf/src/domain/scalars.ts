import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { formatBitmap, parseBitmap } from "@libvirt-ts/util/bitmap";
import { parseMac } from "@libvirt-ts/util/mac";
import { bytesToKiB, unitBytes } from "@libvirt-ts/util/units";
import { formatUuid, parseUuid } from "@libvirt-ts/util/uuid";
import {
  attr,
  child,
  custom,
  element,
  type Field,
  type Fields,
  invalidValue,
  type Scalar,
  str,
  text,
  type XmlElement,
} from "@libvirt-ts/xml";
import { sizeUnit, strictCpuset, strictMac, strictUuid } from "../types.ts";
import { internalError, readError, unsupported, xmlError } from "./errors.ts";

/** A set of CPUs or nodes, `0-3,^2`; sorted numbers in memory. */
export const bitmap: Scalar<number[]> = strictCpuset<number[]>({
  parse(text, element, attr) {
    const bits = parseBitmap(text);
    if (!bits) throw invalidBitmap(text);
    if (bits.length === 0) throw unsupported(`Invalid value of '${attr ?? element.name}': ${text}`);
    return bits;
  },
  format: formatBitmap,
});

const invalidBitmap = (text: string) =>
  new VirError(ErrorDomain.NONE, ErrorCode.INVALID_ARG, `Failed to parse bitmap '${text}'`);

/** A MAC address in lower case. */
export const mac: Scalar<string> = strictMac({
  parse(text) {
    const address = parseMac(text);
    if (address === undefined) throw xmlError(`unable to parse mac address '${text}'`);
    return address;
  },
  format: (value) => value,
});

/** A UUID in its canonical spelling. */
export const uuid: Scalar<string> = strictUuid({
  parse(text, element, attr) {
    const bytes = parseUuid(text);
    if (bytes === undefined) {
      throw attr === undefined
        ? internalError(`malformed ${element.name} element`)
        : invalidValue(text, element, attr, "Expected UUID");
    }
    return formatUuid(bytes);
  },
  format: (value) => value,
});

const digits = /^\s*\+?\d+$/;

/**
 * A size written as number and unit.
 * @param unit the unit meant when none is written
 * @param where what errors call its place: "./memory[1]"
 * @returns bytes
 * @throws VirError in libvirt's words if either is bad or the product exceeds `max`
 */
export function scaledBytes(
  value: string,
  unit: string | undefined,
  defaultUnit: string,
  where: string,
): bigint {
  const count = digits.test(value) ? BigInt(value.replace("+", "")) : undefined;
  if (count === undefined || count > 0xffffffffffffffffn)
    throw readError(`Invalid value '${value}' for element or attribute '${where}'`);
  const factor = unitBytes(unit === undefined || unit === "" ? defaultUnit : unit);
  if (factor === undefined) {
    throw new VirError(ErrorDomain.NONE, ErrorCode.INVALID_ARG, `unknown suffix '${unit}'`);
  }
  const bytes = count * factor;
  if (bytes > 0xffffffffffffffffn) {
    throw new VirError(ErrorDomain.NONE, ErrorCode.OVERFLOW, `value too large: ${value.trim()}${unit ?? ""}`);
  }
  return bytes;
}

/** A number in an attribute or element whose unit is in the attribute `unit`. */
export const amount: Scalar<string> = {
  ...str,
  strict: {
    test: (value) => /^\s*\d+\s*$/.test(value) && BigInt(value) <= 0xffffffffffffffffn,
    expected: "a number below 2^64",
  },
};
export const unit = attr("unit", sizeUnit);
/** `<TAG unit='MiB'>1</TAG>`, for validation. */
export const sized = (tag: string, more: Fields = {}): Fields => ({
  [tag]: child(element(tag, { ...more, unit, amount: text(amount, { required: true }) })),
});

/** "missing element or attribute 'WHERE'" */
export const missingAmount = (where: string) => readError(`missing element or attribute '${where}'`);

/** The text of an element; `undefined` if there is none or nothing in it. */
const writtenIn = (from: XmlElement, tag: string): XmlElement | undefined => {
  const found = from.children.find((child) => child.name === tag);
  return found?.text === "" ? undefined : found;
};

/**
 * `<TAG unit='KiB'>N</TAG>`: any unit is read, KiB is written and kept.
 * @param options `where`: what errors call it, default "./TAG"
 */
export function kib(
  tag: string,
  options: { readonly defaultUnit?: string; readonly where?: string } = {},
): Field<number, "optional"> {
  return custom<number>({
    tags: [tag],
    like: sized(tag),
    parse(from) {
      const found = writtenIn(from, tag);
      return found && parseKiB(found, options.where ?? `./${tag}`, options.defaultUnit);
    },
    formatBody(value, writer) {
      writer.open(tag);
      writer.attr("unit", "KiB");
      writer.closeWithText(tag, String(value));
    },
  });
}

/** The size an element holds as text, in KiB rounded up. */
export function parseKiB(element: XmlElement, where: string, defaultUnit = "KiB"): number {
  const size = bytesToKiB(scaledBytes(element.text, element.attrs.unit, defaultUnit, where));
  if (size > BigInt(Number.MAX_SAFE_INTEGER))
    throw new VirError(ErrorDomain.NONE, ErrorCode.OVERFLOW, "size value too large");
  return Number(size);
}

/** `<TAG unit='B'>N</TAG>`: any unit is read, bytes are written (as `shownUnit`) and kept. */
export function byteSize(
  tag: string,
  options: { readonly defaultUnit?: string; readonly shownUnit?: string; readonly where?: string } = {},
): Field<bigint, "optional"> {
  return custom<bigint>({
    tags: [tag],
    like: sized(tag),
    parse(from) {
      const found = writtenIn(from, tag);
      const { defaultUnit = "B", where = `./${tag}` } = options;
      return found && scaledBytes(found.text, found.attrs.unit, defaultUnit, where);
    },
    formatBody(value, writer) {
      writer.open(tag);
      writer.attr("unit", options.shownUnit ?? "B");
      writer.closeWithText(tag, value.toString());
    },
  });
}
