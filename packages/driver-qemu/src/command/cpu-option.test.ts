import { expect, test } from "vitest";
import { read } from "../check/testing.ts";
import { hypervOptions } from "./cpu-option.ts";

test.each([
  ["<tlbflush state='on'><direct state='on'/><extended state='on'/></tlbflush>", 3],
  ["<tlbflush state='off'><direct state='on'/><extended state='on'/></tlbflush>", 0],
  ["<stimer state='off'><direct state='on'/></stimer>", 0],
])("%s: %i options", (enlightenments, count) => {
  const beside = `<features><hyperv>${enlightenments}</hyperv></features>`;
  expect(hypervOptions(read({ machine: "q35", beside, devices: "" }))).toHaveLength(count);
});
