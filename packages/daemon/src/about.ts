import type { Keys, LoggingKeys } from "@libvirt-ts/config";

import type { DaemonKind } from "./spec.ts";

/** What a daemon says of itself: the part of its specification that documents and packages are made from. */
export interface DaemonAbout {
  /** As in `DaemonSpec`. */
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** A paragraph for the man page. */
  readonly description: string;
  readonly kind: DaemonKind;
  readonly keys: Keys & LoggingKeys;
}
