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

/** The other end of a socket; `path` (unix), else `address` and `port`. */
export type PeerName = Pick<SockName, "family" | "path" | "address" | "port">;

/** How a process ended. */
export type ExitStatus = { code: number } | { signal: number };

export type RlimitName =
  | "as"
  | "core"
  | "cpu"
  | "data"
  | "fsize"
  | "memlock"
  | "nofile"
  | "nproc"
  | "rss"
  | "stack";

export type SchedulerPolicy = "other" | "batch" | "idle" | "fifo" | "rr";

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
  /** Bits of constants.ts. May be called again to change them; then the callback may be left out to keep the former. */
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
/** Unsigned 32-bit numbers. */
export interface CpuidRegisters {
  eax: number;
  ebx: number;
  ecx: number;
  edx: number;
}

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
  /** A blocking TCP socket. */
  socketInet(family: "inet" | "inet6"): number;
  /** Options of a listening socket hold for those accepted from it. @param on default true */
  setSocketOption(fd: number, option: "reuseAddress" | "v6Only" | "noDelay", on?: boolean): number;
  /** @param address numeric and of the socket's family, else -EINVAL */
  bindInet(fd: number, address: string, port: number): number;
  listen(fd: number, backlog: number): number;
  /** @param nonBlocking default true */
  accept4(fd: number, nonBlocking?: boolean): number;
  connectUnix(fd: number, path: string): number;
  shutdown(fd: number, how: "read" | "write" | "both"): number;
  peerCred(fd: number): PeerCred | number;
  getSockName(fd: number): SockName | number;
  /** Of a connected socket. -ENOTCONN when the peer has gone already. */
  getPeerName(fd: number): PeerName | number;

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

  /**
   * F_OFD_SETLK, never waiting: -EAGAIN if another open file (or a classic lock, also from this
   * process) conflicts. Owned by the open file: survives fork, exec and passing on; ends with its last descriptor.
   * @param length bytes; 0 = to the end of the file, however it grows
   */
  ofdLock(fd: number, type: LockType, start: number, length: number): number;
  /**
   * The same in libuv's thread pool, for network file systems that may hang (a hanging call keeps one
   * of the pool's threads: bound the calls per file system). Holds a duplicate of `fd` meanwhile.
   */
  ofdLockAsync(fd: number, type: LockType, start: number, length: number): Promise<number>;
  /** F_OFD_GETLK: a lock in the way of this one, `null` if there is none. */
  ofdGetLock(fd: number, type: "read" | "write", start: number, length: number): LockRange | null | number;
  /** The same in libuv's thread pool; see `ofdLockAsync`. */
  ofdGetLockAsync(
    fd: number,
    type: "read" | "write",
    start: number,
    length: number,
  ): Promise<LockRange | null | number>;
  /** F_SETLK: owned by the process and lost when it closes *any* descriptor of the file. For pid files. */
  setLock(fd: number, type: LockType, start: number, length: number): number;

  /**
   * Writes `path`.new, syncs it and renames it to `path`, in libuv's thread pool. Readers, and whoever comes after
   * a crash, find the old or the new content and nothing between; the rename itself is not forced to disk.
   * @param text without NUL
   * @param mode of a new file, less the umask
   * @param sync default true; false for what need not survive a power failure
   * @returns after a failure the old file is there, and no new one
   */
  replaceFile(path: string, text: string, mode: number, sync?: boolean): Promise<number>;
  /** In libuv's thread pool. Missing ones are fine; others that cannot be removed do not keep the rest from going. */
  removeFiles(paths: readonly string[]): Promise<number>;

  /** @param flags default O_CLOEXEC @returns [read end, write end] */
  pipe2(flags?: number): [number, number] | number;
  /** F_SETPIPE_SZ. @returns the size it got, bytes */
  setPipeSize(fd: number, sizeBytes: number): number;
  /**
   * Moves up to `length` bytes; one side must be a pipe. An offset is a position in the file, which
   * stays where it is; null = a pipe, or the file's own position.
   * @returns bytes moved; 0 = end of file, or no writer left
   */
  splice(
    fdIn: number,
    offsetIn: number | bigint | null,
    fdOut: number,
    offsetOut: number | bigint | null,
    length: number,
    flags?: number,
  ): number;
  /** Copies from pipe to pipe without consuming. */
  tee(fdIn: number, fdOut: number, length: number, flags?: number): number;

  /** Readable (see Poll) once the process has ended. -ESRCH if there is no such process. */
  pidfdOpen(pid: number): number;
  /** @param signal 0 = only check */
  pidfdSignal(pidfd: number, signal: number): number;
  /** waitpid without waiting, of one own child. null = still running, -ECHILD = not ours or reaped already. */
  reap(pid: number): ExitStatus | null | number;
  /** @param pid 0 = self; limits in bytes, seconds or counts, RLIM_INFINITY = unlimited */
  prlimit(pid: number, resource: RlimitName, soft: bigint | number, hard: bigint | number): number;
  /** @param tid thread, 0 = the calling one; mask: bit n of byte n/8 is CPU n */
  setAffinity(tid: number, mask: Uint8Array): number;
  /** @param mask filled; its length a multiple of 8 and enough for all CPUs (else -EINVAL). @returns bytes filled */
  getAffinity(tid: number, mask: Uint8Array): number;
  /** @param priority 1 to 99 for fifo and rr, else 0 */
  setScheduler(tid: number, policy: SchedulerPolicy, priority?: number): number;

  /**
   * Every other thread of this process that exists so far gives way to whoever wants its processor; they get their
   * fair share all the same. Threads made later are not touched.
   */
  backgroundThreads(): number;

  /** Flags of V8 that still matter at run time. -ENOSYS if this Node does not offer it; unknown flags are told of on stderr. */
  setEngineFlags(flags: string): number;

  /**
   * How long the event loop looks for news of a PROMPT Poll before it sleeps, as long as it keeps coming within that time.
   * @param microseconds up to 1000, 0 = it sleeps at once
   */
  linger(microseconds: number): number;

  /** Makes (or attaches to) a tap device; "%d" in the name is filled in. It goes with its last descriptor unless persistent. */
  tunCreate(nameTemplate: string, options?: TunOptions): { fd: number; name: string } | number;
  tunSetPersist(fd: number, on?: boolean): number;
  /** -ENODEV if there is no such interface. */
  ifIndex(name: string): number;
  /** IFF_* bits; 1 = up. */
  ifFlags(name: string): number;
  ifSetUp(name: string, up?: boolean): number;
  ifMtu(name: string): number;
  ifSetMtu(name: string, mtu: number): number;
  /** 6 bytes. */
  ifMac(name: string): Uint8Array | number;
  ifSetMac(name: string, mac: Uint8Array): number;
  bridgeCreate(name: string): number;
  /** It must be down (-EBUSY). */
  bridgeDelete(name: string): number;
  bridgeAddIf(bridge: string, name: string): number;
  bridgeDelIf(bridge: string, name: string): number;

  /** The CPUID instruction on some processor of the machine. -ENOSYS where there is none (it is x86's). */
  cpuid(leaf: number, subleaf: number): CpuidRegisters | number;
  /**
   * What KVM offers guests in a model-specific register that describes features (KVM_GET_MSRS on /dev/kvm).
   * -ENOENT if it has no such register, -ENOSYS on other machines than x86.
   */
  kvmMsr(index: number): bigint | number;
  /**
   * Speed of the time stamp counter of guests, and whether (1) they can have another one. Takes half a millisecond.
   * -ENOSYS on other machines than x86.
   */
  kvmTsc(): { khz: number; scaling: number } | number;
}
