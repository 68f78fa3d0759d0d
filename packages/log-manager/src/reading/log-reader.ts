import { setTimeout as sleep } from "node:timers/promises";
import { ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";
import { type LogInfo, LogPiece, type LogRange, logReading, type Ret } from "@libvirt-ts/protocol";
import { type ClientStream, RpcClient } from "@libvirt-ts/rpc/client";
import { decode } from "@libvirt-ts/xdr";

export type { LogInfo, LogPiece, LogRange } from "@libvirt-ts/protocol";

export interface ReadOptions {
  readonly range?: Partial<LogRange>;
  /** Goes on with what comes, over rotations and restarts of virtlogd, until aborted. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

const flagFollow = 1;
/** How long until a virtlogd that is away is asked again. */
const retryMs = 200;

/** Reads logs through virtlogd. Each call has a connection of its own: virtlogd may be another one by the next. */
export class LogReader {
  readonly #socket: string;

  /** @param socket the admin socket of virtlogd, or the readers' socket */
  constructor(socket: string) {
    this.#socket = socket;
  }

  /** Those that somebody writes, and older ones in virtlogd's folder. */
  list(): Promise<LogInfo[]> {
    return this.#with(async (client) => (await client.call(logReading.procs.list, { flags: 0 })).logs);
  }

  /** @throws VirError also when there is no such log */
  stat(path: string): Promise<Ret<typeof logReading.procs.stat>> {
    return this.#with((client) => client.call(logReading.procs.stat, { path, flags: 0 }));
  }

  /**
   * Problems with writing logs as they come and go, until aborted.
   * @throws VirError when virtlogd goes away
   */
  async watchProblems(listener: (info: LogInfo) => void, signal: AbortSignal): Promise<void> {
    await this.#with(async (client) => {
      client.onEvent(logReading.procs.problem, ({ info }) => listener(info));
      signal.addEventListener("abort", () => client.close());
      await client.call(logReading.procs.subscribe, { flags: 0 });
      const lost = await client.closed;
      if (lost) throw lost;
    });
  }

  /** A part of a log as it came. The data of a piece is the caller's. */
  async *read(
    path: string,
    { range = {}, follow = false, signal }: ReadOptions = {},
  ): AsyncGenerator<LogPiece> {
    let wanted: LogRange = { from: null, since: null, until: null, session: null, tail: null, ...range };
    for (;;) {
      try {
        for await (const piece of this.#readOnce(path, wanted, follow, signal)) {
          const { inode, offset } = piece.pos;
          const from = { inode, offset: offset + BigInt(piece.data.length) };
          wanted = { ...wanted, from, since: null, tail: null };
          yield piece;
        }
        return;
      } catch (error) {
        if (signal?.aborted) return;
        if (!follow || !isAway(error)) throw error;
        await sleep(retryMs, undefined, signal && { signal }).catch(() => {}); // aborted: seen above, next
      }
    }
  }

  async *#readOnce(
    path: string,
    range: LogRange,
    follow: boolean,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<LogPiece> {
    const client = await RpcClient.connect(this.#socket);
    const abort = () => client.close();
    signal?.addEventListener("abort", abort);
    try {
      const args = { path, range, flags: follow ? flagFollow : 0 };
      const { stream } = await client.openStream(logReading.procs.read, args);
      yield* piecesOf(stream);
      await stream.finish();
    } finally {
      signal?.removeEventListener("abort", abort);
      client.close();
    }
  }

  async #with<T>(use: (client: RpcClient) => Promise<T>): Promise<T> {
    const client = await RpcClient.connect(this.#socket);
    try {
      return await use(client);
    } finally {
      client.close();
    }
  }
}

/** @throws VirError what ended the stream too early */
async function* piecesOf(stream: ClientStream): AsyncGenerator<LogPiece> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream.incoming) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let at = 0;
    while (rest.length - at >= 4 && rest.length - at - 4 >= rest.readUInt32BE(at)) {
      const length = rest.readUInt32BE(at);
      yield decode(LogPiece, rest.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    rest = rest.subarray(at);
  }
  const failure = await Promise.race([stream.closed, Promise.resolve(undefined)]);
  if (failure) throw failure;
  if (rest.length > 0) throw internal(ErrorDomain.LOGGING, "the stream of a log ends within a piece");
}

/** Whether virtlogd is gone or just not there yet, so that it may come back. */
function isAway(error: unknown): boolean {
  if (!(error instanceof VirError) || error.domain !== ErrorDomain.RPC) return false;
  return error.code === ErrorCode.SYSTEM_ERROR || error.code === ErrorCode.INTERNAL_ERROR;
}
