import { connect, type Socket } from "node:net";
import {
  FRAME_MIN,
  keepalive,
  lock,
  MessageStatus,
  MessageType,
  NetError,
  readHeader,
  remote,
} from "@libvirt-ts/protocol";
import { decode, encode } from "@libvirt-ts/xdr";
import { type Before, call, frame, type Request } from "./requests.ts";

/** What a daemon does about a request: how it answers, and whether the connection stays. */
export interface Outcome {
  /** "ok", "CODE/DOMAIN", or that there was no answer. */
  readonly answer: string;
  /** The error's text, which is not compared. */
  readonly text?: string;
  readonly closed: boolean;
}

const { procs, number: prog } = remote;
const ping = frame({ prog: keepalive.number, proc: 1, type: MessageType.MESSAGE, serial: 0 });
/** Who is going to answer has done so by then; a daemon answers pings out of turn. */
const patienceMs = 400;
const answerMs = 10_000;

/** One connection of raw bytes. */
class Wire {
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  closed = false;
  #wake = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
      this.#wake();
    });
  }

  static open(path: string): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = connect(path, () => resolve(new Wire(socket)));
      socket.once("error", reject);
    });
  }

  send(bytes: Uint8Array): void {
    if (!this.closed) this.#socket.write(bytes);
  }

  /** The next frame; undefined when the connection or the patience ends. */
  async next(waitMs: number): Promise<Buffer | undefined> {
    const until = Date.now() + waitMs;
    for (;;) {
      const length = this.#bytes.length >= 4 ? this.#bytes.readUInt32BE() : Number.POSITIVE_INFINITY;
      if (this.#bytes.length >= length) {
        const found = this.#bytes.subarray(0, length);
        this.#bytes = this.#bytes.subarray(length);
        return found;
      }
      const left = until - Date.now();
      if (this.closed || left <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  end(): void {
    this.#socket.destroy();
  }
}

/** No process: who loses its locks is killed, and it must not be us. */
const nobodysPid = 4_190_000;
/** Somebody who asks for locks. */
const owner = {
  owner: { name: "owner", uuid: new Uint8Array(16).fill(0xcd), id: 1, pid: nobodysPid },
  flags: 0,
};

/** What a connection sends before the request. */
function stepsTo(before: Before, uri: string): readonly Buffer[] {
  const auth = frame({ prog, proc: procs.authList.number });
  const open = (flags: number) => {
    if (procs.connectOpen.args === null) throw new TypeError("CONNECT_OPEN has arguments");
    const body = encode(procs.connectOpen.args, { name: uri, flags });
    return frame({ prog, proc: procs.connectOpen.number }, body);
  };
  if (before === "nothing") return [];
  if (before === "registered") return [call(lock.procs.register, owner)];
  return before === "authenticated" ? [auth] : [auth, open(before === "open" ? 0 : 1)];
}

/** Sends a request on a connection of its own. */
export async function outcomeOf(
  socket: string,
  { before, bytes, proves = true, first = [] }: Request,
  uri = "qemu:///system",
): Promise<Outcome> {
  const wire = await Wire.open(socket);
  try {
    for (const step of [...stepsTo(before, uri), ...first]) {
      wire.send(step);
      await wire.next(answerMs);
    }
    wire.send(bytes);
    if (proves) wire.send(ping);
    return await watch(wire, bytes, proves);
  } finally {
    wire.end();
  }
}

/** Follows the connection until there is nothing more to expect. */
async function watch(wire: Wire, sent: Buffer, proves: boolean): Promise<Outcome> {
  const serial = sent.readUInt32BE(20);
  const isCall = [MessageType.CALL, MessageType.CALL_WITH_FDS].includes(sent.readUInt32BE(16) as never);
  let answer: Pick<Outcome, "answer" | "text"> | undefined;
  let ponged = !proves;
  while (!wire.closed && !(answer !== undefined && ponged)) {
    const waitsForAnswer = answer === undefined && isCall;
    const found = await wire.next(waitsForAnswer || !(ponged || answer) ? answerMs : patienceMs);
    if (found === undefined) break;
    const head = readHeader(found);
    if (head.prog === keepalive.number && head.type === MessageType.MESSAGE) ponged = true;
    else if (head.serial === serial && head.type !== MessageType.MESSAGE)
      answer ??= answerIn(found, head.status);
  }
  // the answer may come before the end of the connection that it announces
  if (!wire.closed && (!ponged || !proves)) await wire.next(patienceMs);
  return { ...(answer ?? { answer: "none" }), closed: wire.closed };
}

const feature = procs.connectSupportsFeature.number;

function answerIn(bytes: Buffer, status: number): Pick<Outcome, "answer" | "text"> {
  if (status !== MessageStatus.ERROR) {
    const { prog: by, proc } = readHeader(bytes);
    // the one answer that clients go by before they do anything else
    return { answer: by === prog && proc === feature ? `ok: ${bytes.readInt32BE(FRAME_MIN)}` : "ok" };
  }
  const { code, domain, message } = decode(NetError, bytes.subarray(FRAME_MIN));
  return { answer: `${code}/${domain}`, ...(message !== null && { text: message }) };
}
