import { expect, test } from "vitest";
import { refuse } from "./check-layers.ts";

const entries = [
  "@libvirt-ts/errors",
  "@libvirt-ts/rpc/server",
  "@libvirt-ts/util/*",
  "@libvirt-ts/driver-network",
];

test.each([
  ["rpc", "@libvirt-ts/errors", undefined],
  ["daemon", "@libvirt-ts/rpc/server", undefined],
  ["conf", "@libvirt-ts/util/uuid", undefined],
  ["virtqemud", "@libvirt-ts/driver-network", undefined],
  ["errors", "@libvirt-ts/util/uuid", "util is not below errors"],
  ["driver-qemu", "@libvirt-ts/driver-network", "driver-network is not below driver-qemu"],
  ["daemon", "@libvirt-ts/rpc/src/server/server", "deep import: not an entry point of that package"],
  ["rpc", "@libvirt-ts/rpc/server", "a package imports its own files by path"],
])("%s imports %s: %s", (from, specifier, reason) => {
  expect(refuse(from, specifier, entries)).toBe(reason);
});
