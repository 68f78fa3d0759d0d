import { expect, test } from "vitest";
import { formatSecret, parseSecret } from "./secret.ts";

const uuid = "81ff0d90-c91e-6742-64da-4a736edb9a9b";

test.each([
  ["", "<secret ephemeral='no' private='no'>"],
  ["ephemeral='' private='yes'", "<secret ephemeral='no' private='yes'>"],
])("a secret with %s", (attrs, xml) => {
  expect(formatSecret(parseSecret(`<secret ${attrs}><uuid>${uuid}</uuid></secret>`))).toContain(xml);
});

test.each([
  ["<secret private='x'/>", "invalid value of 'private'"],
  ["<secret><usage/></secret>", "Missing required attribute 'type' in element 'usage'"],
  ["<secret><usage type='x'/></secret>", "Invalid value for attribute 'type' in element 'usage': 'x'."],
  [
    "<secret><usage type='ceph'><name/><name>n</name></usage></secret>",
    "Ceph usage specified, but name is missing",
  ],
])("refused: %s", (xml, message) => {
  expect(() => parseSecret(xml)).toThrow(message);
});
