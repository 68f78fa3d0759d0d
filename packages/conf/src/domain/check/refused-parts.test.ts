import { expect, test } from "vitest";
import { parseDomain } from "../parse.ts";
import { refusedParts } from "./refused-parts.ts";

test.each(refusedParts)("%s %s", (beside, devices, message, domain) => {
  const memory = beside.includes("<memory ") ? "" : "<memory unit='MiB'>256</memory>";
  const vcpu = beside.includes("<vcpu") ? "" : "<vcpu>1</vcpu>";
  const os = "<os><type arch='x86_64' machine='q35'>hvm</type></os>";
  const text = `<domain type='qemu'><name>g</name>${memory}${vcpu}${os}${beside}<devices>${devices}</devices></domain>`;
  const refusal = expect.objectContaining({ message, domain });
  expect(() => parseDomain(text, { inactive: true, abiUpdate: true })).toThrow(refusal);
});
