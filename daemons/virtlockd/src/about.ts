import type { DaemonAbout } from "@libvirt-ts/daemon";
import { virtlockdKeys } from "./keys.ts";

/** What the program says of itself; sample configuration, lens, man page and packages are made from it. */
export const about = {
  name: "virtlockd",
  summary: "libvirt lock management daemon",
  description:
    "Holds locks on disk images for running guests, so that no two guests write to one image, on this host or on others that share the storage. The locks belong to the process of the guest and outlive any end of the daemon.",
  kind: "manager",
  keys: virtlockdKeys,
} as const satisfies DaemonAbout;
