import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { native, READABLE } from "@libvirt-ts/native";
import { RpcClient } from "@libvirt-ts/rpc/client";

/** A daemon's bundle, run by Node in a prefix of its own. */
export class TestDaemon {
  readonly name: string;
  readonly prefix: string;
  readonly process: ChildProcess;
  /** What it told the service manager, in order. */
  readonly notified: NotifySocket;
  #output = "";

  private constructor(name: string, prefix: string, process: ChildProcess, notified: NotifySocket) {
    this.name = name;
    this.prefix = prefix;
    this.process = process;
    this.notified = notified;
    process.stderr?.on("data", (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
  }

  /** Starts a daemon and does not wait. */
  static spawn(name: string, o: StartOptions = {}): TestDaemon {
    const prefix = o.prefix ?? newPrefix();
    if (o.config !== undefined) {
      mkdirSync(join(prefix, "etc/libvirt"), { recursive: true });
      writeFileSync(join(prefix, `etc/libvirt/${name}.conf`), o.config);
    }
    const notified = new NotifySocket(join(mkdtempSync(join(tmpdir(), "notify-")), "sock"));
    const program = o.fixture === undefined ? [bundle(name)] : fixture(o.fixture);
    const command = [process.execPath, ...program, ...(o.args ?? [])];
    const [file = "", ...args] = o.wrap ? o.wrap(command, prefix) : command;
    const started = spawn(file, args, {
      stdio: ["ignore", "ignore", "pipe", ...(o.fds ?? [])],
      env: {
        PATH: process.env.PATH,
        HOME: prefix,
        LIBVIRT_PREFIX: prefix,
        NOTIFY_SOCKET: notified.path,
        ...o.env,
      },
    });
    started.once("close", () => notified.close());
    return new TestDaemon(name, prefix, started, notified);
  }

  /** Starts a daemon and waits until it says that it is ready. */
  static async start(name: string, o: StartOptions = {}): Promise<TestDaemon> {
    const daemon = TestDaemon.spawn(name, o);
    const ready = daemon.notified.saw("READY=1");
    const ended = once(daemon.process, "close").then(() => {
      throw new Error(`${name} ended: ${daemon.output}`);
    });
    await Promise.race([ready, ended]);
    ended.catch(() => {}); // of interest only until it was ready
    return daemon;
  }

  /** Of the process that serves, which a hand-over may have put in the place of the one we started. */
  get pid(): number {
    return this.notified.mainPid ?? this.process.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    if (isRunning(this.pid)) process.kill(this.pid, signal);
  }

  /** What it wrote to stderr. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when it has written a text to stderr. */
  async logged(text: string): Promise<void> {
    while (!this.#output.includes(text)) await once(this.process.stderr ?? this.process, "data");
  }

  get socket(): string {
    return join(this.prefix, `run/libvirt/${this.name}-sock`);
  }

  get adminSocket(): string {
    return join(this.prefix, `run/libvirt/${this.name}-admin-sock`);
  }

  get pidFile(): string {
    return join(this.prefix, `run/${this.name}.pid`);
  }

  connect(): Promise<RpcClient> {
    return RpcClient.connect(this.socket);
  }

  /** @returns how it ended */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | NodeJS.Signals> {
    this.signal(signal);
    return this.ended();
  }

  /** @returns how it ended; -1 when it was not the process we started */
  async ended(): Promise<number | NodeJS.Signals> {
    if (this.pid !== this.process.pid) {
      await processEnd(this.pid);
      return -1;
    }
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, "close");
    return this.process.exitCode ?? this.process.signalCode ?? -1;
  }

  /** SIGUSR1; resolves when the next process, or image of this one, is ready. */
  async handOver(): Promise<void> {
    const ready = this.notified.saw("READY=1");
    this.signal("SIGUSR1");
    await ready;
  }
}

export interface StartOptions {
  args?: string[];
  prefix?: string;
  /** Content of the configuration file. */
  config?: string;
  env?: Record<string, string>;
  /** Passed as descriptors 3, 4, … */
  fds?: number[];
  /** Turns the command into another that runs it. */
  wrap?: (command: string[], prefix: string) => string[];
  /** Runs `fixtures/NAME.ts` from source instead of the daemon's bundle. */
  fixture?: string;
}

function fixture(name: string): string[] {
  const path = fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url));
  return ["--import", createRequire(import.meta.url).resolve("tsx"), path];
}

export function newPrefix(): string {
  return mkdtempSync(join(tmpdir(), "libvirt-ts-"));
}

export function bundle(name: string): string {
  const path = fileURLToPath(new URL(`../../../daemons/${name}/dist/${name}.js`, import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is missing: run pnpm build`);
  return path;
}

/** The service manager's end of sd_notify. */
export class NotifySocket {
  readonly path: string;
  readonly messages: string[] = [];
  readonly #fd: number;
  readonly #poll: InstanceType<typeof native.Poll>;
  /** The process that said to be the service. */
  mainPid: number | undefined;
  #waiting: { text: string; resolve: () => void }[] = [];

  constructor(path: string) {
    this.path = path;
    this.#fd = native.socketUnix("dgram");
    native.bind(this.#fd, path);
    this.#poll = new native.Poll(this.#fd);
    this.#poll.start(READABLE, () => this.#receive());
    this.#poll.unref();
  }

  /** Resolves at the next message that has a line `text`. */
  saw(text: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ text, resolve }));
  }

  close(): void {
    this.#receive();
    this.#poll.close();
    native.close(this.#fd);
  }

  #receive(): void {
    const buffer = Buffer.alloc(4096);
    for (let length = 1; length > 0; ) {
      length = native.recv(this.#fd, buffer, 0, buffer.length);
      if (length <= 0) return;
      const message = buffer.toString("utf8", 0, length);
      this.messages.push(message);
      const lines = message.split("\n");
      for (const line of lines) if (line.startsWith("MAINPID=")) this.mainPid = Number(line.slice(8));
      const done = this.#waiting.filter(({ text }) => lines.includes(text));
      this.#waiting = this.#waiting.filter((waiter) => !done.includes(waiter));
      for (const { resolve } of done) resolve();
    }
  }
}

/** One that has ended and waits for its parent does not count. */
function isRunning(pid: number): boolean {
  const pidfd = native.pidfdOpen(pid);
  if (pidfd < 0) return false;
  const isThere = !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  native.close(pidfd);
  return isThere;
}

/** Resolves when a process has ended, whoever started it. */
export async function processEnd(pid: number): Promise<void> {
  const pidfd = native.pidfdOpen(pid);
  if (pidfd < 0) return;
  await new Promise<void>((resolve) => {
    const poll = new native.Poll(pidfd);
    poll.start(READABLE, () => {
      poll.close();
      native.close(pidfd);
      resolve();
    });
  });
}

/** Runs a program to its end. */
export async function run(file: string, args: string[], env?: Record<string, string>) {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}
