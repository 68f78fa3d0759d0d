import { ErrorCode } from "@libvirt-ts/errors";
import { expect, test } from "vitest";
import { assertValid, findProblems, schemaOf } from "./index.ts";

const guest = (devices: string) => `<domain type='kvm'>
  <name>a</name>
  <memory>4096</memory>
  <os><type>hvm</type></os>
  <devices>
${devices}
  </devices>
</domain>`;
const disk = (inside: string, attrs = "type='file' device='disk'") =>
  guest(`    <disk ${attrs}>\n      ${inside}\n      <target dev='vda' bus='virtio'/>\n    </disk>`);

test.each([
  ["a disk", disk("<source file='/a.img'/>")],
  ["an empty drive", disk("", "type='file' device='cdrom'")],
  ["a console without type", guest("<console/>")],
])("%s is valid", (_what, text) => {
  expect(findProblems(text, "domain")).toEqual([]);
  expect(() => assertValid(text, "domain")).not.toThrow();
});

test.each([
  [disk("<source file='a.img'/>"), 7, 15, "expected an absolute path"],
  [disk("<source dev='/dev/x'/>"), 7, 15, "unknown attribute 'dev' of <source>"],
  [disk("", "type='network' device='cdrom'"), 6, 5, "needs a <source>"],
  [disk("<source file='/x'/>", "type='file' device='lun'"), 6, 5, "device='lun' needs"],
  [
    guest("<interface type='user'>\n<mac address='01:00:00:00:00:00'/></interface>"),
    7,
    6,
    "MAC address of one card",
  ],
  [guest("<input type='mouse'\n   bus='ubs'/>"), 7, 4, "did you mean 'usb'?"],
  [guest("<emulator x=\"y='z'\" y='z'>/x</emulator>"), 6, 11, "unknown attribute 'x'"],
])("%s is not", (text, line, column, message) => {
  const [first] = findProblems(text, "domain");
  expect(first).toMatchObject({ line, column, message: expect.stringContaining(message) });
});

test("the VALIDATE flags get one error with all there is to say", () => {
  expect(() => assertValid("<network><nam>a</nam></network>", "network")).toThrow(
    expect.objectContaining({
      code: ErrorCode.XML_INVALID_SCHEMA,
      message: [
        "XML document failed to validate against schema: Unable to validate doc against network",
        "1:10: /network/nam: unknown element <nam> in <network>; did you mean 'name'?",
        "1:1: /network: <network> needs an element <name>",
      ].join("\n"),
    }),
  );
});

test("a root element of another kind is the only problem", () => {
  expect(findProblems("<domian/>", "domain")).toEqual([
    {
      line: 1,
      column: 1,
      path: "/domian",
      message: "root element is <domian>, expected <domain>; did you mean 'domain'?",
    },
  ]);
});

test.each([
  ["<?xml version='1.0'?>\n<!-- <pool/> -->\n<volume/>", "storagevol"],
  ["<cpu/>", "cpu"],
  ["<what/>", undefined],
  ["no", undefined],
])("%j is %s", (text, schema) => {
  expect(schemaOf(text)).toBe(schema);
});
