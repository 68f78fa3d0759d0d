import type { Args, CallRow, EventRow, Msg, Program, Ret } from "@libvirt-ts/protocol";

export interface ConnectOptions {
  signal?: AbortSignal;
}

export interface CallOptions {
  /** Descriptors sent behind the call; closed here once sent. */
  fds?: number[];
}

/** The client's end of one connection. */
export declare class RpcClient {
  private constructor();
  /** @param target path of a UNIX socket, or a connected descriptor, which then belongs to the client */
  static connect(target: string | number, options?: ConnectOptions): Promise<RpcClient>;
  /** @throws VirError as sent by the peer, or when the connection is or gets lost */
  call<R extends CallRow>(row: R, args: Args<R>, options?: CallOptions): Promise<Ret<R>>;
  callWithFds<R extends CallRow>(row: R, args: Args<R>, options?: CallOptions): Promise<{ ret: Ret<R>; fds: number[] }>;
  /** Sends a whole frame under a serial of this connection. @returns the reply frame, errors too */
  callRaw(frame: Uint8Array, fds?: number[]): Promise<{ frame: Buffer; fds: number[] }>;
  /** @returns takes the listener back */
  onEvent<R extends EventRow>(row: R, listener: (msg: Msg<R>) => void): () => void;
  /** Every MESSAGE but keepalive, as a whole frame that is valid until the listener returns. */
  onMessage(listener: (frame: Buffer) => void): () => void;
  /** Pings the peer after `interval` seconds of silence, closes after `count` unanswered ones. */
  startKeepalive(options: { interval: number; count: number }): void;
  readonly closed: Promise<Error | undefined>;
  close(): void;
}

export type { Program };
