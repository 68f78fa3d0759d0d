import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as tick } from "node:timers/promises";
import { LaunchError, type Launched, native } from "@libvirt-ts/native";
import { lock } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { expect } from "vitest";
import { newPrefix, type StartOptions, TestDaemon } from "./daemon.ts";

export const { register, restrict, acquireResource, releaseResource } = lock.procs;

const uuid = new Uint8Array(16).fill(7);

export interface LockWorldOptions extends StartOptions {
  /** Makes files below the prefix, before the daemon starts. */
  prepare?: (prefix: string) => void;
}

/** Whether somebody, anywhere, has the lock. */
export function isHeld(path: string): boolean {
  const fd = openSync(path, "r+");
  const there = native.ofdGetLock(fd, "write", 0, 1);
  closeSync(fd);
  return there !== null;
}

/** virtlockd, stand-ins for guests, and a host where everything is tried at the wrong moment. */
export class LockWorld {
  readonly prefix = newPrefix();
  readonly #guests: Launched[] = [];
  readonly #options: StartOptions;
  daemon!: TestDaemon; // set by `create`

  private constructor({ prepare, ...options }: LockWorldOptions) {
    this.#options = options;
    mkdirSync(join(this.prefix, "images"));
    prepare?.(this.prefix);
  }

  static async create(options: LockWorldOptions = {}): Promise<LockWorld> {
    const world = new LockWorld(options);
    await world.start();
    return world;
  }

  get socket(): string {
    return this.daemon.socket;
  }

  async start(more: StartOptions = {}): Promise<void> {
    this.daemon = await TestDaemon.start("virtlockd", { ...this.#options, ...more, prefix: this.prefix });
  }

  async kill(): Promise<void> {
    await this.daemon.stop("SIGKILL");
  }

  image(name = "a.img"): string {
    const path = join(this.prefix, "images", name);
    writeFileSync(path, "", { flag: "a" });
    return path;
  }

  /** A process that stands for a guest, with a connection of its own as long as it lives. */
  async guest(o: { holder?: boolean } = {}): Promise<Guest> {
    const fd = native.socketUnix("stream");
    const launched = native.launch({
      file: "/bin/sleep",
      argv: ["sleep", "1000"],
      env: {},
      steps: o.holder === false ? [] : [{ do: "connect", fd, path: this.socket }],
      keep: [fd],
    });
    if (launched instanceof LaunchError) throw launched;
    this.#guests.push(launched);
    await launched.ready;
    if (o.holder === false) native.close(fd);
    else {
      const holder = await RpcClient.connect(fd);
      await holder.call(register, { owner: { uuid, name: "vm", id: 1, pid: launched.pid }, flags: 0 });
      await holder.call(restrict, { flags: 0 });
      holder.close();
    }
    return new Guest(this, launched);
  }

  async close(): Promise<void> {
    await this.daemon.stop("SIGKILL");
    for (const { pidfd } of this.#guests) {
      native.pidfdSignal(pidfd, 9);
      native.close(pidfd);
    }
  }
}

export class Guest {
  readonly #world: LockWorld;
  readonly pid: number;
  readonly #pidfd: number;

  constructor(world: LockWorld, { pid, pidfd }: Launched) {
    this.#world = world;
    this.pid = pid;
    this.#pidfd = pidfd;
  }

  kill(): void {
    native.pidfdSignal(this.#pidfd, 9);
  }

  get isAlive(): boolean {
    return native.reap(this.pid) === null;
  }

  /** A connection that speaks for the guest. */
  async connect(): Promise<RpcClient> {
    const client = await RpcClient.connect(this.#world.socket);
    await client.call(register, { owner: { uuid, name: "vm", id: 1, pid: this.pid }, flags: 0 });
    return client;
  }

  async acquire(name: string, flags = 0): Promise<void> {
    await this.#call((client) => client.call(acquireResource, { path: "", name, flags }));
  }

  async release(name: string): Promise<void> {
    await this.#call((client) => client.call(releaseResource, { path: "", name, flags: 0 }));
  }

  async #call(use: (client: RpcClient) => Promise<void>): Promise<void> {
    const client = await this.connect();
    try {
      await use(client);
    } finally {
      client.close();
    }
  }
}

/** Another host: a process that tries to lock a file all the time, as fast as it can, and says when it could. */
export class Rival {
  readonly #child: ReturnType<typeof spawn>;
  #output = "";

  constructor(paths: readonly string[]) {
    const script = `
import fcntl, sys, os
fds = [os.open(p, os.O_RDWR) for p in sys.argv[1:]]
tries = 0
print("begun", flush=True)
while True:
    for fd, p in zip(fds, sys.argv[1:]):
        try:
            fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1)
            print("got", p, flush=True)
            fcntl.lockf(fd, fcntl.LOCK_UN, 1)
        except OSError:
            tries += 1
`;
    this.#child = spawn("python3", ["-c", script, ...paths], { stdio: ["ignore", "pipe", "inherit"] });
    this.#child.stdout?.on("data", (chunk: Buffer) => (this.#output += chunk.toString()));
  }

  async begun(): Promise<void> {
    while (!this.#output.includes("begun")) await once(this.#child.stdout ?? this.#child, "data");
  }

  get got(): string[] {
    return this.#output.split("\n").filter((line) => line.startsWith("got"));
  }

  async stop(): Promise<string[]> {
    if (this.#child.kill("SIGKILL")) await once(this.#child, "close");
    return this.got;
  }
}

/** Locks a file as another host would, as soon as it can. */
export async function untilFree(path: string): Promise<void> {
  const { openSync, closeSync } = await import("node:fs");
  const fd = openSync(path, "r+");
  try {
    while (native.ofdLock(fd, "write", 0, 1) < 0) await tick();
  } finally {
    closeSync(fd);
  }
}

export const busy = (name: string) => ({
  code: 87,
  domain: 51,
  message: expect.stringMatching(
    new RegExp(
      `^resource busy: Lockspace resource '${name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}' is locked`,
    ),
  ),
});
