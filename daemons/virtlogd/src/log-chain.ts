import { closeSync, fstatSync, openSync } from "node:fs";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { IndexReader, type IndexRecord, rebuiltIndex } from "./log-index.ts";
import { backupNames, errnoOf } from "./rotating-file.ts";

const enoent = 2;

/** A log or one of its backups, open for reading: it stays what it is whatever is renamed or deleted. */
export class ChainFile {
  readonly path: string;
  readonly fd: number;
  readonly inode: bigint;
  #index: IndexReader | undefined;
  #rebuilt: readonly IndexRecord[] | undefined;
  #looked = false;

  /** @throws Error of node:fs */
  constructor(path: string) {
    this.path = path;
    this.fd = openSync(path, "r");
    this.inode = fstatSync(this.fd, { bigint: true }).ino;
  }

  get size(): number {
    return fstatSync(this.fd).size;
  }

  /** When its bytes came, as far as is known by now. */
  get records(): readonly IndexRecord[] {
    if (!this.#looked) this.#index = IndexReader.open(this.path, this.inode);
    this.#looked = true;
    if (this.#index && !this.#index.refresh()) {
      this.#index.close();
      this.#index = undefined;
    }
    if (this.#index && this.#index.records.length > 0) return this.#index.records;
    const { size, birthtimeMs } = fstatSync(this.fd);
    this.#rebuilt ??= rebuiltIndex(this.fd, size, birthtimeMs);
    return this.#rebuilt;
  }

  close(): void {
    closeSync(this.fd);
    this.#index?.close();
  }
}

/**
 * A log and its backups, oldest first. All names are opened in one turn, in which nothing rolls over.
 * @throws VirError NONE/SYSTEM_ERROR when there is none of them
 */
export function openChain(path: string, maxBackups: number): ChainFile[] {
  const files: ChainFile[] = [];
  for (const name of [...backupNames(path, maxBackups).toReversed(), path]) {
    try {
      files.push(new ChainFile(name));
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === enoent && (name !== path || files.length > 0)) continue;
      closeAll(files);
      throw systemError(ErrorDomain.NONE, errno, `Unable to open file: ${name}`);
    }
  }
  return files;
}

export function closeAll(files: readonly ChainFile[]): void {
  for (const file of files) file.close();
}
