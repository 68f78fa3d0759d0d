import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { native } from "./index.ts";

const { EBUSY, EEXIST, EINVAL, ENAMETOOLONG, ENODEV, ENOENT } = constants.errno;

/** Runs a function body in a fresh network namespace; `native` is the addon, the returned value comes back as JSON. */
function inNamespace(body: string): unknown {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const loader = createRequire(import.meta.url).resolve("node-gyp-build");
  const script = `const native = require(${JSON.stringify(loader)})(${JSON.stringify(root)});
    console.log(JSON.stringify((() => { ${body} })()));`;
  return JSON.parse(execFileSync("unshare", ["-n", process.execPath, "-e", script], { encoding: "utf8" }));
}

test.each<[string, string, unknown]>([
  ["template", `return native.tunCreate("vnet%d").name`, "vnet0"],
  ["the next one", `native.tunCreate("vnet%d"); return native.tunCreate("vnet%d").name`, "vnet1"],
  ["taken", `native.tunCreate("t"); return native.tunCreate("t")`, -EBUSY],
  [
    "one queue more",
    `const o = { multiQueue: true, vnetHdr: true }; native.tunCreate("t", o); return native.tunCreate("t", o).name`,
    "t",
  ],
  ["other kind", `native.tunCreate("t"); return native.tunCreate("t", { multiQueue: true })`, -EINVAL],
  ["vanishes", `native.close(native.tunCreate("t").fd); return native.ifIndex("t")`, -ENODEV],
  [
    "persists",
    `const { fd } = native.tunCreate("t"); native.tunSetPersist(fd); native.close(fd); return native.ifIndex("t") > 0`,
    true,
  ],
  ["device missing", `return native.tunCreate("t", { device: "/nowhere" })`, -ENOENT],
])("tap: %s", (_what, body, expected) => expect(inNamespace(body)).toEqual(expected));

test.each<[string, string, unknown]>([
  [
    "mac",
    `native.ifSetMac("t", Uint8Array.of(0x52, 0x54, 0, 1, 2, 3)); return [...native.ifMac("t")]`,
    [0x52, 0x54, 0, 1, 2, 3],
  ],
  [
    "bad mac",
    `return [native.ifSetMac("t", new Uint8Array(5)), native.ifSetMac("t", Uint8Array.of(1, 0, 0, 0, 0, 0))]`,
    [-EINVAL, -constants.errno.EADDRNOTAVAIL],
  ],
  [
    "mtu",
    `return [native.ifSetMtu("t", 1400), native.ifMtu("t"), native.ifSetMtu("t", 1)]`,
    [0, 1400, -EINVAL],
  ],
  [
    "up",
    `return [native.ifSetUp("t"), native.ifFlags("t") & 1, native.ifSetUp("t", false), native.ifFlags("t") & 1]`,
    [0, 1, 0, 0],
  ],
])("interface: %s", (_what, body, expected) =>
  expect(inNamespace(`native.tunCreate("t"); ${body}`)).toEqual(expected),
);

test("bridges", () => {
  const calls = [
    'Create("br0")',
    'Create("br0")',
    'AddIf("br0", "t")',
    'AddIf("br0", "t")',
    'AddIf("br0", "u")',
    'DelIf("br0", "t")',
    'Delete("br0")',
    'Delete("br0")',
  ];
  const body = `native.tunCreate("t"); return [${calls.map((call) => `native.bridge${call}`).join()}]`;
  expect(inNamespace(body)).toEqual([0, -EEXIST, 0, -EBUSY, -ENODEV, 0, 0, -constants.errno.ENXIO]);
});

test("errno and types", () => {
  expect(native.ifIndex("no-such-if")).toBe(-ENODEV);
  expect(native.ifMac("no-such-if")).toBe(-ENODEV);
  expect(native.ifIndex("a-name-of-16-chr")).toBe(-ENAMETOOLONG);
  expect(() => native.ifIndex(1 as unknown as string)).toThrow(TypeError);
  expect(native.ifIndex("lo")).toBe(1);
});
