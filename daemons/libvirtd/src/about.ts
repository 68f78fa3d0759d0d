import { proxyDaemonKeys } from "@libvirt-ts/config";
import type { DaemonAbout } from "@libvirt-ts/daemon";

/** What the program says of itself; sample configuration, lens, man page and packages are made from it. */
export const about = {
  name: "libvirtd",
  summary: "libvirt management daemon",
  description:
    "All drivers in one process, in place of a daemon for each and virtproxyd: manages QEMU guests and virtual networks, and serves the test driver. Guests and networks go on when the daemon ends; its successor takes them over.",
  kind: "proxy",
  keys: proxyDaemonKeys,
} as const satisfies DaemonAbout;
