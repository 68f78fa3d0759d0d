/** Peer of a connected unix socket as the kernel noted it at connect time (SO_PEERCRED). */
export interface PeerCred {
  pid: number;
  uid: number;
  gid: number;
}

export type SocketType = "stream" | "dgram" | "seqpacket";

/** What a socket is bound to; `path` (unix, "@name" = abstract, "" = unbound), else `address` and `port`. */
export interface SockName {
  family: "unix" | "inet" | "inet6" | "other";
  type: SocketType | "other";
  listening: boolean;
  path?: string;
  address?: string;
  port?: number;
}

/** How a process ended. */
export type ExitStatus = { code: number } | { signal: number };

export type LockType = "read" | "write" | "unlock";

/** A conflicting lock; `pid` is -1 for OFD locks, `length` 0 = to the end of the file. */
export interface LockRange {
  type: "read" | "write";
  start: number;
  length: number;
  pid: number;
}

/** vnetHdr: IFF_VNET_HDR; multiQueue: IFF_MULTI_QUEUE (call again with the same name for more queues). */
export interface TunOptions {
  vnetHdr?: boolean;
  multiQueue?: boolean;
  /** default "/dev/net/tun" */
  device?: string;
}

/**
 * @param status 0, or a negative errno: watching has stopped (the kernel reported an error state, for
 *   example the reader of a pipe is gone). Then read or write to learn the cause, and close.
 * @param events bits of READABLE, WRITABLE, HANGUP
 */
export type PollCallback = (status: number, events: number) => void;

/**
 * Level-triggered readiness of a socket, pipe, terminal, pidfd; not of regular files (-EPERM).
 * The descriptor stays the caller's and becomes non-blocking. One Poll per descriptor (else -EEXIST).
 * Close the Poll before the descriptor. While watching it lives on without being referenced.
 */
export interface Poll {
  /** May be called again to change the mask; then the callback may be left out to keep the former. */
  start(events: number, callback?: PollCallback): number;
  /** No callback comes after this; start() begins again. */
  stop(): number;
  /** For good; allowed inside the callback and more than once. */
  close(): number;
  ref(): number;
  /** A watching Poll no longer keeps the process alive. */
  unref(): number;
}

/**
 * The system calls. Numbers returned are >= 0 on success and a **negative errno** on failure; only a
 * wrong argument type throws (TypeError). New descriptors are close-on-exec unless said otherwise.
 * Unix addresses starting with "@" are abstract; longer than 107 bytes = -ENAMETOOLONG.
 */
export interface Syscalls {
  Poll: new (fd: number) => Poll;

  /** Never repeat it after an error: the number is free again in any case. */
  close(fd: number): number;
  /** The lowest free number >= 3. */
  dup(fd: number): number;
  setCloexec(fd: number, on?: boolean): number;
  setNonBlocking(fd: number, on?: boolean): number;
  /** read(2), for pipes and terminals: like fs.readSync, but -EAGAIN instead of an exception. */
  read(fd: number, buf: Uint8Array, offset: number, length: number): number;
  write(fd: number, buf: Uint8Array, offset: number, length: number): number;
  /** Bytes waiting in a pipe, socket or terminal (FIONREAD). */
  pipeBytes(fd: number): number;

  /** A blocking socket. */
  socketUnix(type: SocketType, cloexec?: boolean): number;
  socketpair(type: SocketType): [number, number] | number;
  bind(fd: number, path: string): number;
  listen(fd: number, backlog: number): number;
  /** @param nonBlocking default true */
  accept4(fd: number, nonBlocking?: boolean): number;
  connectUnix(fd: number, path: string): number;
  shutdown(fd: number, how: "read" | "write" | "both"): number;
  peerCred(fd: number): PeerCred | number;
  getSockName(fd: number): SockName | number;

  /**
   * Receives without waiting (-EAGAIN) into `buf[offset, offset + length)`; 0 = end of stream.
   * @param fds received descriptors are appended (at most 253 a message); absent = they are dropped.
   *   -EMSGSIZE = some did not fit (too many, or the table of open files is full): all are closed,
   *   the bytes are lost, the connection is of no further use.
   */
  recv(fd: number, buf: Uint8Array, offset: number, length: number, fds?: number[]): number;
  /**
   * One sendmsg, without waiting or SIGPIPE. Only the first 64 parts are looked at; may send less.
   * @param fds leave with the first byte, so once the result is > 0 they have gone. Still the caller's to close.
   */
  send(fd: number, parts: readonly Uint8Array[], fds?: readonly number[]): number;
  /** To a unix datagram address from an unnamed socket (sd_notify, journald). */
  sendDatagram(path: string, bytes: Uint8Array, fds?: readonly number[]): number;
}

/** What the addon itself exports. */
export interface Binding extends Syscalls {}
