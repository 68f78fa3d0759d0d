import { expect, test } from "vitest";
import { judge } from "./verdict.ts";

const network = "<network>\n  <name>a</name>\n  <brige name='b'/>\n</network>\n";
const files: { readonly [file: string]: string } = {
  "good.xml": network.replace("brige", "bridge"),
  "bad.xml": network,
  "broken.xml": "<domain",
  "other.xml": "<!-- a --><x/>",
  "-": "<?xml version='1.0'?>\n<network><name>a</name></network>",
};

test.each([
  ["a valid document", "good.xml", undefined, 0, ["good.xml validates"]],
  [
    "one that is not",
    "bad.xml",
    "network",
    3,
    [
      "bad.xml:3:3: /network/brige: unknown element <brige> in <network>; did you mean 'bridge'?",
      "bad.xml fails to validate",
    ],
  ],
  ["standard input", "-", undefined, 0, ["- validates"]],
  [
    "one that is no XML",
    "broken.xml",
    "domain",
    1,
    [expect.stringContaining("Couldn't find end of Start Tag")],
  ],
  [
    "a kind nobody knows",
    "other.xml",
    undefined,
    3,
    ["virt-xml-validate: cannot determine schema type for other.xml"],
  ],
  ["a schema nobody knows", "good.xml", "x", 4, ["virt-xml-validate: schema x does not exist"]],
  ["no file", "none.xml", undefined, 2, ["virt-xml-validate: document none.xml does not exist"]],
  ["nothing", undefined, undefined, 1, ["syntax: virt-xml-validate XMLFILE [TYPE]"]],
])("%s", (_what, file, name, status, lines) => {
  expect(judge(file, name, (each) => files[each])).toEqual({ status, lines });
});
