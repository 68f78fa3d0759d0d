import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { strerror } from "@libvirt-ts/errors";
import type { Native } from "@libvirt-ts/native";
import { ExitCode, StartFailure } from "./start-failure.ts";

/** A pid file we hold the lock of: proof that no second daemon of this name runs. */
export interface PidFile {
  readonly path: string;
  /** Stays open, with the lock on it. */
  readonly fd: number;
  /** Writes our pid; the lock is ours by now. */
  write(): void;
  /** Lets go of it: the lock, and the file, are the successor's alone, however long our end takes. */
  leave(): void;
  /** Removes the file and drops the lock. */
  release(): void;
}

/**
 * Takes a pid file: lock on byte 0 (OFD, which excludes the record locks of C daemons as well), then our pid.
 * @throws StartFailure `pidFile` when another process holds it or the file cannot be made
 */
export function takePidFile(path: string, native: Native): PidFile {
  const failure = (why: string) =>
    new StartFailure(ExitCode.pidFile, `Failed to acquire pid file '${path}': ${why}`);
  for (;;) {
    const fd = open(path, failure);
    const locked = native.ofdLock(fd, "write", 0, 1);
    if (locked < 0) {
      closeSync(fd);
      throw failure(strerror(-locked));
    }
    if (inodeOf(path) === fstatSync(fd).ino) {
      const held = heldPidFile(path, fd);
      held.write();
      return held;
    }
    closeSync(fd); // its former owner removed it between open and lock: take the new one
  }
}

/** A pid file that the former process took; its lock came along with the descriptor. */
export function heldPidFile(path: string, fd: number): PidFile {
  return {
    path,
    fd,
    write() {
      ftruncateSync(fd);
      writeSync(fd, `${process.pid}\n`, 0);
    },
    leave: () => closeSync(fd),
    release() {
      if (inodeOf(path) === fstatSync(fd).ino) unlinkSync(path);
      closeSync(fd);
    },
  };
}

function open(path: string, failure: (why: string) => StartFailure): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  } catch (error) {
    throw failure(strerror(-((error as NodeJS.ErrnoException).errno ?? 0))); // openSync throws nothing else
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
