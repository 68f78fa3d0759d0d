import type { LogInfo } from "@libvirt-ts/log-manager/reading";
import { expect, test } from "vitest";
import { chooseLog } from "./which-log.ts";

const log = (path: string, name: string, isOpen = true): LogInfo => ({
  path,
  driver: "qemu",
  dom: { name, uuid: new Uint8Array(16) },
  isOpen,
  problem: "",
  dropped: 0n,
  size: 0n,
  modified: 0n,
});
const logs = [
  log("/var/log/libvirt/qemu/vm1.log", "vm1"),
  log("/var/log/libvirt/qemu/vm1-serial0.log", "vm1"),
  log("/var/log/libvirt/qemu/vm2.log", "vm2", false),
];

test.each([
  ["vm1", false, "/var/log/libvirt/qemu/vm1-serial0.log"],
  ["vm1", true, "/var/log/libvirt/qemu/vm1.log"],
  ["vm2", false, "/var/log/libvirt/qemu/vm2.log"],
  ["/any/path", false, "/any/path"],
])("%s (QEMU's own: %s)", (wanted, qemu, path) => {
  expect(chooseLog(logs, wanted, qemu).path).toBe(path);
});

test("others are told, a guest without log is an error", () => {
  expect(chooseLog(logs, "vm1").others).toEqual(["/var/log/libvirt/qemu/vm1.log"]);
  expect(() => chooseLog(logs, "vm3")).toThrow("there is no log of a guest 'vm3'");
});
