import { unlinkSync } from "node:fs";
import type { Logger } from "@libvirt-ts/logging";
import { type Native, READABLE } from "@libvirt-ts/native";
import { connected } from "./connected.ts";
import type { FdStore, SavedFdStore } from "./fd-store.ts";
import { parseMessage } from "./message.ts";
import { SocketStore } from "./socket-store.ts";
import { startKeeper } from "./start-keeper.ts";

export interface FdStoreOptions {
  readonly native: Native;
  readonly log: Logger;
  /** From the process before, in a hand-over. */
  readonly saved?: SavedFdStore | undefined;
}

export interface ManagerStoreOptions extends FdStoreOptions {
  /** NOTIFY_SOCKET */
  readonly address: string;
  /** What the manager passed beside the sockets to listen on, by name. */
  readonly found: ReadonlyMap<string, number>;
}

/**
 * The service manager's own descriptor store. It must have been told to keep some (FileDescriptorStoreMax); it says
 * so by FDSTORE in the environment from version 254 on, before that the unit file has to.
 */
export function managerFdStore({ native, log, saved, address, found }: ManagerStoreOptions): FdStore {
  const connect = () => connected(native, native.socketUnix("dgram"), address);
  if (saved)
    return new SocketStore({ native, log, found: new Map(saved.kept), saved, connect, forgets: false });
  const socket = found.size > 0 ? connect() : -1; // to say what of it need not be kept any more
  const kept = socket < 0 ? undefined : { socket, kept: [...found] };
  return new SocketStore({ native, log, found, saved: kept, connect, forgets: false });
}

export interface KeeperStoreOptions extends FdStoreOptions {
  /** Where the keeper listens. */
  readonly path: string;
  /** A program that becomes the keeper when its first argument is `keeperOption`. */
  readonly script: string;
  /** What the keeper shall be called. */
  readonly title: string;
  /** How long it waits for a daemon when nothing it keeps is in use. */
  readonly graceMs: number;
}

/** A keeper of our own: found where an earlier process left it, started with the first descriptor worth keeping. */
export async function keeperFdStore(o: KeeperStoreOptions): Promise<FdStore> {
  const { native, log, path, saved } = o;
  const connect = () => startKeeper(o);
  if (saved) {
    return new SocketStore({ native, log, found: new Map(saved.kept), saved, connect, forgets: true });
  }
  const socket = connected(native, native.socketUnix("seqpacket"), path);
  if (socket < 0) return new SocketStore({ native, log, found: new Map(), connect, forgets: true });
  const found = await receiveAll(native, socket);
  if (found) {
    const kept = { socket, kept: [...found] };
    return new SocketStore({ native, log, found, saved: kept, connect, forgets: true });
  }
  log.error({ path }, "the keeper of our descriptors gave none, going on without");
  native.close(socket);
  unlinkSync(path);
  return new SocketStore({ native, log, found: new Map(), connect, forgets: true });
}

const answerMs = 5_000;
const maxMessageBytes = 1024;
const eagain = -11;

/** @returns undefined when the keeper does not answer */
function receiveAll(native: Native, socket: number): Promise<Map<string, number> | undefined> {
  const found = new Map<string, number>();
  const buffer = Buffer.alloc(maxMessageBytes);
  const poll = new native.Poll(socket);
  return new Promise((resolve) => {
    const end = (result: Map<string, number> | undefined) => {
      clearTimeout(timer);
      poll.close();
      resolve(result);
    };
    const timer = setTimeout(() => end(undefined), answerMs);
    poll.start(READABLE, () => {
      for (;;) {
        const fds: number[] = [];
        const length = native.recv(socket, buffer, 0, maxMessageBytes, fds);
        if (length === eagain) return;
        const message = length > 0 ? parseMessage(buffer.toString("latin1", 0, length)) : undefined;
        if (message?.what === "all") return end(found);
        const [fd] = fds;
        if (message?.what !== "kept" || fd === undefined) return end(undefined);
        found.set(message.name, fd);
      }
    });
  });
}
