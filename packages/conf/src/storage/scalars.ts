import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { unitBytes } from "@libvirt-ts/util/units";
import { formatUuid, parseUuid, type Uuid } from "@libvirt-ts/util/uuid";
import { custom, type Field, type Scalar, type XmlElement } from "@libvirt-ts/xml";
import { sized } from "../domain/scalars.ts";
import { cleanPath, strictUuid } from "../types.ts";
import { storageError, unsupported } from "./errors.ts";

export const path: Scalar<string> = { parse: cleanPath, format: (value) => value };

export const uuid: Scalar<Uuid> = strictUuid<Uuid>({
  parse(text) {
    const bytes = parseUuid(text);
    if (!bytes) throw storageError("malformed uuid element");
    return formatUuid(bytes);
  },
  format: (value) => value,
});

/** One of the formats a pool of this type is made on. */
export const poolFormat = <const W extends readonly string[]>(words: W): Scalar<W[number]> => ({
  words,
  parse(text) {
    const found = words.find((word) => word === text);
    if (found === undefined) throw unsupported(`unknown pool format type ${text}`);
    return found;
  },
  format: (value) => value,
});

interface Bytes {
  /** The refusal of what is no number. */
  malformed(text: string): VirError;
  readonly largest?: bigint;
}

/** Number and unit of an element, in bytes. */
export function readBytes(element: XmlElement, { malformed, largest = 0x7fffffffffffffffn }: Bytes): bigint {
  const { text } = element;
  const unit = element.attrs.unit ?? "";
  const digits = /^\s*\+?(\d+)$/.exec(text)?.[1];
  if (digits === undefined || BigInt(digits) > 0xffffffffffffffffn) throw malformed(text);
  const factor = unit === "" ? 1n : unitBytes(unit);
  if (factor === undefined) {
    throw new VirError(ErrorDomain.NONE, ErrorCode.INVALID_ARG, `unknown suffix '${unit}'`);
  }
  const bytes = BigInt(digits) * factor;
  if (bytes > largest)
    throw new VirError(ErrorDomain.NONE, ErrorCode.OVERFLOW, `value too large: ${BigInt(digits)}${unit}`);
  return bytes;
}

/** `<TAG unit='bytes'>N</TAG>`; any unit is read, an empty element is none. */
export const bytes = (tag: string): Field<bigint, "optional"> =>
  custom<bigint>({
    tags: [tag],
    like: sized(tag),
    parse(from) {
      const found = from.children.find(({ name }) => name === tag);
      if (!found || found.text === "") return undefined;
      return readBytes(found, { malformed: () => storageError("malformed capacity element") });
    },
    formatBody(value, writer) {
      writer.open(tag);
      writer.attr("unit", "bytes");
      writer.closeWithText(tag, String(value));
    },
  });
