import { expect, test } from "vitest";
import { openForTest } from "../testing.ts";

const usual = { emulatorbin: null, arch: null, machine: null, virttype: null, flags: 0 };

test.each([
  [usual, "<domain>test</domain>\n  <arch>i686</arch>"],
  [
    { ...usual, emulatorbin: "/bin/x", machine: "m", arch: "s390x", virttype: "kvm" },
    "<path>/bin/x</path>\n  <domain>kvm</domain>\n  <machine>m</machine>\n  <arch>s390x</arch>",
  ],
])("what a guest may have: %o", async (asked, head) => {
  expect(await openForTest().ask("connectGetDomainCapabilities", asked)).toEqual({
    capabilities: `<domainCapabilities>
  ${head}
  <cpu>
    <mode name='host-passthrough' supported='no'/>
    <mode name='maximum' supported='no'/>
    <mode name='host-model' supported='no'/>
    <mode name='custom' supported='no'/>
  </cpu>
  <devices>
  </devices>
  <features>
    <sev supported='no'/>
    <sgx supported='no'/>
  </features>
</domainCapabilities>
`,
  });
});

test.each([
  ["flags", { flags: 1 }, "8 12 unsupported flags (0x1) in function testConnectGetDomainCapabilities"],
  ["type", { virttype: "x" }, "8 12 invalid argument: unknown virttype: x"],
  ["architecture", { arch: "x" }, "8 12 invalid argument: unknown architecture: x"],
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
