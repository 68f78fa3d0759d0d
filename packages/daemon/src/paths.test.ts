import { expect, test } from "vitest";
import { daemonFiles, paths } from "./paths.ts";

const env = { HOME: "/home/u", XDG_RUNTIME_DIR: "/run/user/7" };

test.each([
  [true, "", "/run/libvirt", "/etc/libvirt", "/var/lib/libvirt", "/var/log/libvirt", "/var/cache/libvirt"],
  [
    true,
    "/p/",
    "/p/run/libvirt",
    "/p/etc/libvirt",
    "/p/var/lib/libvirt",
    "/p/var/log/libvirt",
    "/p/var/cache/libvirt",
  ],
  [
    false,
    "",
    "/run/user/7/libvirt",
    "/home/u/.config/libvirt",
    "/home/u/.config/libvirt/lib",
    "/home/u/.cache/libvirt/log",
    "/home/u/.cache/libvirt",
  ],
])("privileged %s, prefix %j", (privileged, prefix, run, etc, lib, log, cache) => {
  expect(paths({ privileged, prefix, env })).toMatchObject({ run, etc, lib, log, cache });
});

test("a session without XDG_RUNTIME_DIR, and XDG homes", () => {
  const where = paths({
    privileged: false,
    env: { HOME: "/h", XDG_CONFIG_HOME: "/c", XDG_CACHE_HOME: "/k" },
  });
  expect(where).toMatchObject({ run: "/k/libvirt", etc: "/c/libvirt", cache: "/k/libvirt" });
});

test("files of a daemon", () => {
  expect(daemonFiles(paths({ privileged: true, env }), "virtlogd")).toEqual({
    config: "/etc/libvirt/virtlogd.conf",
    pid: "/run/virtlogd.pid",
    handOver: "/run/virtlogd-restart-exec.json",
    keptClients: "/run/virtlogd-restart-clients.json",
    log: "/var/log/libvirt/virtlogd.log",
  });
  expect(daemonFiles(paths({ privileged: false, env }), "virtlogd").pid).toBe(
    "/run/user/7/libvirt/virtlogd.pid",
  );
});
