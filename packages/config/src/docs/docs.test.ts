import { expect, test } from "vitest";
import { parseConf } from "../conf-file.ts";
import { flag, int, list, optionalFlag, optionalStr, readConfig, str } from "../keys.ts";
import { driverDaemonKeys, proxyDaemonKeys } from "../tables.ts";
import { augeasLens } from "./augeas-lens.ts";
import { manSection } from "./man-section.ts";
import { roffText } from "./roff-text.ts";
import { sampleConf } from "./sample-conf.ts";

const keys = {
  count: int(5, { min: -1, max: 9, doc: "How many." }),
  on: flag(true, { doc: "Whether." }),
  maybe: optionalFlag({ doc: "Perhaps." }),
  mode: str("a", { oneOf: ["a", "b"], doc: "Which." }),
  group: optionalStr({ doc: "Who.", example: "libvirt" }),
  names: list([], { doc: "Names.", example: ["x", "y"] }),
};

test("sample", () => {
  expect(sampleConf({ title: "A daemon", keys }).split("\n").slice(5)).toEqual([
    "# How many. From -1 to 9.",
    "#count = 5",
    "",
    "# Whether. 0 is no, 1 is yes.",
    "#on = 1",
    "",
    "# Perhaps. 0 is no, 1 is yes.",
    "#maybe = 0",
    "",
    '# Which. One of "a", "b".',
    '#mode = "a"',
    "",
    "# Who.",
    '#group = "libvirt"',
    "",
    "# Names.",
    '#names = [ "x", "y" ]',
    "",
  ]);
});

test.each([
  ["daemon", driverDaemonKeys],
  ["proxy", proxyDaemonKeys],
])("the sample of a %s, hashes removed, is a file with the defaults", (_, table) => {
  const text = sampleConf({ title: "t", keys: table }).replace(/^#(?=[a-z])/gm, "");
  const { values, unknown } = readConfig(table, text, "sample");
  expect(unknown).toEqual([]);
  expect(parseConf(text, "sample").map(({ key }) => key)).toEqual(Object.keys(table));
  for (const [name, key] of Object.entries(table)) {
    if (key.default === undefined || key.example !== undefined) continue;
    expect({ [name]: (values as Record<string, unknown>)[name] }).toEqual({ [name]: key.default });
  }
});

test("lens and man section name every key", () => {
  const lens = augeasLens({ module: "X", files: ["/etc/x.conf"], keys });
  expect(lens).toContain('int_entry "count"\n            | flag_entry "on"');
  expect(lens).toContain('list_entry "names"');
  const section = manSection(keys);
  expect(section).toContain(".TP\n.B count\nHow many. From \\-1 to 9. Default: 5.\n");
  expect(section).toContain('.TP\n.B mode\nWhich. One of "a", "b". Default: "a".\n');
});

test.each([
  ["a-b `c` \\", "a\\-b \\fBc\\fR \\e"],
  [".x\n'y", "\\&.x\n\\&'y"],
])("roff %j", (text, roff) => {
  expect(roffText(text)).toBe(roff);
});
