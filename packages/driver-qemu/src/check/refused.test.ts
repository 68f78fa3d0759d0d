import { expect, test } from "vitest";
import { refused } from "./refused.ts";
import { read, refusal } from "./testing.ts";

test.each(refused)("%s %s %s", (machine, beside, devices, message) => {
  expect(() => read({ machine, beside, devices })).toThrow(refusal(message));
});
