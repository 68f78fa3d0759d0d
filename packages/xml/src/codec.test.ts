import { describe, expect, test } from "vitest";
import {
  attr,
  attrOf,
  type Context,
  child,
  element,
  flag,
  type Infer,
  leaf,
  list,
  oneOf,
  onOff,
  parseXml,
  positive,
  raw,
  str,
  uint,
  variant,
  XmlWriter,
} from "./index.ts";

const Source = element("source", { file: attr("file", str), index: attr("index", uint, { show: "live" }) });
const Block = element("source", { dev: attr("dev", str) });
const Thing = element("thing", {
  type: attr("type", oneOf(["file", "block", "none"]), { default: "file" }),
  passwd: attr("passwd", str, { show: "secure" }),
  order: attrOf("boot", "order", positive),
  $source: variant("type", { file: { source: child(Source) }, block: { source: child(Block) } }),
  removable: attr("removable", onOff),
  readonly: flag("readonly"),
  serial: leaf("serial", str),
  parts: list(element("part", { name: attr("name", str, { required: true }) })),
  metadata: raw("metadata"),
});
type Thing = Infer<typeof Thing>;

const read = (text: string, context: Context = {}): Thing => Thing.parse(parseXml(text), context);
const write = (thing: Thing, context: Context = {}): string => {
  const writer = new XmlWriter();
  Thing.format(thing, writer, context);
  return writer.toString();
};

describe("element", () => {
  const whole = `<thing type='file' passwd='x&apos;&lt;' removable='on'>
  <boot order='2'/>
  <source file='/a&amp;b' index='3'/>
  <readonly/>
  <serial>S 1</serial>
  <part name='a'/>
  <part name='b'/>
  <metadata>
    <a:x xmlns:a="urn:a" k="v">text<b/></a:x>
    <y/>
  </metadata>
</thing>
`;
  test("is written as it was read", () => {
    expect(write(read(whole), { secure: true })).toBe(whole);
  });
  test("shows passwords and live parts only to whom they belong", () => {
    const shown = write(read(whole), { inactive: true });
    expect(shown).not.toContain("passwd");
    expect(shown).not.toContain("index");
    expect(read(whole, { inactive: true }).passwd).toBe("x'<");
    const thing = read(whole, { inactive: true });
    expect(thing.type === "file" && thing.source).toEqual({ file: "/a&b" });
  });
  test("keeps defaults, drops what is empty", () => {
    expect(write(read("<thing><source/></thing>"))).toBe("<thing type='file'/>\n");
    expect(read("<thing/>")).toEqual({ type: "file", parts: [] });
  });
  test("takes the fields of the variant named", () => {
    const thing = read("<thing type='block'><source dev='/dev/x' file='no'/></thing>");
    expect(thing.type === "block" && thing.source?.dev).toBe("/dev/x");
  });
  test("tells of what no declaration knows", () => {
    const seen: string[] = [];
    const unknown: Context["unknown"] = (at, name) => seen.push(`${at.line} ${at.name} ${name ?? ""}`);
    read("<thing what='1'>\n<other/>\n<source file='x' y='z'/></thing>", { unknown });
    expect(seen).toEqual(["3 source y", "1 thing what", "2 other "]);
  });
});

test.each([
  ["<thing type='x'/>", "XML error: Invalid value for attribute 'type' in element 'thing': 'x'."],
  ["<thing><part/></thing>", "XML error: Missing required attribute 'name' in element 'part'"],
  [
    "<thing><boot order='0'/></thing>",
    "XML error: Invalid value for attribute 'order' in element 'boot': Zero is not permitted",
  ],
  [
    "<thing><source index='-5'/></thing>",
    "XML error: Invalid value for attribute 'index' in element 'source': '-5'. Expected non-negative integer value",
  ],
])("%s is refused", (text, message) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ message }));
});
