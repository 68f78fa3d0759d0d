import type { DaemonAbout } from "@libvirt-ts/daemon";
import { virtlogdKeys } from "./keys.ts";

/** What the program says of itself; sample configuration, lens, man page and packages are made from it. */
export const about = {
  name: "virtlogd",
  summary: "libvirt log management daemon",
  description:
    "Keeps the logs of guests: what QEMU says and what their consoles print goes through this daemon into files that roll over by size. It holds the reading end of the pipes, so guests go on writing while other daemons are restarted.",
  kind: "manager",
  keys: virtlogdKeys,
} as const satisfies DaemonAbout;
