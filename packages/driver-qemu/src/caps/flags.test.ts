import { expect, test } from "vitest";
import {
  deviceProperties,
  machineProperties,
  objectProperties,
  optionFlags,
  ruleFlags,
  schemaFlags,
  tpmModelFlags,
  tpmTypeFlags,
  typeFlags,
} from "./flag-sources.ts";
import { capsFlags } from "./flags.ts";

test("every flag is named once", () => {
  expect(new Set(capsFlags).size).toBe(capsFlags.length);
});

test("every flag has a source", () => {
  const byProperty = [...deviceProperties, ...objectProperties, ...machineProperties].flatMap((s) =>
    s.flags.map(([, flag]) => flag),
  );
  const sourced = new Set<string>([
    ...typeFlags.map(([, flag]) => flag),
    ...schemaFlags.map(([, flag]) => flag),
    ...optionFlags.map(([, , flag]) => flag),
    ...ruleFlags.map(([flag]) => flag),
    ...byProperty,
    ...Object.values(tpmModelFlags),
    ...Object.values(tpmTypeFlags),
    // Answers of queries of their own.
    "kvm",
    "hvf",
    "cpu-max",
    "virtio-blk-pci.scsi.default.disabled",
  ]);
  expect(capsFlags.filter((flag) => !sourced.has(flag))).toEqual([]);
});
