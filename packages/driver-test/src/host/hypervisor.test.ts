import { parseDomainCapabilities } from "@libvirt-ts/conf/domain-capabilities";
import { expect, test } from "vitest";
import { openForTest } from "../testing.ts";

const usual = { emulatorbin: null, arch: null, machine: null, virttype: null, flags: 0 };

test("what a guest may have", async () => {
  const answer = await openForTest().ask("connectGetDomainCapabilities", { ...usual, machine: "m" });
  const { capabilities } = answer as { capabilities: string }; // what the call answers
  expect(parseDomainCapabilities(capabilities)).toMatchObject({
    path: "/usr/bin/test-hv",
    domain: "test",
    machine: "m",
    arch: "i686",
    vcpu: 32,
  });
});

test.each([
  ["flags", { flags: 1 }, "8 12 unsupported flags (0x1) in function testConnectGetDomainCapabilities"],
  ["type", { virttype: "x" }, "8 12 invalid argument: unknown virttype: x"],
  [
    "hypervisor",
    { virttype: "kvm" },
    "8 12 invalid argument: virttype 'kvm' is not supported by this hypervisor",
  ],
  [
    "architecture",
    { arch: "s390x" },
    "8 12 invalid argument: architecture 's390x' is not supported by this hypervisor",
  ],
])("another %s", async (_, more, answer) => {
  expect(await openForTest().ask("connectGetDomainCapabilities", { ...usual, ...more })).toBe(answer);
});

test.each([
  [{ pages: [4, 2048], cellCount: 2 }, { counts: [19n, 45n, 97n, 201n] }],
  [{ pages: [4], cellCount: 0 }, { counts: [] }],
  [
    { pages: [4], cellCount: 4_000_000_000 },
    "1 7 internal error: the result won't fit in REMOTE_NODE_MAX_CELLS",
  ],
])("free pages %o", async (args, answer) => {
  expect(await openForTest().ask("nodeGetFreePages", { startCell: 0, flags: 0, ...args })).toEqual(answer);
});
