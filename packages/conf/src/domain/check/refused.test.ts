import { ErrorDomain } from "@libvirt-ts/errors";
import { expect, test } from "vitest";
import { parseDomain } from "../parse.ts";
import { refused } from "./refused.ts";

const has = (text: string, tag: string) => text.includes(`<${tag}`);

test.each(refused)("%s %s %s", (machine, beside, devices, message) => {
  const usual = [
    has(beside, "memory ") ? "" : "<memory unit='MiB'>256</memory>",
    has(beside, "vcpu") ? "" : "<vcpu>1</vcpu>",
    has(beside, "os") ? "" : `<os><type arch='x86_64' machine='${machine}'>hvm</type></os>`,
  ].join("");
  const text = `<domain type='qemu'><name>g</name>${usual}${beside}<devices>${devices}</devices></domain>`;
  const refusal = expect.objectContaining({ message, domain: ErrorDomain.DOMAIN });
  expect(() => parseDomain(text, { inactive: true, abiUpdate: true })).toThrow(refusal);
});

test("reservations are refused in the name of storage", () => {
  const text =
    "<domain type='qemu'><name>g</name><memory>1024</memory><os><type>hvm</type></os><devices><disk><source file='/a'><reservations managed='no'/></source><target dev='sda'/></disk></devices></domain>";
  const message = "XML error: missing connection type for <reservations/>";
  const refusal = expect.objectContaining({ message, domain: ErrorDomain.STORAGE });
  expect(() => parseDomain(text, { inactive: true, abiUpdate: true })).toThrow(refusal);
});
