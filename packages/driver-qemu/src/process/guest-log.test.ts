import { expect, test } from "vitest";
import { logHeader, quoted } from "./guest-log.ts";

test("an option a line", () => {
  const facts = { now: 0, libvirtVersion: "11.3.0", qemuVersion: "7.2.22", kernel: "6.1", hostname: "h" };
  const line = {
    program: "/usr/bin/qemu",
    args: ["-name", "guest=a b", "-S"],
    env: [["LC_ALL", "C"]] as [string, string][],
    fds: [],
    fdSets: 0,
  };
  expect(logHeader(facts, line)).toBe(
    "1970-01-01 00:00:00.000+0000: starting up libvirt version: 11.3.0, qemu version: 7.2.22, kernel: 6.1, hostname: h\n" +
      "LC_ALL=C \\\n/usr/bin/qemu \\\n-name 'guest=a b' \\\n-S\n",
  );
});

test.each([
  ["plain,a=b", "plain,a=b"],
  ['{"a":1}', `'{"a":1}'`],
  ["it's", "'it'\\''s'"],
])("quoted %s", (word, text) => expect(quoted(word)).toBe(text));
