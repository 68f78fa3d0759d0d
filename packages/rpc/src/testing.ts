import { fromNetError, type Header, MessageType, NetError, readHeader } from "@libvirt-ts/protocol";
import { decode } from "@libvirt-ts/xdr";
import { buildFrame } from "./frame.ts";
import type { OpenSocket, SocketEvents } from "./socket.ts";

/** For tests: a frame as the other side sees it. */
export interface SeenFrame extends Header {
  readonly body: Buffer;
  /** Descriptors that followed it. */
  readonly fds: number[];
}

const EAGAIN = -11;

/** For tests: the other end of a connection, without a kernel. Everything happens within `send`. */
export class FakePeer {
  /** Bytes taken before EAGAIN; `drain` makes room again. */
  capacity = Infinity;
  isClosed = false;
  /** Descriptors closed by the connection. */
  readonly closedFds: number[] = [];
  /** Calls of `send` that took something. */
  sends = 0;
  readable = false;
  writable = false;
  #events: SocketEvents | undefined;
  #input: { bytes: Uint8Array; fds: number[] }[] = [];
  #ended = false;
  #output = Buffer.alloc(0);
  #outputFds: number[] = [];
  #queue: SeenFrame[] = [];
  #onOutput: (() => void) | undefined;

  readonly open: OpenSocket = (events) => {
    this.#events = events;
    return {
      recv: (into, at, length, fds) => this.#recv(into, at, length, fds),
      send: (parts, fds) => this.#take(parts, fds),
      watch: (readable, writable) => {
        this.readable = readable;
        this.writable = writable;
        if (readable && this.#input.length > 0) queueMicrotask(() => this.#pump());
      },
      closeFd: (fd) => this.closedFds.push(fd),
      close: () => {
        this.isClosed = true;
      },
    };
  };

  // --- the test's side

  /** Each piece arrives in a read of its own. */
  send(...pieces: (Uint8Array | { bytes: Uint8Array; fds: number[] })[]): this {
    for (const piece of pieces)
      this.#input.push(piece instanceof Uint8Array ? { bytes: piece, fds: [] } : piece);
    this.#pump();
    return this;
  }

  call(header: Partial<Header> & { proc: number }, body?: Uint8Array): this {
    return this.send(message(header, body));
  }

  end(): void {
    this.#ended = true;
    this.#pump();
    if (!this.isClosed && !this.readable) this.#events?.onHangup();
  }

  /** The frames received since the last call. */
  take(): SeenFrame[] {
    const frames: SeenFrame[] = [];
    while (this.#output.length >= 4 && this.#output.length >= this.#output.readUInt32BE(0)) {
      const length = this.#output.readUInt32BE(0);
      const header = readHeader(this.#output);
      const withFds = header.type === MessageType.REPLY_WITH_FDS || header.type === MessageType.CALL_WITH_FDS;
      const count = withFds ? this.#output.readUInt32BE(28) : 0;
      frames.push({
        ...header,
        body: this.#output.subarray(withFds ? 32 : 28, length),
        fds: this.#outputFds.splice(0, count),
      });
      this.#output = this.#output.subarray(length + count);
    }
    return frames;
  }

  /** The next frame, as soon as there is one; those behind it stay. */
  async next(): Promise<SeenFrame> {
    for (;;) {
      const frame = this.#queue.shift();
      if (frame !== undefined) return frame;
      this.#queue = this.take();
      if (this.#queue.length === 0) {
        await new Promise<void>((resolve) => {
          this.#onOutput = resolve;
        });
      }
    }
  }

  /** Everything received since the last call. */
  takeBytes(): Buffer {
    const bytes = this.#output;
    this.#output = Buffer.alloc(0);
    return bytes;
  }

  /** Bytes that came and are no whole frame yet. */
  get partial(): number {
    return this.#output.length;
  }

  drain(capacity = Infinity): void {
    this.capacity = capacity;
    if (this.writable) this.#events?.onWritable();
    this.#pump();
  }

  #pump(): void {
    while (!this.isClosed && this.readable && (this.#input.length > 0 || this.#ended)) {
      this.#events?.onReadable();
    }
  }

  // --- the connection's side

  #recv(into: Buffer, at: number, length: number, fds: number[]): number {
    const next = this.#input[0];
    if (next === undefined) return this.#ended ? 0 : EAGAIN;
    const part = next.bytes.subarray(0, length);
    into.set(part, at);
    next.bytes = next.bytes.subarray(part.length);
    if (next.bytes.length === 0) {
      fds.push(...next.fds);
      this.#input.shift();
    }
    return part.length;
  }

  #take(parts: readonly Uint8Array[], fds: readonly number[]): number {
    const all = Buffer.concat(parts);
    const taken = all.subarray(0, Math.min(all.length, this.capacity));
    if (taken.length === 0) return EAGAIN;
    this.sends++;
    this.capacity -= taken.length;
    this.#output = Buffer.concat([this.#output, taken]);
    this.#outputFds.push(...fds);
    this.#onOutput?.();
    return taken.length;
  }
}

/** For tests: a frame; what is not given is that of an ordinary call of the remote program. */
export function message(header: Partial<Header> & { proc: number }, body?: Uint8Array): Buffer {
  return buildFrame(
    { prog: 0x20008086, vers: 1, type: MessageType.CALL, serial: 0, status: 0, ...header },
    body,
  );
}

/** For tests: "code/domain message" of an error reply. */
export function errorText(frame: SeenFrame | undefined): string {
  if (frame === undefined) return "no frame";
  if (frame.status !== 1) return `status ${frame.status}`;
  const { code, domain, message: text } = fromNetError(decode(NetError, frame.body));
  return `${code}/${domain} ${text}`;
}
