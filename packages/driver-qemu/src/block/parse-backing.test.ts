import { expect, test } from "vitest";
import { parseBacking } from "./parse-backing.ts";
import { backingString } from "./target.ts";

const again = (text: string) => backingString({ place: parseBacking(text).source, format: "raw" });

test.each([
  ["/images/base.qcow2", "/images/base.qcow2"],
  ["nbd://host:10809/export", "nbd://host:10809/export"],
  ["nbd:[::1]:6000:exportname=e", "nbd://[::1]:6000/e"],
  ['json:{"driver":"qcow2","file.driver":"file","file.filename":"/f"}', "/f"],
  [
    'json:{"driver":"raw","offset":1,"size":"2","file":{"driver":"file","filename":"/f"}}',
    'json:{"file":{"driver":"raw","offset":1,"size":2,"file":{"driver":"file","filename":"/f"}}}',
  ],
])("%s", (text, written) => {
  expect(again(text)).toBe(written);
  expect(again(written)).toBe(written);
});

test.each([
  ["json:[]"],
  ["json:{"],
  ['json:{"file":1,"file.driver":"file"}'],
  ['json:{"driver":"__proto__","filename":"/f"}'],
  [`json:${'{"file":'.repeat(100)}{}${"}".repeat(100)}`],
  ["nbd+unix:///export"],
  ["gopher://host/"],
  ["nbd:"],
])("refused: %s", (text) => {
  expect(() => parseBacking(text)).toThrow(expect.objectContaining({ name: "VirError" }));
});
