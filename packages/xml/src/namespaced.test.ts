import { expect, test } from "vitest";
import { ownChild, replaceOwnChild } from "./namespaced.ts";
import { parseXml } from "./parse.ts";
import { formatTree } from "./write.ts";

const namespace = { prefix: "k", uri: "http://x" };
const put = (text: string, parent?: Parameters<typeof ownChild>[0]) =>
  replaceOwnChild(parent, "metadata", { child: parseXml(text), namespace });

test.each([
  ['<a><b c="1"/>t</a>', '<k:a xmlns:k="http://x"><k:b c="1"/>t</k:a>'],
  ['<a z="1"/>', '<k:a xmlns:k="http://x" z="1"/>'],
  ["<a/>", '<k:a xmlns:k="http://x"/>'],
  ["<a>\n <b/>\n <c>x</c></a>", '<k:a xmlns:k="http://x">\n      <k:b/>\n      <k:c>x</k:c>\n    </k:a>'],
])("%s and back", (text, inside) => {
  const parent = put(text);
  expect(formatTree(parent, 1)).toContain(inside);
  expect(formatTree(ownChild(parent, namespace.uri) ?? parent)).toBe(formatTree(parseXml(text)));
});

test("one child per namespace, others stay", () => {
  const first = put("<a/>");
  const both = replaceOwnChild(first, "metadata", {
    child: parseXml("<z/>"),
    namespace: { prefix: "j", uri: "http://y" },
  });
  const again = put("<b/>", both);
  expect(again.children.map(({ prefix, name }) => `${prefix}:${name}`)).toEqual(["j:z", "k:b"]);
  const gone = replaceOwnChild(again, "metadata", { child: undefined, namespace });
  expect(gone.children.map(({ name }) => name)).toEqual(["z"]);
  expect(ownChild(gone, namespace.uri)).toBeUndefined();
});

test("what has a namespace keeps it and is not found under ours", () => {
  const parent = put('<q:a xmlns:q="http://q"/>');
  expect(formatTree(parent)).toContain('<q:a xmlns:q="http://q" xmlns:k="http://x"/>');
  expect(ownChild(parent, namespace.uri)).toBeUndefined();
});
