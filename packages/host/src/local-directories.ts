import { statfs } from "node:fs";
import { dirname } from "node:path";

/** statfs(2) numbers of file systems that never wait for another host: ext2-4, xfs, btrfs, tmpfs, f2fs, overlayfs. */
const localTypes: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0xf2f52010, 0x794c7630,
]);

/** Directories may be mounted over; what we know of them does not last. */
const trustMs = 30_000;

/** Knows of which directories it is safe to call on the event loop. */
export class LocalDirectories {
  readonly #until = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  has(path: string): boolean {
    const directory = dirname(path);
    const until = this.#until.get(directory);
    if (until === undefined) return false;
    if (until >= this.#now()) return true;
    this.#until.delete(directory);
    return false;
  }

  /** A file there could be opened: finds out, aside, where its directory lies. */
  learn(path: string): void {
    void this.ask(path);
  }

  /** Finds out in the thread pool; a directory that cannot be looked at is not known to be local. */
  ask(path: string): Promise<boolean> {
    const directory = dirname(path);
    return new Promise((resolve) =>
      statfs(directory, (error, found) => {
        const isLocal = !error && localTypes.has(found.type);
        if (isLocal) this.#until.set(directory, this.#now() + trustMs);
        resolve(isLocal);
      }),
    );
  }
}
