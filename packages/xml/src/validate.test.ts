import { describe, expect, test } from "vitest";
import {
  attr,
  attrOf,
  child,
  custom,
  element,
  flag,
  leaf,
  list,
  oneOf,
  parseXml,
  raw,
  str,
  strictly,
  uint,
  validateElement,
  variant,
} from "./index.ts";
import { nearest } from "./nearest.ts";

const Thing = element(
  "thing",
  {
    type: attr("type", oneOf(["file", "block"]), { default: "file" }),
    secret: attr("secret", str, { show: "status" }),
    $source: variant("type", {
      file: { source: child(element("source", { file: attr("file", strictly(str, /\/.*/, "a path")) })) },
      block: { source: child(element("source", { dev: attr("dev", str) })), sectors: attr("sectors", uint) },
    }),
    size: leaf("size", uint, { strict: { required: true } }),
    readonly: flag("readonly"),
    boot: attrOf("boot", "order", uint),
    parts: list(element("part", { name: attr("name", str, { required: true }) })),
    extra: custom<string>({ tags: ["extra"], like: { extra: leaf("extra", uint) }, parse: () => "" }),
    metadata: raw("metadata"),
  },
  { rule: ({ attrs }) => (attrs.sectors === "13" ? "not thirteen" : undefined) },
);

const problems = (inside: string, attrs = "") => {
  const root = parseXml(`<thing${attrs}>${inside}</thing>`);
  const shape = Thing.shape?.();
  return shape
    ? validateElement(root, shape).map(({ path, message }) => `${path}: ${message}`)
    : ["no shape"];
};

describe("validation", () => {
  test.each([
    [
      "what is declared",
      "<size>1</size><source file='/x'/><readonly/><metadata><a b='c'>d</a></metadata>",
      "",
    ],
    ["parts in any number", "<size>1</size><part name='a'/><part name='b'/>", ""],
    ["the fields of the variant", "<size>1</size><source dev='x'/>", " type='block' sectors='4'"],
  ])("accepts %s", (_what, inside, attrs) => {
    expect(problems(inside, attrs)).toEqual([]);
  });

  const size = "<size>1</size>";
  test.each([
    [`${size}<sorce/>`, "", "/thing/sorce: unknown element <sorce> in <thing>; did you mean 'source'?"],
    [size, " tpye='file'", "/thing/@tpye: unknown attribute 'tpye' of <thing>; did you mean 'type'?"],
    [
      size,
      " type='flie'",
      "/thing/@type: bad value 'flie' of attribute 'type' of <thing>; did you mean 'file'?",
    ],
    [size, " sectors='1'", "/thing/@sectors: attribute 'sectors' of <thing> goes with type='block'"],
    [size, " secret='1'", "/thing/@secret: unknown attribute 'secret' of <thing>"],
    [size, " type='block' sectors='13'", "/thing: not thirteen"],
    [`${size}text`, "", "/thing: stray text in <thing>: 'text'"],
    [`${size}${size}`, "", "/thing/size: <size> must occur only once"],
    ["", "", "/thing: <thing> needs an element <size>"],
    ["<size>1 MB</size>", "", "/thing/size: bad value '1 MB' of <size>: expected a number"],
    [
      `${size}<source file='x'/>`,
      "",
      "/thing/source/@file: bad value 'x' of attribute 'file' of <source>: expected a path",
    ],
    [`${size}<part name='a'/><part/>`, "", "/thing/part[2]: <part> needs the attribute 'name'"],
    [`${size}<readonly no='1'/>`, "", "/thing/readonly/@no: unknown attribute 'no' of <readonly>"],
    [`${size}<boot/>`, "", "/thing/boot: <boot> needs the attribute 'order'"],
    [`${size}<extra>x</extra>`, "", "/thing/extra: bad value 'x' of <extra>: expected a number"],
    [`${size}<x:y xmlns:x='u'/>`, "", "/thing/{u}y: unknown element <{u}y> in <thing>"],
  ])("refuses %s%s", (inside, attrs, message) => {
    expect(problems(inside, attrs)).toEqual([message]);
  });
});

test.each([
  ["virtoi", "virtio"],
  ["VIRTIO", "virtio"],
  ["scsi", "scsi"],
  ["sata", undefined],
  ["", undefined],
])("nearest to %j is %j", (word, meant) => {
  expect(nearest(word, ["virtio", "scsi"])).toBe(meant);
});
