import { promises } from "node:fs"; // loaded when first used: node:fs/promises costs every start 3 ms
import { basename, dirname, join, normalize } from "node:path";
import { ErrorDomain, invalidArg } from "@libvirt-ts/errors";
import type { LogFileInfo, LogInfo, LogSession } from "@libvirt-ts/protocol";
import { parseUuid } from "@libvirt-ts/util/uuid";
import { backupNames } from "./backups.ts";
import type { FilePlaces } from "./file-places.ts";
import { compressedName } from "./gzip-file.ts";
import { closeAll, openChain } from "./log-chain.ts";
import { LogText } from "./log-range.ts";
import type { OpenLogs } from "./open-logs.ts";

const noUuid = new Uint8Array(16);

export interface LogListOptions {
  readonly logs: OpenLogs;
  /** Directory whose subdirectories hold logs nobody writes. */
  readonly root: string;
  readonly maxBackups: number;
  readonly places: FilePlaces;
}

/** The logs there are: those that somebody writes, wherever they are, and older ones below the root. */
export class LogList {
  readonly #o: LogListOptions;

  constructor(options: LogListOptions) {
    this.#o = options;
  }

  async all(): Promise<LogInfo[]> {
    const open = [...this.#o.logs.entries()].map(([path]) => path);
    const closed: string[] = [];
    for (const folder of await names(this.#o.root))
      for (const name of await names(join(this.#o.root, folder))) {
        const path = join(this.#o.root, folder, name);
        if (this.#isBelowRoot(path) && !this.#o.logs.get(path)) closed.push(path);
      }
    return Promise.all([...open, ...closed].map((path) => this.of(path)));
  }

  /** @throws VirError LOGGING/INVALID_ARG for a file that is no log */
  mustBeLog(path: string): void {
    if (!this.#o.logs.get(path) && !this.#isBelowRoot(path))
      throw invalidArg(ErrorDomain.LOGGING, `'${path}' is no log`);
  }

  /** What is told of any path. */
  async of(path: string): Promise<LogInfo> {
    const { stat } = this.#o.places.pooledFor(path);
    const backups = backupNames(path, this.#o.maxBackups).flatMap((name) => [name, compressedName(name)]);
    const stats = await Promise.all([path, ...backups].map((name) => stat(name)));
    const files = stats.flatMap((found) => found ?? []);
    return {
      ...this.known(path),
      size: files.reduce((sum, { size }) => sum + size, 0n),
      modified: BigInt(Math.max(0, ...files.map(({ mtimeMs }) => Number(mtimeMs)))),
    };
  }

  /** What is known of a path without looking at its files, which may not even answer: size and time are zero. */
  known(path: string): LogInfo {
    const log = this.#o.logs.get(path);
    const { driver = "", domainName = basename(path, ".log"), domainUuid = "" } = log?.owner ?? {};
    return {
      path,
      driver,
      dom: { name: domainName, uuid: parseUuid(domainUuid) ?? noUuid },
      isOpen: log !== undefined,
      problem: log?.pipe.problem ?? "",
      dropped: BigInt(log?.pipe.dropped ?? 0),
      size: 0n,
      modified: 0n,
    };
  }

  /** Files, oldest first, and guest starts. @throws VirError NONE/SYSTEM_ERROR */
  async details(path: string): Promise<{ files: LogFileInfo[]; sessions: LogSession[] }> {
    const files = await openChain({ path, ...this.#o });
    try {
      return {
        files: files.map(({ path: name, inode, size, records: [first] }) => {
          return { path: name, inode, size: BigInt(size), time: BigInt(Math.floor(first?.time ?? 0)) };
        }),
        sessions: new LogText(files).sessions().map(({ file: { inode }, record: { offset, time } }) => {
          return { pos: { inode, offset: BigInt(offset) }, time: BigInt(Math.floor(time)) };
        }),
      };
    } finally {
      await closeAll(files);
    }
  }

  #isBelowRoot(path: string): boolean {
    return (
      normalize(path) === path && path.endsWith(".log") && dirname(dirname(path)) === normalize(this.#o.root)
    );
  }
}

/** A folder that is none or cannot be read is empty. */
async function names(folder: string): Promise<string[]> {
  return promises.readdir(folder).catch(() => []);
}
