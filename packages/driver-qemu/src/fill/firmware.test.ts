import { expect, test } from "vitest";
import { parseFirmwareDescriptor } from "./firmware-descriptor.ts";

test.each([
  ["not JSON", "{", false],
  ["no mapping", "{}", false],
  [
    "flash",
    '{"interface-types":["uefi"],"mapping":{"device":"flash","executable":{"filename":"/f","format":"raw"}},"targets":[]}',
    true,
  ],
  ["memory", '{"interface-types":["bios"],"mapping":{"device":"memory","filename":"/f"},"targets":[]}', true],
])("descriptor: %s", (_what, text, good) => {
  expect(parseFirmwareDescriptor(text) !== undefined).toBe(good);
});
