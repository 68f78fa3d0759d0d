import type { Uuid } from "@libvirt-ts/util/uuid";

/** Where the next byte of a log goes; the inode outlives rotation. */
export interface LogPosition {
  readonly inode: bigint;
  readonly offset: bigint;
}

/** Which domain writes a log. */
export interface LogDomain {
  /** `qemu` */
  readonly driver: string;
  readonly uuid: Uuid;
  readonly name: string;
}

export interface OpenedLog {
  /** For the guest to write to; the caller's to close. */
  readonly fd: number;
  readonly position: LogPosition;
}

/** The logs of guests: through virtlogd, or as plain files. */
export interface LogManager {
  /**
   * Opens a log that lives until its last writer closes.
   * @throws VirError LOGGING/SYSTEM_ERROR, with EBUSY when it is open already
   */
  open(log: LogDomain & { path: string; truncate?: boolean }): Promise<OpenedLog>;
  /** Where the log ends now; only of an open log. */
  position(path: string): Promise<LogPosition>;
  /** @param maxBytes at most 4 MiB */
  read(path: string, position: LogPosition, maxBytes: number): Promise<string>;
  append(log: LogDomain & { path: string; message: string }): Promise<void>;
}
