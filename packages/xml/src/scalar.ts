import { VirError } from "@libvirt-ts/errors";
import { xmlError } from "./errors.ts";
import type { Context } from "./plan.ts";
import type { XmlElement } from "./tree.ts";

/** One value in an attribute or in the text of an element, both directions. */
export interface Scalar<T> {
  /** @param attr the attribute's name, `undefined` for the text of `element`; both only for error texts */
  parse(text: string, element: XmlElement, attr: string | undefined, context?: Context): T;
  /** `undefined`: nothing is written. */
  format(value: T): string | undefined;
  /** The accepted words, where there is a fixed set. */
  readonly words?: readonly string[];
  /** What is accepted when a document is validated, where that is not what `parse` takes. */
  readonly strict?: Strict;
}

/** The spellings a value may have. */
export interface Strict {
  test(text: string): boolean;
  /** "an absolute path" */
  readonly expected: string;
  readonly words?: readonly string[];
}

/**
 * The same scalar, held to a pattern (the whole text) when a document is validated.
 * @param expected what the pattern stands for: "an absolute path"
 */
export function strictly<T>(scalar: Scalar<T>, pattern: RegExp, expected: string): Scalar<T> {
  const whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags);
  return { ...scalar, strict: { test: (text) => whole.test(text), expected } };
}

/** The same scalar, held to some of its words when a document is validated. */
export function strictlyOneOf<T>(scalar: Scalar<T>, words: readonly string[]): Scalar<T> {
  const expected = words.map((word) => `'${word}'`).join(", ");
  return { ...scalar, strict: { test: (text) => words.includes(text.trim()), expected, words } };
}

/** The same scalar; a document is valid if it keeps to one of the others. */
export function strictlyAny<T>(scalar: Scalar<T>, ...others: readonly Scalar<unknown>[]): Scalar<T> {
  const stricts = others.map(({ strict, words = [] }): Strict => strict ?? wordsStrict(words));
  return {
    ...scalar,
    strict: {
      test: (text) => stricts.some((each) => each.test(text)),
      expected: [...new Set(stricts.map((each) => each.expected))].join(" or "),
      words: stricts.flatMap(({ words = [] }) => words),
    },
  };
}

const wordsStrict = (words: readonly string[]): Strict => ({
  test: (text) => words.includes(text.trim()),
  expected: words.map((word) => `'${word}'`).join(", "),
  words,
});

/** "Invalid value for attribute 'A' in element 'E': 'V'." and what was expected instead. */
export function invalidValue(
  text: string,
  element: XmlElement,
  attr: string | undefined,
  expected = "",
): VirError {
  const tail = expected === "" ? "" : ` ${expected}`;
  return attr === undefined
    ? xmlError(`Invalid value for element '${element.name}': '${text}'.${tail}`)
    : xmlError(`Invalid value for attribute '${attr}' in element '${element.name}': '${text}'.${tail}`);
}

export const str: Scalar<string> = { parse: (text) => text, format: (value) => value };

const decimal = /^[ \t\n\r]*\+?\d+$/;
const anyBase = /^[ \t\n\r]*\+?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/;
const base16 = /^[ \t\n\r]*\+?(?:0[xX])?[0-9a-fA-F]+$/;

type Radix = 0 | 10 | 16;
const spellings = { 0: anyBase, 10: decimal, 16: base16 } as const;

/** The same number as JavaScript reads it: in any base `010` is eight. */
function digitsOf(text: string, radix: Radix): string {
  const digits = text.trim().replace(/^\+/, "");
  if (radix === 16) return digits.replace(/^(?:0[xX])?/, "0x");
  return radix === 0 ? digits.replace(/^0(?=[0-7])/, "0o") : digits;
}

interface NumberRule {
  readonly min: number;
  readonly max: number;
  /** 0: as in C, told by how it starts. */
  readonly radix: Radix;
  readonly expected: string;
  readonly nonZero?: boolean;
}

/** How numbers are spelled in valid documents: no sign where none makes sense, decimal or hexadecimal. */
const spelled = (radix: Radix, negative: boolean): Strict => {
  const pattern = negative
    ? /^\s*-?\d+\s*$/
    : radix === 10
      ? /^\s*\d+\s*$/
      : /^\s*(?:0[xX][0-9a-fA-F]+|\d+)\s*$/;
  return { test: (text) => pattern.test(text), expected: negative ? "a whole number" : "a number" };
};

function number(rule: NumberRule, format: (value: number) => string): Scalar<number> {
  const negative = rule.min < 0;
  const spelling = spelled(rule.radix, negative);
  const isValid = (text: string) => {
    const value = Number(text.trim());
    return spelling.test(text) && value >= rule.min && value <= rule.max && !(rule.nonZero && value === 0);
  };
  return {
    strict: { ...spelling, test: isValid },
    parse(text, element, attr) {
      const body = negative ? text.replace(/^[ \t\n\r]*-/, "") : text;
      if (!spellings[rule.radix].test(body)) throw invalidValue(text, element, attr, rule.expected);
      const magnitude = Number(digitsOf(body, rule.radix));
      const value = body === text ? magnitude : -magnitude;
      if (!(value >= rule.min && value <= rule.max)) throw invalidValue(text, element, attr, rule.expected);
      if (rule.nonZero && value === 0) throw zeroNotPermitted(element, attr);
      return value;
    },
    format,
  };
}

const zeroNotPermitted = (element: XmlElement, attr: string | undefined): VirError =>
  xmlError(
    `Invalid value for attribute '${attr ?? element.name}' in element '${element.name}': Zero is not permitted`,
  );

const plain = (value: number) => String(value);

/** Signed 32 bit, decimal. */
export const int = number(
  { min: -2147483648, max: 2147483647, radix: 10, expected: "Expected integer value" },
  plain,
);
/** Signed 32 bit in any C notation, written in decimal. */
export const intAnyBase = number(
  { min: -2147483648, max: 2147483647, radix: 0, expected: "Expected integer value" },
  plain,
);
const notNegative = (signed: Scalar<number>): Scalar<number> => ({
  strict: { test: (text) => /^\s*\d+\s*$/.test(text) && Number(text) <= 2147483647, expected: "a number" },
  parse(text, element, attr) {
    const value = signed.parse(text, element, attr);
    if (value < 0) throw invalidValue(text, element, attr, "Expected non-negative value");
    return value;
  },
  format: plain,
});
/** Signed 32 bit, but not below zero. */
export const nonNegativeInt = notNegative(int);
/** Signed 32 bit in any C notation, but not below zero; written in decimal. */
export const nonNegativeAnyBase = notNegative(intAnyBase);
/** Unsigned 32 bit, decimal. */
export const uint = number(
  { min: 0, max: 4294967295, radix: 10, expected: "Expected non-negative integer value" },
  plain,
);
/** Unsigned 32 bit, decimal, not 0. */
export const positive = number(
  { min: 0, max: 4294967295, radix: 10, expected: "Expected non-negative integer value", nonZero: true },
  plain,
);
/** Unsigned, up to 2^53-1 (for sizes, counts and limits that fit a number). */
export const size = number(
  { min: 0, max: Number.MAX_SAFE_INTEGER, radix: 10, expected: "Expected non-negative integer value" },
  plain,
);
/** As `size`, in any C notation; written in decimal. */
export const sizeAnyBase = number(
  { min: 0, max: Number.MAX_SAFE_INTEGER, radix: 0, expected: "Expected non-negative integer value" },
  plain,
);
/** Signed, up to 2^53-1 either way. */
export const long = number(
  {
    min: -Number.MAX_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    radix: 10,
    expected: "Expected integer value",
  },
  plain,
);

/** Unsigned 32 bit in any C notation, written in hexadecimal with at least `digits` digits: `0x001f`. */
export const hex = (digits: number, max = 0xffffffff): Scalar<number> =>
  number(
    { min: 0, max, radix: 0, expected: "Expected non-negative integer value" },
    (value) => `0x${value.toString(16).padStart(digits, "0")}`,
  );

/** Unsigned 32 bit in hexadecimal, with or without `0x`; written as `0x1f`. */
export const hexOnly = number(
  { min: 0, max: 0xffffffff, radix: 16, expected: "Expected non-negative integer value" },
  (value) => `0x${value.toString(16)}`,
);

/** Unsigned 32 bit in any C notation, written in decimal. */
export const uintAnyBase = number(
  { min: 0, max: 4294967295, radix: 0, expected: "Expected non-negative integer value" },
  plain,
);

/** Unsigned 64 bit, decimal. */
export const ulong: Scalar<bigint> = bigints("Expected non-negative integer value", 10, (value) =>
  value.toString(),
);

const hexText = (digits: number) => (value: bigint) => `0x${value.toString(16).padStart(digits, "0")}`;

/** Unsigned 64 bit in any C notation, written in hexadecimal with at least `digits` digits. */
export const hexLong = (digits: number): Scalar<bigint> =>
  bigints("Expected non-negative integer value", 0, hexText(digits));

/** Unsigned 64 bit in hexadecimal, with or without `0x`; written as `0x1f`. */
export const hexOnlyLong = bigints("Expected non-negative integer value", 16, hexText(1));

function bigints(expected: string, radix: Radix, format: (value: bigint) => string): Scalar<bigint> {
  return {
    strict: spelled(radix, false),
    parse(text, element, attr) {
      if (!spellings[radix].test(text)) throw invalidValue(text, element, attr, expected);
      const value = BigInt(digitsOf(text, radix));
      if (value > 0xffffffffffffffffn) throw invalidValue(text, element, attr, expected);
      return value;
    },
    format,
  };
}

/** Replaces the usual "Invalid value..." by a text of its own. */
export type Refusal = (text: string, context: Context) => VirError;

/** One word out of a fixed set. */
export function oneOf<const W extends readonly string[]>(words: W, refuse?: Refusal): Scalar<W[number]> {
  const known = new Set<string>(words);
  return {
    words,
    parse(text, element, attr, context = {}) {
      if (known.has(text)) return text;
      throw refuse ? refuse(text, context) : invalidValue(text, element, attr);
    },
    format: (value) => value,
  };
}

function pair(yes: string, no: string): Scalar<boolean> {
  return {
    words: [yes, no],
    parse(text, element, attr) {
      if (text === yes) return true;
      if (text === no) return false;
      throw invalidValue(text, element, attr);
    },
    format: (value) => (value ? yes : no),
  };
}

/** `yes`; whatever else is written means no. */
export const onlyYes: Scalar<boolean> = {
  words: ["yes", "no"],
  parse: (text) => text === "yes",
  format: (value) => (value ? "yes" : "no"),
};
/** `on` or `off`. */
export const onOff: Scalar<boolean> = pair("on", "off");
/** `yes` or `no`. */
export const yesNo: Scalar<boolean> = pair("yes", "no");

/** The same scalar with another refusal text. */
export function refusing<T>(scalar: Scalar<T>, refuse: Refusal): Scalar<T> {
  return {
    ...scalar,
    parse(text, element, attr, context = {}) {
      try {
        return scalar.parse(text, element, attr, context);
      } catch (cause) {
        if (cause instanceof VirError) throw refuse(text, context);
        throw cause;
      }
    },
  };
}
