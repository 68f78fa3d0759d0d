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

test.each([
  ["<reservations managed='no'/>", "missing connection type for <reservations/>"],
  ["<cookies><cookie name=' a'>b</cookie></cookies>", "cookie name ' a' contains invalid characters"],
  ["<cookies><cookie name='a'>b c</cookie></cookies>", "value of cookie 'a' contains invalid characters"],
])("%s is refused in the name of storage", (part, message) => {
  const text = `<domain type='qemu'><name>g</name><memory>1024</memory><os><type>hvm</type></os><devices><disk type='network'><source protocol='http' name='a'><host name='h'/>${part}</source><target dev='sda'/></disk></devices></domain>`;
  const refusal = expect.objectContaining({ message: `XML error: ${message}`, domain: ErrorDomain.STORAGE });
  expect(() => parseDomain(text, { inactive: true, abiUpdate: true })).toThrow(refusal);
});
