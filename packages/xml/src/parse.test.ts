import { describe, expect, test } from "vitest";
import { formatTree, parseXml } from "./index.ts";

describe("a document", () => {
  test("becomes a tree with positions and namespaces", () => {
    const root = parseXml(
      "<?xml version='1.0'?>\n<a xmlns:q='urn:q'>\n  <q:b c='&lt;&#65;'>x<![CDATA[<y>]]></q:b>\n</a>\n",
    );
    const b = root.children[0];
    expect(root.line).toBe(2);
    expect(b).toMatchObject({
      name: "b",
      prefix: "q",
      ns: "urn:q",
      attrs: { c: "<A" },
      text: "x<y>",
      line: 3,
    });
  });
  test("hands default namespaces down", () => {
    const root = parseXml("<a><b xmlns='urn:b'><c/><d xmlns=''/></b><e/></a>");
    expect(root.children.map((c) => c.ns)).toEqual(["urn:b", ""]);
    expect(root.children[0]?.children.map((c) => c.ns)).toEqual(["urn:b", ""]);
  });
  test("is laid out again with mixed content left alone", () => {
    const text = "<m><!-- c --><a>x<b/> y</a><e></e><f>\n</f></m>";
    expect(formatTree(parseXml(text))).toBe("<m>\n  <!-- c -->\n  <a>x<b/> y</a>\n  <e/>\n  <f>\n</f>\n</m>");
  });
});

test.each([
  ["", "at line 1: Document is empty\n"],
  ["hello", "at line 1: Start tag expected, '<' not found\nhello\n^"],
  ["<a>\n<b>\n</a>", /^at line 3: Opening and ending tag mismatch: b line 2 and a\n<\/a>\n-+\^$/],
  ["<a><b/>", /at line 1: Premature end of data in tag a line 1\n/],
  ["<a x='1' x='2'/>", /at line 1: Attribute x redefined\n/],
  ["<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", /Document type declarations are not accepted/],
  ["<a>&e;</a>", /Entity 'e' not defined/],
  ["<a>\u0000</a>", /PCDATA invalid Char value 0/],
  ["<a>".repeat(300), /Excessive depth/],
  ["<a/><b/>", /at line 1: Extra content at the end of the document\n/],
  ["<a x=1/>", /AttValue: " or ' expected/],
  ["<a x='<'/>", /Unescaped '<' not allowed/],
  ["<a>&#0;</a>", /xmlParseCharRef: invalid xmlChar value 0/],
  ["<a>\ud800</a>", /invalid Char value 55296/],
  ["<a><!-- </a>", /Comment not terminated/],
])("%.30j is refused", (text, message) => {
  expect(() => parseXml(text)).toThrow(message);
});
