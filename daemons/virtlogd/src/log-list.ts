import { promises, statSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { ErrorDomain, invalidArg } from "@libvirt-ts/errors";
import type { LogFileInfo, LogInfo, LogSession } from "@libvirt-ts/protocol";
import { parseUuid } from "@libvirt-ts/util/uuid";
import { closeAll, openChain } from "./log-chain.ts";
import { LogText } from "./log-range.ts";
import type { OpenLog, OpenLogs } from "./open-logs.ts";
import { backupNames } from "./rotating-file.ts";

const noUuid = new Uint8Array(16);

export interface LogListOptions {
  readonly logs: OpenLogs;
  /** Directory whose subdirectories hold logs nobody writes. */
  readonly root: string;
  readonly maxBackups: number;
}

/** The logs there are: those that somebody writes, wherever they are, and older ones below the root. */
export class LogList {
  readonly #o: LogListOptions;

  constructor(options: LogListOptions) {
    this.#o = options;
  }

  async all(): Promise<LogInfo[]> {
    const open = [...this.#o.logs.entries()].map(([path, log]) => this.of(path, log));
    const closed: LogInfo[] = [];
    for (const folder of await names(this.#o.root))
      for (const name of await names(join(this.#o.root, folder))) {
        const path = join(this.#o.root, folder, name);
        if (this.#isBelowRoot(path) && !this.#o.logs.get(path)) closed.push(this.of(path));
      }
    return [...open, ...closed];
  }

  /** @throws VirError LOGGING/INVALID_ARG for a file that is no log */
  find(path: string): LogInfo {
    const log = this.#o.logs.get(path);
    if (!log && !this.#isBelowRoot(path)) throw invalidArg(ErrorDomain.LOGGING, `'${path}' is no log`);
    return this.of(path, log);
  }

  /** What is told of any path. */
  of(path: string, log: OpenLog | undefined = this.#o.logs.get(path)): LogInfo {
    const files = [path, ...backupNames(path, this.#o.maxBackups)].flatMap(
      (name) => statSync(name, { throwIfNoEntry: false }) ?? [],
    );
    const { driver = "", domainName = basename(path, ".log"), domainUuid = "" } = log?.owner ?? {};
    return {
      path,
      driver,
      dom: { name: domainName, uuid: parseUuid(domainUuid) ?? noUuid },
      isOpen: log !== undefined,
      problem: log?.pipe.problem ?? "",
      dropped: BigInt(log?.pipe.dropped ?? 0),
      size: BigInt(files.reduce((sum, { size }) => sum + size, 0)),
      modified: BigInt(Math.floor(Math.max(0, ...files.map(({ mtimeMs }) => mtimeMs)))),
    };
  }

  /** Files, oldest first, and guest starts. @throws VirError NONE/SYSTEM_ERROR */
  details(path: string): { files: LogFileInfo[]; sessions: LogSession[] } {
    const files = openChain(path, this.#o.maxBackups);
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
      closeAll(files);
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
