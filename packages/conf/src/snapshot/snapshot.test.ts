import { expect, test } from "vitest";
import { parseCheckpoint } from "../checkpoint/index.ts";
import { findProblems } from "../schema/index.ts";
import { formatSnapshot, parseSnapshot } from "./parse.ts";

const snapshot = (body: string) => `<domainsnapshot>${body}</domainsnapshot>`;
const past = "<name>n</name><state>shutoff</state><creationTime>5</creationTime>";

test("what is made says itself neither how it was nor when", () => {
  const text = snapshot("<creationTime>x </creationTime><parent><name>p</name></parent><state>x</state>");
  const def = parseSnapshot(text, { now: 7 });
  expect(formatSnapshot(def)).toBe(
    "<domainsnapshot>\n  <name>7</name>\n  <creationTime>7</creationTime>\n</domainsnapshot>\n",
  );
});

test.each([
  ["<name/><name>n</name>", "a redefined snapshot must have a name"],
  ["<disks><disk/></disks><name>n</name>", "missing creationTime from existing snapshot"],
  ["<name>n</name><creationTime>5 </creationTime>", "missing creationTime from existing snapshot"],
  [
    "<name>n</name><creationTime>5</creationTime><disks><disk/></disks>",
    "missing state from existing snapshot",
  ],
  [`${past}<disks><disk/></disks>`, "internal error: missing name from disk snapshot element"],
  [
    `${past}<disks><disk name='a' type='block'><source dev='x'/></disk></disks>`,
    "disk snapshot image path 'x' must be absolute",
  ],
  [
    `${past}<disks><disk name='a' type='network'><source protocol='nbd'><host name='h' port='65536'/></source></disk></disks>`,
    "port '65536' out of range",
  ],
])("no snapshot of before: %s", (body, message) => {
  expect(() => parseSnapshot(snapshot(body), { isRedefined: true })).toThrow(message);
});

test.each([
  ["<creationTime>5</creationTime>", 0],
  ["<creationTime> 5</creationTime>", 1],
  ["<creationTime>18446744073709551616</creationTime>", 1],
  ["<disks/>", 1],
  ["<disks><disk name=''/></disks>", 1],
])("a checkpoint with %s has %i problems", (body, count) => {
  const text = `<domaincheckpoint>${body}</domaincheckpoint>`;
  expect(findProblems(text, "domaincheckpoint")).toHaveLength(count);
  expect(parseCheckpoint(text, { now: 3 }).creationTime).toBe(3);
});
