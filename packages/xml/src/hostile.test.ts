import { ErrorCode, VirError } from "@libvirt-ts/errors";
import { describe, expect, test } from "vitest";
import { decodeXml, parseXml } from "./index.ts";

/** Milliseconds one of ours may take for a document of some megabytes, with room for a busy machine. */
const PATIENCE_MS = 4000;

const refusal = (text: string): VirError => {
  try {
    parseXml(text);
  } catch (error) {
    if (error instanceof VirError) return error;
    throw error;
  }
  throw new Error("accepted");
};

describe("what a document must not do", () => {
  test.each<[what: string, text: string, message: RegExp]>([
    ["declare its type", "<!DOCTYPE a><a/>", /line 1: Document type declarations are not accepted/],
    [
      "declare entities",
      "<!DOCTYPE a [<!ENTITY b 'x'>]>\n<a>&b;</a>",
      /line 1: Document type declarations are not accepted/,
    ],
    [
      "multiply them",
      `<!DOCTYPE a [<!ENTITY b "${"ha".repeat(10)}"><!ENTITY c "${"&b;".repeat(10)}">]><a>&c;</a>`,
      /Document type declarations are not accepted/,
    ],
    [
      "name a file",
      "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
      /Document type declarations are not accepted/,
    ],
    [
      "name another document's type",
      "<!DOCTYPE a SYSTEM 'http://127.0.0.1/a.dtd'><a/>",
      /Document type declarations are not accepted/,
    ],
    ["declare its type inside", "<a>\n<!DOCTYPE b></a>", /line 2: StartTag: invalid element name/],
    ["use an entity nobody declared", "<a>\n&b;</a>", /line 2: Entity 'b' not defined/],
    ["use one in an attribute", "<a b='&c;'/>", /line 1: Entity 'c' not defined/],
    ["leave a reference open", "<a>&amp</a>", /line 1: EntityRef: expecting ';'/],
    ["refer to no character", "<a>&#x110000;</a>", /line 1: xmlParseCharRef: invalid xmlChar value/],
    ["refer to NUL", "<a>&#0;</a>", /line 1: xmlParseCharRef: invalid xmlChar value 0/],
    ["refer to half a character", "<a>&#xd800;</a>", /line 1: xmlParseCharRef: invalid xmlChar value 55296/],
    ["contain NUL", "<a>\n  <b>x\u0000</b></a>", /line 2: PCDATA invalid Char value 0\n {2}<b>x.*\n-{6}\^$/],
    ["contain control characters", "<a b='\u0001'/>", /line 1: PCDATA invalid Char value 1/],
    [
      "be written in another encoding",
      "<a>\n\udcfc</a>",
      /line 2: Input is not proper UTF-8, indicate encoding !\nBytes: 0xFC 0x3C 0x2F 0x61\n/,
    ],
    ["contain half a character", "<a>\n\ud83d</a>", /line 2: PCDATA invalid Char value 55357/],
    ["contain what is no character", "<a>\uffff</a>", /line 1: PCDATA invalid Char value 65535/],
    ["nest too deep", "<a>".repeat(257), /Excessive depth in document: 256/],
    ["be too long", `<a>${" ".repeat(16_777_216)}</a>`, /Document is longer than 16777216 characters/],
    ["end early", "<a><b>", /line 1: Premature end of data in tag b line 1/],
    ["end within a tag", "<a><b c='d'", /line 1: Couldn't find end of Start Tag b line 1/],
    ["end within a value", "<a b='c", /line 1: AttValue: ' expected/],
    ["end within a comment", "<a><!-- -", /line 1: Comment not terminated/],
    ["end within CDATA", "<a><![CDATA[x]]", /line 1: CData section not finished/],
    ["repeat an attribute", "<a b='1' b='1'/>", /line 1: Attribute b redefined/],
    ["begin a name with a digit", "<1/>", /line 1: StartTag: invalid element name/],
  ])("%s", (_what, text, message) => {
    const error = refusal(text);
    expect(error.code).toBe(ErrorCode.XML_DETAIL);
    expect(error.message).toMatch(message);
  });
});

test.each([
  ["caf\u00e9 \ufffd", undefined],
  [
    "caf\u00e9\nb\xff",
    "line 2: Input is not proper UTF-8, indicate encoding !\nBytes: 0xFF 0x3C 0x2F 0x61\nb",
  ],
])("a file that says %j", (inside, message) => {
  const bytes = Buffer.concat([
    Buffer.from(`<a>${inside.replace("\xff", "")}`),
    Buffer.from(inside.includes("\xff") ? [0xff] : []),
    Buffer.from("</a>"),
  ]);
  if (message === undefined) expect(parseXml(decodeXml(bytes)).text).toBe(inside);
  else expect(() => parseXml(decodeXml(bytes))).toThrow(message);
});

test("names of the language are names of elements and attributes, no more", () => {
  const root = parseXml("<a constructor='1' __proto__='2'><__proto__ x='y'/><toString/></a>");
  expect(Object.keys(root.attrs)).toEqual(["constructor", "__proto__"]);
  expect(Object.getOwnPropertyDescriptor(root.attrs, "__proto__")?.value).toBe("2");
  expect(root.children.map(({ name }) => name)).toEqual(["__proto__", "toString"]);
  expect(({} as { x?: unknown }).x).toBeUndefined();
});

/** Megabytes of one thing: what takes time in proportion to the square of its length takes minutes. */
describe("time in proportion to length", () => {
  const MB = 1024 * 1024;
  const filled = (unit: (i: number) => string, bytes: number): string => {
    const parts: string[] = [];
    for (let length = 0, i = 0; length < bytes; i++) {
      const part = unit(i);
      parts.push(part);
      length += part.length;
    }
    return parts.join("");
  };
  test.each<[what: string, text: () => string, refused?: RegExp]>([
    ["attributes", () => `<a ${filled((i) => `b${i}='${i}' `, MB)}/>`],
    ["elements", () => `<a>${filled(() => "<b/>", 2 * MB)}</a>`],
    [
      "elements deep inside",
      () => `${"<a>".repeat(250)}${filled(() => "<b c='d'/>", MB)}${"</a>".repeat(250)}`,
    ],
    ["lines", () => `<a>${filled(() => "<b/>\n", 2 * MB)}</a>`],
    ["text", () => `<a>${"x".repeat(8 * MB)}</a>`],
    ["text between elements", () => `<a>${filled(() => "x<b/>", MB)}</a>`],
    ["blanks", () => `<a>${" ".repeat(8 * MB)}<b/></a>`],
    ["one value", () => `<a b='${"x\n".repeat(2 * MB)}'/>`],
    ["references", () => `<a>${"&lt;".repeat(MB / 2)}</a>`],
    ["ampersands in a value", () => `<a b='${"&amp;".repeat(MB / 2)}'/>`],
    ["comments", () => `<a>${filled(() => "<!---->", MB)}</a>`],
    ["CDATA", () => `<a>${filled(() => "<![CDATA[x]]>", MB)}</a>`],
    [
      "namespaces",
      () => `<a ${filled((i) => `xmlns:n${i}='u' `, MB)}>${filled((i) => `<n${i}:b/>`, MB / 2)}</a>`,
    ],
    [
      "namespaces nobody declared, deep inside",
      () => `${"<a xmlns:x='u'>".repeat(250)}${filled((i) => `<n${i}:b/>`, MB)}${"</a>".repeat(250)}`,
    ],
    ["a name", () => `<${"a".repeat(2 * MB)}/>`],
    ["signs that open nothing", () => "<".repeat(MB), /invalid element name/],
    ["ends of nothing", () => `<a>${"</b>".repeat(MB / 4)}`, /Opening and ending tag mismatch/],
    ["comments that never end", () => `<a>${"<!--".repeat(MB / 4)}`, /Comment not terminated/],
    ["references that never end", () => `<a>${"&".repeat(MB)}</a>`, /xmlParseEntityRef: no name/],
    ["a reference that never ends", () => `<a>&${"x".repeat(2 * MB)}</a>`, /EntityRef: expecting ';'/],
    ["bad characters", () => `<a>${"\u0001".repeat(2 * MB)}</a>`, /invalid Char value 1/],
  ])("%s", (_what, make, refused) => {
    const text = make();
    const from = performance.now();
    if (refused) expect(refusal(text).message.slice(0, 200)).toMatch(refused);
    else expect(parseXml(text).name.slice(0, 1)).toBe("a");
    expect(performance.now() - from).toBeLessThan(PATIENCE_MS);
  });
});
