import type { VirError } from "@libvirt-ts/errors";
import type { Args, CallRow, EventRow, Msg, Ret } from "@libvirt-ts/protocol";
import type { Hole } from "@libvirt-ts/rpc/client";

/** What a stream needs of the other side; the client's end of a stream of the wire is one. */
export interface TransportStream {
  /** Data until its end, each chunk valid until the next is asked for; ends early, without error, if the stream fails. */
  readonly incoming: AsyncIterable<Uint8Array>;
  /** The same of a sparse stream. */
  readonly incomingSparse: AsyncIterable<Uint8Array | Hole>;
  /** Settles at the end: with the error that ended it, or undefined. */
  readonly closed: Promise<VirError | undefined>;
  write(chunk: Uint8Array): Promise<void>;
  hole(length: bigint): Promise<void>;
  /** @throws VirError if the other side found fault with what it got */
  finish(): Promise<void>;
  abort(): Promise<void>;
}

/**
 * Who answers the calls of a connection: a daemon at the other end of a socket, or a driver in this process.
 * It has been let in already; the first call is CONNECT_OPEN (or whether it knows a feature).
 */
export interface Transport {
  readonly isOpen: boolean;
  /** Settles when it is gone: with the reason, or undefined after `close()`. */
  readonly closed: Promise<VirError | undefined>;
  /** @param options descriptors that go with the call, closed once sent */
  call<R extends CallRow>(row: R, args: Args<R>, options?: { fds?: readonly number[] }): Promise<Ret<R>>;
  /** As `call`; the descriptors of the reply are the caller's. */
  callWithFds<R extends CallRow>(
    row: R,
    args: Args<R>,
    options?: { fds?: readonly number[] },
  ): Promise<{ ret: Ret<R>; fds: number[] }>;
  openStream<R extends CallRow>(
    row: R,
    args: Args<R>,
    options?: { sparse?: boolean },
  ): Promise<{ ret: Ret<R>; stream: TransportStream }>;
  /** @returns takes the listener back */
  onEvent<R extends EventRow>(row: R, listener: (msg: Msg<R>) => void): () => void;
  /** Asks the other side now and then whether it is there; it has said that it can answer. */
  startKeepalive?(options: { interval: number; count: number }): void;
  close(): void;
}
