import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@libvirt-ts/logging";
import { afterAll, expect, test } from "vitest";
import { findQemuUser, findTpmUser } from "./qemu-user.ts";

const root = mkdtempSync(join(tmpdir(), "user-"));
mkdirSync(join(root, "etc"));
writeFileSync(
  join(root, "etc/passwd"),
  "root:x:0:0::/root:/bin/sh\nlibvirt-qemu:x:64055:108::/var/lib/libvirt:/bin/false\n",
);
writeFileSync(
  join(root, "etc/group"),
  "root:x:0:\nkvm:x:108:\nlibvirt-qemu:x:64055:\ndisk:x:6:libvirt-qemu\n",
);
afterAll(() => rmSync(root, { recursive: true }));

test.each([
  ["as the distribution wants", {}, { uid: 64055, gid: 64055, groups: [64055, 6] }],
  ["by number", { user: "+0", group: "+0" }, { uid: 0, gid: 0, groups: [0] }],
  ["by name", { user: "root", group: "kvm" }, { uid: 0, gid: 108, groups: [108] }],
])("%s", (_name, wish, user) => {
  expect(findQemuUser({ user: undefined, group: undefined, ...wish }, root, silentLogger())).toEqual(user);
});

test("a name nobody has", () => {
  const find = () => findQemuUser({ user: "nobody-knows", group: undefined }, root, silentLogger());
  expect(find).toThrow("invalid argument: Failed to parse user 'nobody-knows'");
});

test("TPMs are played by root where nobody else is meant to", () => {
  expect(findTpmUser({ user: undefined, group: undefined }, root)).toEqual({ uid: 0, gid: 0, groups: [0] });
  expect(findTpmUser({ user: "libvirt-qemu", group: "kvm" }, root)).toMatchObject({ uid: 64055, gid: 108 });
});
