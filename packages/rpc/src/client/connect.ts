import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import type { Native } from "@libvirt-ts/native";

export interface ConnectOptions {
  /** Ends the attempt to connect. */
  signal?: AbortSignal | undefined;
  /** Called once when nobody listens: starts who should; the attempt goes on when it resolves. */
  start?: (() => Promise<void>) | undefined;
}

/**
 * Connects to a UNIX socket. The kernel queues or refuses at once; only a full backlog makes us wait.
 * @returns the connected, non-blocking descriptor
 * @throws VirError SYSTEM_ERROR "Failed to connect socket to 'PATH': ..."; the reason of an aborted `signal`
 */
export async function connectUnix(
  native: Native,
  path: string,
  { signal, start }: ConnectOptions = {},
): Promise<number> {
  let starter = start;
  for (;;) {
    signal?.throwIfAborted();
    const fd = native.socketUnix("stream");
    if (fd < 0) throw systemError(ErrorDomain.RPC, -fd, "Failed to create socket");
    native.setNonBlocking(fd, true);
    const result = native.connectUnix(fd, path);
    if (result >= 0) return fd;
    native.close(fd);
    if (starter !== undefined && (result === -ENOENT || result === -ECONNREFUSED)) {
      await starter();
      starter = undefined;
      continue;
    }
    if (result !== -EAGAIN)
      throw systemError(ErrorDomain.RPC, -result, `Failed to connect socket to '${path}'`);
    await retryTime(); // a full backlog has no event to wait for
  }
}

const ENOENT = 2;
const EAGAIN = 11;
const ECONNREFUSED = 111;
const retryMs = 10;
const retryTime = () => new Promise((resolve) => setTimeout(resolve, retryMs));
