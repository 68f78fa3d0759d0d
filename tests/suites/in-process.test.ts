import { describeTestDriver } from "@libvirt-ts/api-suites";
import { expect, test } from "vitest";
import { events, procedures } from "./of-libvirts-test-driver.ts";
import { inProcess } from "./targets.ts";

const target = inProcess();
describeTestDriver(target);

test("no procedure and no event of libvirt's test driver is left out", () => {
  const { calls } = target;
  const missing = [
    ...procedures.filter((name) => !calls.procedures.has(name)),
    ...events.filter((name) => !calls.events.has(name)),
  ];
  console.log(`never called by a suite: ${missing.length === 0 ? "nothing" : missing.join(" ")}`);
  expect(missing).toEqual([]);
});
