import { driverDaemonKeys } from "@libvirt-ts/config";
import type { DaemonAbout } from "@libvirt-ts/daemon";

/** What the program says of itself; sample configuration, lens, man page and packages are made from it. */
export const about = {
  name: "virtnetworkd",
  summary: "libvirt virtual network management daemon",
  description:
    "Manages virtual networks: bridges, DHCP and DNS by dnsmasq, address translation and filtering by nftables. Networks go on when the daemon ends; its successor takes them over.",
  kind: "driver",
  keys: driverDaemonKeys,
} as const satisfies DaemonAbout;
