import { setTimeout as delay } from "node:timers/promises";
import { type HeldLock, LockChange, LockState, lockAdmin } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { formatUuid, type Uuid } from "@libvirt-ts/util/uuid";

/** A guest whose lock on a file was given away by the file server. */
export interface LostLock {
  readonly uuid: Uuid;
  /** Of the guest's process. */
  readonly pid: number;
  readonly path: string;
}

const firstRetryMs = 250;
const lastRetryMs = 30_000;

/**
 * Asks the lock daemon to tell of lost locks, now and after each of its restarts; what was lost meanwhile is told
 * then. A C daemon does not know how to tell: then there is nothing to hear.
 * @param socketPath of its admin socket
 * @param signal ends it
 */
export async function watchLostLocks(
  socketPath: string,
  onLost: (lost: LostLock) => void,
  signal: AbortSignal,
): Promise<void> {
  let retryMs = firstRetryMs;
  while (!signal.aborted) {
    const client = await RpcClient.connect(socketPath).catch(() => undefined); // it is not there yet
    if (client) {
      retryMs = firstRetryMs;
      const end = () => client.close();
      signal.addEventListener("abort", end, { once: true });
      const knows = await follow(client, onLost);
      signal.removeEventListener("abort", end);
      if (!knows) return;
    }
    await delay(retryMs, undefined, { signal, ref: false }).catch(() => {}); // ends by the signal
    retryMs = Math.min(2 * retryMs, lastRetryMs);
  }
}

/** @returns false when the daemon does not have the program; else when the connection is over */
async function follow(client: RpcClient, onLost: (lost: LostLock) => void): Promise<boolean> {
  const tell = ({ path, holders }: HeldLock) => {
    for (const { uuid, pid } of holders) onLost({ uuid: formatUuid(uuid), pid, path });
  };
  client.onEvent(lockAdmin.procs.changed, ({ change, lock }) => {
    if (change === LockChange.lost) tell(lock);
  });
  try {
    await client.call(lockAdmin.procs.watch, { flags: 0 });
    const { locks } = await client.call(lockAdmin.procs.list, { flags: 0 });
    for (const lock of locks) if (lock.state === LockState.lost) tell(lock);
  } catch {
    const isAnswer = client.isOpen; // refused, not cut off
    client.close();
    return !isAnswer;
  }
  await client.closed;
  return true;
}
