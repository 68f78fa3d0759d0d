import { LOG_PIECE_MAX, type LogPiece, LogPieceKind, type LogRange } from "@libvirt-ts/protocol";
import { type ChainFile, type ChainOptions, closeAll, openChain } from "./log-chain.ts";
import type { IndexKind } from "./log-index.ts";
import { LogText } from "./log-range.ts";

const kindOf: Readonly<Record<Exclude<IndexKind, "flush">, number>> = {
  session: LogPieceKind.session,
  dropped: LogPieceKind.dropped,
};

const nothing = new Uint8Array(0);

export interface PiecesOptions extends ChainOptions {
  readonly range: LogRange;
  /** Waits until there may be more; false = enough. Absent: what is there now is all. */
  readonly more?: () => Promise<boolean>;
}

/**
 * A part of a log as pieces that came at one time each. Reading is done beside the event loop, and files stay open until
 * they are read: nothing is missed while they roll over, as long as the reader is not behind by all that is kept.
 */
export async function* readPieces(options: PiecesOptions): AsyncGenerator<LogPiece> {
  const { range, more } = options;
  const files = await openChain(options);
  try {
    const text = new LogText(files);
    const { start, end, isGone } = text.extent(range);
    const first = text.place(start);
    const last = text.place(end);
    const isBounded = more === undefined || range.until !== null || end < text.size;
    const lastFile = isBounded ? files[last.number] : undefined;
    await closeAll(files.splice(0, first.number));
    if (isGone) yield mark(LogPieceKind.gone, files[0], 0);
    for (let { offset } = first, [file] = files; file; [file] = files) {
      offset = yield* readOne(file, offset, file === lastFile ? last.offset : Number.POSITIVE_INFINITY);
      if (file === lastFile) return;
      if (files.length === 1) {
        const next = await nextFiles(file, offset, options);
        if (next === undefined) return;
        if (next === "grown") continue;
        if (next.isGone) yield mark(LogPieceKind.gone, next.files[0], 0);
        files.push(...next.files);
      }
      await files.shift()?.close();
      offset = 0;
    }
  } finally {
    await closeAll(files);
  }
}

/** What comes behind the end of the last file: more of it, the files it rolled over to, or nothing. */
async function nextFiles(
  file: ChainFile,
  offset: number,
  options: PiecesOptions,
): Promise<"grown" | { files: ChainFile[]; isGone: boolean } | undefined> {
  const { path, places, more } = options;
  while (await more?.()) {
    await file.refresh();
    if (file.size > offset) return "grown";
    const inode = (await places.pooledFor(path).stat(path))?.ino;
    if (inode === undefined || inode === file.inode) continue;
    await file.refresh(); // from now on it stays as it is
    if (file.size > offset) return "grown";
    const files = await openChain(options);
    const number = files.findIndex((candidate) => candidate.inode === file.inode);
    await closeAll(files.splice(0, number + 1));
    if (files.length > 0) return { files, isGone: number < 0 }; // else the next one has just lost its name, or not got it yet
  }
  return undefined;
}

/** @returns where it ended: `stop`, or the end of the file for now */
async function* readOne(file: ChainFile, start: number, stop: number): AsyncGenerator<LogPiece, number> {
  const buffer = Buffer.allocUnsafe(LOG_PIECE_MAX);
  let at = start;
  let next = file.records.findIndex(({ offset }) => offset >= start);
  if (next < 0) next = file.records.length;
  let time = file.records[next - 1]?.time ?? file.records[0]?.time ?? 0;
  for (;;) {
    const length = Math.min(buffer.length, stop - at);
    const bytesRead = length > 0 ? await file.read(buffer.subarray(0, length), at) : 0;
    await file.refresh();
    const { records } = file;
    const end = at + bytesRead;
    for (let from = at, to = at; from === at || from < end; from = to) {
      for (let record = records[next]; record && record.offset <= from; record = records[++next]) {
        if (record.offset === stop) return at; // the next session's
        time = record.time;
        if (record.kind !== "flush") yield { ...mark(kindOf[record.kind], file, from), time: BigInt(time) };
      }
      to = Math.min(end, records[next]?.offset ?? end);
      if (to > from) yield piece(file, from, time, buffer.subarray(from - at, to - at));
      else if (from === end) break;
    }
    at = end;
    if (bytesRead === 0) return at;
  }
}

function piece({ inode }: ChainFile, offset: number, time: number, data: Uint8Array): LogPiece {
  return { kind: LogPieceKind.data, pos: { inode, offset: BigInt(offset) }, time: BigInt(time), data };
}

function mark(kind: number, file: ChainFile | undefined, offset: number): LogPiece {
  const pos = { inode: file?.inode ?? 0n, offset: BigInt(offset) };
  return { kind, pos, time: BigInt(file?.records[0]?.time ?? 0), data: nothing };
}
