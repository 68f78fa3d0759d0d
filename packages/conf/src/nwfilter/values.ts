import { formatIp, ipBits, parseNumericHost, prefixOfMask } from "@libvirt-ts/util/ip";
import { parseMac } from "@libvirt-ts/util/mac";

/** What a packet is compared with: a number as it was written, or words (addresses in canonical form). */
export type MatchValue =
  | { readonly number: number; readonly isHex: boolean }
  | { readonly text: string }
  | VariableAccess;

/**
 * `$NAME`, `$NAME[INDEX]` or `$NAME[@ITERATOR]`: filled in when the filter is put to use. Lists are gone
 * through by iterators; those with the same number together.
 */
export interface VariableAccess {
  readonly variable: string;
  readonly index?: number;
  readonly iterator?: number;
}

/** How one attribute of a rule is read (`undefined`: illegal) and written. */
export interface MatchType {
  parse(text: string): MatchValue | undefined;
  format(value: MatchValue): string;
}

const variableForm = /^\$([a-zA-Z0-9_]*)(?:\[ *(@? *)(\d{1,9}) *\].*)?$/s;

/** @returns `undefined` if the text does not name a variable properly */
export function parseVariable(text: string): VariableAccess | undefined {
  const match = variableForm.exec(text);
  if (!match) return undefined;
  const variable = match[1] ?? "";
  if (match[3] === undefined) return { variable };
  const number = Number(match[3]);
  return match[2]?.startsWith("@") ? { variable, iterator: number } : { variable, index: number };
}

function formatVariable({ variable, index, iterator }: VariableAccess): string {
  if (index !== undefined) return `$${variable}[${index}]`;
  return iterator ? `$${variable}[@${iterator}]` : `$${variable}`;
}

function formatPlain(value: MatchValue): string {
  if ("variable" in value) return formatVariable(value);
  if ("text" in value) return value.text;
  return value.isHex ? `0x${value.number.toString(16)}` : String(value.number);
}

/** A type whose constants `read` makes sense of; variables are read the same everywhere. */
const matchType = (
  read: (text: string) => MatchValue | undefined,
  format: (value: MatchValue) => string = formatPlain,
): MatchType => ({
  parse: (text) => (text.startsWith("$") ? parseVariable(text) : read(text)),
  format,
});

const text = (value: string | undefined): MatchValue | undefined =>
  value === undefined ? undefined : { text: value };

/** Decimal, or else hexadecimal; shown the way it was written. Below zero means counted down from 2^32. */
function readNumber(written: string, max: number, min = 0): { number: number; isHex: boolean } | undefined {
  const [, sign, digits = ""] = /^\s*([+-]?)((?:0[xX])?[0-9a-fA-F]+)$/.exec(written) ?? [];
  const isHex = !/^\d+$/.test(digits);
  const magnitude = isHex ? Number.parseInt(digits, 16) : Number(digits);
  if (!(magnitude <= 0xffffffff)) return undefined;
  const number = sign === "-" ? -magnitude >>> 0 : magnitude;
  return number >= min && number <= max ? { number, isHex } : undefined;
}

const number = (max: number): MatchType => matchType((written) => readNumber(written, max));
export const uint8 = number(0xff);
export const uint16 = number(0xffff);
/** The same without hexadecimal notation. */
export const decimal16 = matchType((written) => readDecimal(written, 0xffff));
export const uint32 = number(0xffffffff);
/** Six bits of a traffic class. */
export const dscp = number(63);
export const vlanId = number(0xfff);

function readDecimal(written: string, max: number): MatchValue | undefined {
  const value = readNumber(written, max);
  return value?.isHex ? undefined : value;
}

/** A number that some names stand for: read either way, shown by name where it has one. */
function namedNumber(names: { readonly [name: string]: number }, max: number, min = 0): MatchType {
  const byWord = new Map(Object.entries(names).map(([name, value]) => [name.toLowerCase(), value]));
  const byNumber = new Map(Object.entries(names).map(([name, value]) => [value, name]));
  return matchType(
    (written) => {
      const value = byWord.get(written.toLowerCase());
      return value === undefined ? readNumber(written, max, min) : { number: value, isHex: false };
    },
    (value) => ("number" in value ? byNumber.get(value.number) : undefined) ?? formatPlain(value),
  );
}

/** What an Ethernet frame carries; numbers below 0x600 are lengths. */
const etherTypes = { ipv4: 0x800, arp: 0x806, rarp: 0x8035, vlan: 0x8100, ipv6: 0x86dd };
export const etherType = namedNumber(etherTypes, 0xffff, 0x600);
/** The same inside of a VLAN, from the length of the shortest frame. */
export const innerEtherType = namedNumber(etherTypes, 0xffff, 0x3c);

/** Numbers of the transports a rule may name. */
export const ipProtocols = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  sctp: 132,
  udplite: 136,
} as const;
export const ipProtocol = namedNumber(ipProtocols, 0xff);

const arpOperation = namedNumber(
  {
    Request: 1,
    Reply: 2,
    Request_Reverse: 3,
    Reply_Reverse: 4,
    DRARP_Request: 5,
    DRARP_Reply: 6,
    DRARP_Error: 7,
    InARP_Request: 8,
    ARP_NAK: 9,
  },
  0xffff,
);

/** Shown in decimal however it was written. */
export const arpOpcode: MatchType = {
  ...arpOperation,
  parse(written) {
    const value = arpOperation.parse(written);
    return value && "number" in value ? { number: value.number, isHex: false } : value;
  },
};

export const macAddress = matchType((written) => text(parseMac(written)));

/** A MAC address of leading one bits. */
export const macMask = matchType((written) => {
  const mac = parseMac(written);
  if (mac === undefined) return undefined;
  const bits = BigInt(`0x${mac.replaceAll(":", "")}`)
    .toString(2)
    .padStart(48, "0");
  return bits.includes("01") ? undefined : { text: mac };
});

const address = (family: "ipv4" | "ipv6"): MatchType =>
  matchType((written) => {
    const found = parseNumericHost(written, family);
    return found && { text: formatIp(found) };
  });
export const ipv4Address = address("ipv4");
export const ipv6Address = address("ipv6");

/** Length of a network's part of an address, read from a mask too. */
const mask = (family: "ipv4" | "ipv6"): MatchType =>
  matchType((written) => {
    // A number that is too long is no mask in another notation.
    const plain = readDecimal(written, 0xffffffff);
    if (plain) return readDecimal(written, ipBits[family]);
    const found = /[.:]/.test(written) ? parseNumericHost(written, family) : undefined;
    const prefix = found && prefixOfMask(found);
    return prefix === undefined ? undefined : { number: prefix, isHex: false };
  });
export const ipv4Mask = mask("ipv4");
export const ipv6Mask = mask("ipv6");

/** Anything but the words of consent is "no". */
export const truth = matchType((written) => ({
  text: written === "true" || written === "yes" || written === "1" ? "true" : "false",
}));

/** Longest comment iptables takes. */
const longestComment = 256;
export const commentText = matchType((written) => ({ text: written.slice(0, longestComment) }));

/** Words in any order and case, shown in the given order. */
function readWords(written: string, words: readonly string[]): string[] | undefined {
  const given = (written.match(/[^, \t\n]+/g) ?? []).map((word) => word.toUpperCase());
  return given.every((word) => words.includes(word))
    ? words.filter((word) => given.includes(word))
    : undefined;
}

const states = ["NEW", "ESTABLISHED", "RELATED", "INVALID", "NONE"];
/** States of a connection; `NONE` outweighs all others. */
export const connectionStates = matchType((written) => {
  const found = readWords(written, states);
  return found && { text: found.includes("NONE") ? "NONE" : found.join(",") };
});

const flags = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];
function readFlags(written: string): string | undefined {
  const found = readWords(written, [...flags, "ALL", "NONE"]);
  if (!found) return undefined;
  if (found.includes("ALL") || flags.every((flag) => found.includes(flag))) return "ALL";
  return found.filter((word) => word !== "NONE").join(",") || "NONE";
}
/** `LOOKED-AT/SET` flags of TCP. */
export const tcpFlags = matchType((written) => {
  const [looked, set, ...rest] = written.split("/").map(readFlags);
  return looked === undefined || set === undefined || rest.length > 0
    ? undefined
    : { text: `${looked}/${set}` };
});

export const ipsetName = matchType((written) =>
  /^[a-zA-Z0-9_.:\-+ ]{0,31}$/.test(written) ? { text: written } : undefined,
);
/** Up to six times the side of the packet the set is asked about. */
export const ipsetFlags = matchType((written) =>
  /^(?:src|dst)(?:,(?:src|dst)){0,5}$/i.test(written) ? { text: written.toLowerCase() } : undefined,
);
