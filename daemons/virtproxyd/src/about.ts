import { proxyDaemonKeys } from "@libvirt-ts/config";
import type { DaemonAbout } from "@libvirt-ts/daemon";

/** What the program says of itself; sample configuration, lens, man page and packages are made from it. */
export const about = {
  name: "virtproxyd",
  summary: "libvirt proxy daemon",
  description:
    "Takes clients from the network (TCP, TLS) and those that know only the socket of one daemon for everything, and passes what they say on to the daemon that serves the URI they open.",
  kind: "proxy",
  keys: proxyDaemonKeys,
} as const satisfies DaemonAbout;
