import { ErrorDomain, invalidArg } from "@libvirt-ts/errors";
import type { LogRange } from "@libvirt-ts/protocol";
import type { ChainFile } from "./log-chain.ts";
import type { IndexRecord } from "./log-index.ts";

/** Where a guest's life begins: an offset counted from the begin of the oldest file. */
export interface Session {
  readonly at: number;
  readonly file: ChainFile;
  readonly record: IndexRecord;
}

/** Offsets counted from the begin of the oldest file. */
export interface Extent {
  readonly start: number;
  readonly end: number;
  /** The file that was to be gone on with has been removed. */
  readonly isGone: boolean;
}

/** Files of a log as one text. */
export class LogText {
  readonly files: readonly ChainFile[];
  /** Where each file begins. */
  readonly #begins: readonly number[];
  readonly size: number;

  /** @param files oldest first */
  constructor(files: readonly ChainFile[]) {
    this.files = files;
    let size = 0;
    this.#begins = files.map((file) => {
      const begin = size;
      size += file.size;
      return begin;
    });
    this.size = size;
  }

  /** The file of an offset, and the offset in it; at the end of the text, the end of the last file. */
  place(at: number): { number: number; offset: number } {
    const number = Math.max(
      0,
      this.#begins.findLastIndex((begin) => begin <= at),
    );
    return { number, offset: at - (this.#begins[number] ?? 0) };
  }

  sessions(): Session[] {
    return this.files.flatMap((file, number) =>
      file.records
        .filter(({ kind }) => kind === "session")
        .map((record) => ({ at: (this.#begins[number] ?? 0) + record.offset, file, record })),
    );
  }

  /** @throws VirError LOGGING/INVALID_ARG when there is no such session */
  extent({ from, since, until, session, tail }: LogRange): Extent {
    const number = from === null ? -1 : this.files.findIndex(({ inode }) => inode === from.inode);
    if (from !== null && number < 0) return { start: 0, end: this.size, isGone: true };
    let [start, end] = session === null ? [0, this.size] : this.#sessionExtent(session);
    if (since !== null) start = Math.max(start, this.#firstAt(Number(since)));
    if (until !== null) end = Math.min(end, this.#firstAt(Number(until) + 1));
    if (tail !== null) start = Math.max(start, end - Number(tail));
    if (from !== null) start = Math.min((this.#begins[number] ?? 0) + Number(from.offset), this.size);
    return { start, end: Math.max(start, end), isGone: false };
  }

  #sessionExtent(number: number): [start: number, end: number] {
    const sessions = this.sessions();
    const index = number > 0 ? number - 1 : sessions.length - 1 + number;
    const found = sessions[index];
    if (!found) throw invalidArg(ErrorDomain.LOGGING, `there is no session ${number} in the log`);
    return [found.at, sessions[index + 1]?.at ?? this.size];
  }

  /** Of the first byte that came at `time` or later. */
  #firstAt(time: number): number {
    for (const [number, file] of this.files.entries()) {
      const record = file.records.find((candidate) => candidate.time >= time);
      if (record) return (this.#begins[number] ?? 0) + record.offset;
    }
    return this.size;
  }
}
