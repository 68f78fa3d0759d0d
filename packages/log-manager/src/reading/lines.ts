import { type LogPiece, LogPieceKind } from "@libvirt-ts/protocol";

/** A line of a log, or a mark between lines. */
export interface LogLine {
  readonly kind: "line" | "session" | "dropped" | "gone";
  /** When its first byte came. */
  readonly time: Date;
  /** Without its end; bytes that are no UTF-8 are U+FFFD. */
  readonly text: string;
  /** False: more of it may follow, and then comes all of it again. */
  readonly isWhole: boolean;
}

/** A longer line is cut here: nobody ends it. */
const maxLineBytes = 1024 * 1024;
const newline = 0x0a;
const kinds = {
  [LogPieceKind.session]: "session",
  [LogPieceKind.dropped]: "dropped",
  [LogPieceKind.gone]: "gone",
} as const satisfies Record<number, LogLine["kind"]>;

/** @param o.unfinished also yields what there is of a line that is not ended yet, for prompts */
export async function* linesOf(
  pieces: AsyncIterable<LogPiece>,
  { unfinished = false }: { unfinished?: boolean } = {},
): AsyncGenerator<LogLine> {
  let open: Buffer[] = [];
  let openBytes = 0;
  let time = new Date(0);
  const line = (isWhole: boolean): LogLine => {
    const text = Buffer.concat(open).toString("utf8").replace(/\r$/, "");
    return { kind: "line", time, text, isWhole };
  };
  const add = (bytes: Uint8Array, came: Date) => {
    if (openBytes === 0) time = came;
    if (bytes.length > 0) open.push(Buffer.from(bytes));
    openBytes += bytes.length;
  };
  const take = (): LogLine => {
    const taken = line(true);
    [open, openBytes] = [[], 0];
    return taken;
  };
  for await (const { kind, time: at, data } of pieces) {
    const came = new Date(Number(at));
    const mark = kinds[kind as keyof typeof kinds]; // undefined for data
    if (mark) {
      if (openBytes > 0) yield take();
      yield { kind: mark, time: came, text: "", isWhole: true };
    }
    let from = 0;
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, from)) {
      add(data.subarray(from, end), came);
      yield take();
      from = end + 1;
    }
    if (from < data.length) add(data.subarray(from), came);
    if (openBytes > maxLineBytes) yield take();
    else if (unfinished && openBytes > 0) yield line(false);
  }
  if (openBytes > 0) yield take();
}
