import { driverDaemonKeys } from "@libvirt-ts/config";
import type { DaemonAbout } from "@libvirt-ts/daemon";

/** What the program says of itself; sample configuration, lens, man page and packages are made from it. */
export const about = {
  name: "virtqemud",
  summary: "libvirt QEMU management daemon",
  description:
    "Manages QEMU guests: defines, starts, stops and changes them, and tells clients what happens to them. Guests go on when the daemon ends; its successor takes them over.",
  kind: "driver",
  keys: driverDaemonKeys,
} as const satisfies DaemonAbout;
