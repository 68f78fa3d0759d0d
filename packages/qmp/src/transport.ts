/** The byte stream under a monitor conversation. */
export interface Transport {
  /**
   * Begins delivery. `onData` gets slices that are only valid during the call;
   * `onEnd` is called once, with the reason unless the peer or we closed in order.
   */
  start(onData: (chunk: Uint8Array) => void, onEnd: (error: Error | undefined) => void): void;
  /** Queues bytes; `fds` travel with the first of them. */
  send(bytes: Uint8Array, fds: readonly number[]): void;
  close(error?: Error): void;
}
