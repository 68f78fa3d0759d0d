import { describeHypervisor } from "@libvirt-ts/api-suites";
import { expect, test } from "vitest";
import { procedures } from "./of-libvirts-test-driver.ts";
import { qemu } from "./targets.ts";

const target = qemu();
describeHypervisor(target);

test("what the suites of every hypervisor leave to those of the test driver", () => {
  const { calls } = target;
  const missing = procedures.filter((name) => name.startsWith("domain") && !calls.procedures.has(name));
  console.log(`calls about domains, called on the test driver only: ${missing.join(" ")}`);
  expect(calls.procedures.size).toBeGreaterThan(40);
});
