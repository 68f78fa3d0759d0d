import type { VirError } from "@libvirt-ts/errors";
import type { Address } from "../frame.ts";

/** A call that waits for its reply. */
export interface Pending {
  readonly address: Address;
  /** @param bytes holds the reply at `start`..`end`, valid until this returns; the descriptors are the receiver's */
  onReply(bytes: Buffer, start: number, end: number, fds: readonly number[]): void;
  onLost(error: VirError): void;
}

/** The receiving side of a stream. */
export interface StreamSink {
  readonly address: Address;
  onPacket(type: number, status: number, bytes: Buffer, start: number, end: number): void;
  onLost(error: VirError): void;
}
