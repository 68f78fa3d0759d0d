import { paths } from "@libvirt-ts/daemon";
import { expect, test } from "vitest";
import { driverPaths, guestPaths, shortName } from "./guest-paths.ts";

test.each([
  [1, "vm", "1-vm"],
  [12, "a-name-of-more-than-twenty", "12-a-name-of-more-than-"],
  [3, "äöüäöüäöüäöüäöüäöüäöüäöü", "3-äöüäöüäöüäöüäöüäöüäö"],
])("short name of %i %s", (id, name, short) => expect(shortName(id, name)).toBe(short));

test("below libvirt's folders", () => {
  const driver = driverPaths(paths({ privileged: true, env: {} }));
  expect(guestPaths(driver, 4, "copy")).toEqual({
    lib: "/var/lib/libvirt/qemu/domain-4-copy",
    monitor: "/var/lib/libvirt/qemu/domain-4-copy/monitor.sock",
    masterKey: "/var/lib/libvirt/qemu/domain-4-copy/master-key.aes",
    channel: "/run/libvirt/qemu/channel/4-copy",
    memoryBacking: "/var/lib/libvirt/qemu/ram/4-copy",
    pidFile: "/run/libvirt/qemu/copy.pid",
    log: "/var/log/libvirt/qemu/copy.log",
    tpm: {
      socket: "/run/libvirt/qemu/swtpm/4-copy-swtpm.sock",
      pidFile: "/run/libvirt/qemu/swtpm/4-copy-swtpm.pid",
      log: "/var/log/swtpm/libvirt/qemu/copy-swtpm.log",
    },
  });
  expect(driver.tpmState).toBe("/var/lib/libvirt/swtpm");
  expect(driver.autostart).toBe("/etc/libvirt/qemu/autostart");
});
