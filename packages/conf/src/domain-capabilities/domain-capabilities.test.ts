import { expect, test } from "vitest";
import { formatDomainCapabilities, parseDomainCapabilities } from "./index.ts";

const text = `<domainCapabilities>
  <path>/usr/bin/qemu-system-x86_64</path>
  <domain>kvm</domain>
  <arch>x86_64</arch>
  <cpu>
    <mode name='maximum' supported='no'/>
    <mode name='custom' supported='yes'>
      <model usable='no' vendor='Intel' canonical='Broadwell-v1'>Broadwell</model>
      <blockers model='Broadwell'>
        <feature name='hle'/>
        <feature name='rtm'/>
      </blockers>
      <model usable='yes' deprecated='yes' vendor='unknown'>486</model>
    </mode>
  </cpu>
  <devices>
    <panic supported='yes'>
      <enum name='model'/>
    </panic>
  </devices>
  <features>
    <async-teardown supported='yes'/>
    <sev supported='no'/>
  </features>
</domainCapabilities>
`;

test("says the same when it is read and written again", () => {
  expect(formatDomainCapabilities(parseDomainCapabilities(text))).toBe(text);
});

test("shows what keeps a model from being used with that model", () => {
  const [, custom] = parseDomainCapabilities(text).cpu?.modes ?? [];
  expect(custom?.models?.map(({ name, blockers }) => [name, blockers])).toEqual([
    ["Broadwell", ["hle", "rtm"]],
    ["486", undefined],
  ]);
});

test("tells devices even where none is known", () => {
  const bare = { path: "/bin/x", domain: "kvm", arch: "x86_64", devices: {} };
  expect(formatDomainCapabilities(bare)).toContain("  <devices>\n  </devices>\n");
});

test("refuses what is no such document", () => {
  expect(() => parseDomainCapabilities("<domainCapabilities><path>/x</path></domainCapabilities>")).toThrow(
    "missing element 'domain' in element 'domainCapabilities'",
  );
});
