import { parseIp } from "@libvirt-ts/util/ip";
import { type Scalar, str, strictly, strictlyAny } from "@libvirt-ts/xml";

/**
 * Spellings that valid documents keep to. The parser takes whatever text is there, as libvirt's does; only
 * validation looks at these.
 */

const text = (pattern: RegExp, expected: string): Scalar<string> => strictly(str, pattern, expected);
const tested = (test: (text: string) => boolean, expected: string): Scalar<string> => ({
  ...str,
  strict: { test, expected },
});

export const oneLine = text(/[^\n]+/, "one line of text");
export const absPath = text(/(?:\/|[a-zA-Z]:\\).+/, "an absolute path");

/** Repeated slashes and the one at the end are dropped; two at the start mean something else than one. */
export function cleanPath(path: string): string {
  const start = /^\/*/.exec(path)?.[0].length ?? 0;
  const rest = path.slice(start).replaceAll(/\/+/g, "/").replace(/\/$/, "");
  return `${start === 2 ? "//" : start > 0 ? "/" : ""}${rest}`;
}

/** An absolute path, cleaned. */
export const cleanAbsPath: Scalar<string> = { ...absPath, parse: cleanPath };
export const absDir = text(/\/.*/, "an absolute path");
export const filePath = text(/.+/, "a path");
/** `[datastore] path` */
export const absPathOrVmware = text(/(?:\/|[a-zA-Z]:\\).+|\[[^\]]+\] .+/, "an absolute path");
export const deviceName = text(/[a-zA-Z0-9_.\-\\:/]+/, "the name of a device");
export const pathOrDevice = strictlyAny(str, absPath, deviceName);
export const genericName = text(/[a-zA-Z0-9_+-]+/, "letters, digits, '_', '+' or '-'");
export const objectName = text(/[^/\n]+/, "a name without '/'");
export const volName = text(/(?!\.{1,2}$)[^/]+/, "the name of a volume");
export const aliasName = text(/[a-zA-Z0-9_\-.]+/, "letters, digits, '_', '-' or '.'");
export const ncName = text(/[\p{L}_][\p{L}\p{N}\p{M}._-]*/u, "an XML name without ':'");
export const featureName = text(/[a-zA-Z0-9\-_.]+/, "the name of a CPU feature");

export const ipv4 = tested((value) => parseIp(value)?.family === "ipv4", "an IPv4 address");
export const ipv6 = tested((value) => parseIp(value)?.family === "ipv6", "an IPv6 address");
export const ip = tested((value) => parseIp(value) !== undefined, "an IP address");
export const dnsName = text(/[a-zA-Z0-9.-]+/, "a host name");
export const ipOrName = strictlyAny(str, ip, dnsName);
export const ipPrefix = <T>(scalar: Scalar<T>) => within(scalar, 0, 128);

const uuidPattern = /[a-fA-F0-9]{32}|[a-fA-F0-9]{8}-(?:[a-fA-F0-9]{4}-){3}[a-fA-F0-9]{12}/;
export const strictUuid = <T>(scalar: Scalar<T>) => strictly(scalar, uuidPattern, "a UUID");
const uuidOrNumber = /[a-fA-F0-9]{32}|[a-fA-F0-9]{8}-(?:[a-fA-F0-9]{4}-){3}[a-fA-F0-9]{12}|\s*[+-]?\d+\s*/;
export const strictUuidOrNumber = <T>(scalar: Scalar<T>) =>
  strictly(scalar, uuidOrNumber, "a UUID or a number");
export const strictMac = <T>(scalar: Scalar<T>) =>
  strictly(scalar, /[a-fA-F0-9]{2}(?::[a-fA-F0-9]{2}){5}/, "a MAC address");
export const strictUnicastMac = <T>(scalar: Scalar<T>) =>
  strictly(
    scalar,
    /[a-fA-F0-9][02468aAcCeE](?::[a-fA-F0-9]{2}){5}/,
    "the MAC address of one card (not of a group)",
  );
const cpusetItem = /(?:\d+(?:-\d+)?|\^\d+)/.source;
/** `0-3,^2` */
export const strictCpuset = <T>(scalar: Scalar<T>) =>
  strictly(scalar, new RegExp(`${cpusetItem}(?:,${cpusetItem})*`), "a set of numbers like 0-3,^2");
export const sizeUnit = text(
  /[bB](?:[yY][tT][eE][sS]?)?|[kKmMgGtTpPeE](?:[iI]?[bB])?/,
  "a unit like KiB, MB or G",
);
export const wwn = text(/(?:0x)?[0-9a-fA-F]{16}/, "sixteen hexadecimal digits");
export const arch = text(
  /aarch64|alpha|armv6l|armv7l|cris|i686|ia64|lm32|loongarch64|m68k|microblaze(?:el)?|mips(?:64)?(?:el)?|openrisc|parisc(?:64)?|ppc|ppc64|ppc64le|ppcemb|riscv(?:32|64)|s390x?|sh4(?:eb)?|sparc(?:64)?|unicore32|x86_64|xtensa(?:eb)?/,
  "an architecture",
);

export const machineName = text(/[a-zA-Z0-9_.-]+/, "the name of a machine");

/** Whole numbers between two bounds, in decimal. */
export function within<T>(scalar: Scalar<T>, min: number, max: number): Scalar<T> {
  const pattern = /^\s*[+-]?\d+\s*$/;
  return {
    ...scalar,
    strict: {
      test: (value) => pattern.test(value) && Number(value) >= min && Number(value) <= max,
      expected: `a number from ${min} to ${max}`,
    },
  };
}

/** Numbers up to a bound, decimal or with `0x` in up to so many hexadecimal digits. */
export function numberUpTo<T>(
  scalar: Scalar<T>,
  max: number,
  { bareHex = false }: { bareHex?: boolean } = {},
): Scalar<T> {
  const digits = max.toString(16).length;
  const hex = new RegExp(`^${bareHex ? "(?:0x)?" : "0x"}[0-9a-fA-F]{1,${digits}}$`);
  const decimal = /^\s*\+?\d+\s*$/;
  return {
    ...scalar,
    strict: {
      test: (value) => hex.test(value) || (decimal.test(value) && Number(value) <= max),
      expected: `a number up to ${max}`,
    },
  };
}

export const uint8 = <T>(scalar: Scalar<T>) => numberUpTo(scalar, 0xff);
export const uint16 = <T>(scalar: Scalar<T>) => numberUpTo(scalar, 0xffff, { bareHex: true });
export const uint24 = <T>(scalar: Scalar<T>) => numberUpTo(scalar, 0xffffff);
export const uint32 = <T>(scalar: Scalar<T>) => numberUpTo(scalar, 0xffffffff, { bareHex: true });
/** -1: chosen by the daemon. */
export const portNumber = <T>(scalar: Scalar<T>) => within(scalar, -1, 65535);
export const unsigned = <T>(scalar: Scalar<T>) => strictly(scalar, /\s*\d+\s*/, "a number");
export const unsignedShort = <T>(scalar: Scalar<T>) => within(scalar, 0, 65535);
export const nonZero = <T>(scalar: Scalar<T>) =>
  strictly(scalar, /\s*0*[1-9]\d*\s*/, "a number greater than 0");
export const anyInteger = <T>(scalar: Scalar<T>) => strictly(scalar, /\s*[+-]?\d+\s*/, "a whole number");

/** Decimal numbers of at most so many digits. */
export const digits = <T>(scalar: Scalar<T>, most: number) =>
  strictly(scalar, new RegExp(`\\d{1,${most}}`), `a number of up to ${most} digits`);
/** Hexadecimal numbers of at most so many digits, with or without `0x`. */
export const hexDigits = <T>(scalar: Scalar<T>, most: number) =>
  strictly(scalar, new RegExp(`(?:0x)?[0-9a-fA-F]{1,${most}}`), `up to ${most} hexadecimal digits`);

const usbPortItem = /(?:0x)?[0-9a-fA-F]{1,3}/.source;
export const usbPort = <T>(scalar: Scalar<T>) =>
  strictly(scalar, new RegExp(`(?:${usbPortItem}\\.){0,3}${usbPortItem}`), "a USB port like 1.2");
export const pciSlot = <T>(scalar: Scalar<T>) =>
  strictly(scalar, /(?:0x)?[0-1]?[0-9a-fA-F]|\+?0*(?:[12]?\d|3[01])/, "a number up to 31");
export const pciFunction = <T>(scalar: Scalar<T>) =>
  strictly(scalar, /(?:0x)?[0-7]|\+?0*[0-7]/, "a number up to 7");
