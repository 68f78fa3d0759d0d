import { readlinkSync } from "node:fs";
import { HANGUP, type Native, type Poll, READABLE, WRITABLE } from "@libvirt-ts/native";
import { formatMessage, parseMessage } from "./message.ts";

const eagain = -11;
const econnreset = -104;
/** What arrives meanwhile is read together: it is safe in the socket's queue, and each look costs the daemon time. */
const gatherMs = 5;
const maxMessageBytes = 1024;

/**
 * The part of systemd's descriptor store, where there is no systemd: holds on to what one daemon gives it and hands
 * everything to the next process of that daemon. Only one at a time is served; the next one's turn comes when all
 * messages of the one before have been read and it is gone.
 *
 * With no daemon there it stays as long as anything it keeps is in use: a process (pidfd) runs, or the other end of
 * a pipe or connection is open. Then it leaves, and what hung on the descriptors ends. Clients may wait for the next
 * daemon only for a while.
 */
export class Keeper {
  readonly #native: Native;
  readonly #leave: () => void;
  readonly #graceMs: number;
  readonly #listener: number;
  readonly #listening: Poll;
  readonly #buffer = Buffer.alloc(maxMessageBytes);
  /** Descriptors of one name are kept side by side, as systemd does. */
  readonly #kept = new Map<string, number[]>();
  /** Names of what is kept only as long as there is something else. */
  readonly #beside = new Set<string>();
  /** Ends of what is in use, while there is no daemon. */
  #watches = new Set<Poll>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param listener bound and listening
   * @param graceMs how long to wait for a daemon when nothing kept is in use
   * @param leave called when there is nothing to stay for
   */
  constructor(o: { native: Native; listener: number; graceMs: number; leave: () => void }) {
    this.#native = o.native;
    this.#leave = o.leave;
    this.#graceMs = o.graceMs;
    this.#listener = o.listener;
    o.native.setNonBlocking(o.listener, true);
    this.#listening = new o.native.Poll(o.listener);
    this.#await();
  }

  /** No daemon is there. */
  #await(): void {
    this.#listening.start(READABLE, () => this.#accept());
    for (const fds of this.#kept.values()) for (const fd of fds) this.#watchUse(fd);
    this.#timer = setTimeout(() => this.#dropListeners(), this.#graceMs);
    this.#checkUse();
  }

  #watchUse(fd: number): void {
    if (isListening(this.#native, fd)) return;
    const poll = new this.#native.Poll(fd);
    const over = () => {
      this.#watches.delete(poll);
      poll.close();
      this.#checkUse();
    };
    if (poll.start(isProcess(fd) ? READABLE : HANGUP, over) < 0)
      poll.close(); // a file: nobody is at its other end
    else this.#watches.add(poll);
  }

  #checkUse(): void {
    if (this.#watches.size > 0 && this.#kept.size > this.#beside.size) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#leaveUnlessNeeded(), this.#kept.size === 0 ? 0 : this.#graceMs);
  }

  /** A daemon may have connected, and be gone again, before the loop came to look: what it sent is all that is left. */
  #leaveUnlessNeeded(): void {
    if (!this.#accept()) this.#leave();
  }

  /** No daemon comes: clients that wait for one, and those to come, are told so by the end of the socket. */
  #dropListeners(): void {
    for (const [name, fds] of this.#kept) {
      const left = fds.filter((fd) => !isListening(this.#native, fd) || this.#native.close(fd) < 0);
      if (left.length > 0) this.#kept.set(name, left);
      else {
        this.#kept.delete(name);
        this.#beside.delete(name);
      }
    }
  }

  /** @returns whether there is a daemon now */
  #accept(): boolean {
    const daemon = this.#native.accept4(this.#listener, true);
    if (daemon < 0) return false;
    const peer = this.#native.peerCred(daemon);
    if (typeof peer === "number" || peer.uid !== process.geteuid?.()) {
      this.#native.close(daemon);
      return this.#accept();
    }
    this.#listening.stop();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const poll of this.#watches) poll.close();
    this.#watches.clear();
    this.#handOver(daemon);
    return true;
  }

  #handOver(daemon: number): void {
    const poll = new this.#native.Poll(daemon);
    const left = [...this.#kept].flatMap(([name, fds]) => fds.map((fd) => ({ name, fd })));
    const step = () => {
      for (let next = left[0]; next; next = left[0]) {
        const sent = this.#native.send(daemon, [formatMessage({ what: "kept", name: next.name })], [next.fd]);
        if (sent === eagain) return;
        if (sent < 0) break; // it is gone again; reading finds out
        left.shift();
      }
      if (this.#native.send(daemon, [formatMessage({ what: "all" })]) === eagain) return;
      this.#listen(daemon, poll);
    };
    poll.start(WRITABLE, step);
  }

  /** Reads a while after something has come, or at once when the daemon ends. */
  #listen(daemon: number, poll: Poll): void {
    poll.start(READABLE, () => {
      const timer = setTimeout(() => this.#read(daemon, poll), gatherMs);
      poll.start(HANGUP, () => {
        clearTimeout(timer);
        this.#read(daemon, poll);
      });
    });
  }

  #read(daemon: number, poll: Poll): void {
    for (;;) {
      const fds: number[] = [];
      const length = this.#native.recv(daemon, this.#buffer, 0, maxMessageBytes, fds);
      if (length === eagain) {
        this.#listen(daemon, poll);
        return;
      }
      if (length === econnreset) continue; // it ended without reading our list; what it sent before is still there
      if (length <= 0) {
        poll.close();
        this.#native.close(daemon);
        this.#await();
        return;
      }
      this.#serve(this.#buffer.toString("latin1", 0, length), fds);
    }
  }

  #serve(text: string, fds: readonly number[]): void {
    const message = parseMessage(text);
    if (message?.what === "put") {
      if (message.beside) this.#beside.add(message.name);
      const same = this.#kept.get(message.name);
      if (same) same.push(...fds);
      else this.#kept.set(message.name, [...fds]);
      return;
    }
    for (const fd of fds) this.#native.close(fd);
    if (message?.what !== "remove") return;
    for (const name of message.names) this.#drop(name);
  }

  #drop(name: string): void {
    for (const fd of this.#kept.get(name) ?? []) this.#native.close(fd);
    this.#kept.delete(name);
    this.#beside.delete(name);
  }
}

function isListening(native: Native, fd: number): boolean {
  const name = native.getSockName(fd);
  return typeof name !== "number" && name.listening;
}

function isProcess(fd: number): boolean {
  return readlinkSync(`/proc/self/fd/${fd}`).includes("[pidfd]");
}
