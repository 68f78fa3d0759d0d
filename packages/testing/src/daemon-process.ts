import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { VirError } from "@libvirt-ts/errors";
import { remote } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { waitFor } from "./wait-for.ts";

/** A daemon that runs; its output goes to a file, which outlives it. */
export class DaemonProcess {
  readonly socket: string;
  readonly log: string;
  readonly #process: ChildProcess;

  readonly #ended: Promise<never>;
  readonly #command: string;

  /** Starts it and does not wait. @param log a file that its output is added to */
  constructor(argv: readonly string[], env: NodeJS.ProcessEnv, socket: string, log: string) {
    const [file = "", ...args] = argv;
    const output = openSync(log, "a");
    const started = spawn(file, args, { stdio: ["ignore", output, output], env });
    closeSync(output);
    this.#process = started;
    this.#command = argv.join(" ");
    this.#ended = new Promise<never>((_, reject) => {
      started.once("error", reject);
      started.once("exit", () => reject(new Error("it ended")));
    });
    this.#ended.catch(() => {}); // of interest only to those who wait for it
    this.socket = socket;
    this.log = log;
  }

  /** Resolves when it answers. @throws Error with its output when it ends instead */
  async ready(): Promise<this> {
    try {
      await Promise.race([this.#ended, waitFor(`an answer on ${this.socket}`, () => this.#answers())]);
    } catch (cause) {
      this.#process.kill("SIGKILL");
      throw new Error(`${this.#command}\n${readFileSync(this.log, "utf8").slice(-4000)}`, { cause });
    }
    return this;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** @returns its exit status, or the signal that ended it */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | NodeJS.Signals> {
    if (this.running) {
      const ended = once(this.#process, "exit");
      this.#process.kill(signal);
      await ended;
    }
    return this.#process.exitCode ?? this.#process.signalCode ?? -1;
  }

  /** A connection alone can be one that the kernel keeps for a daemon which is about to give up. */
  async #answers(): Promise<boolean> {
    try {
      const client = await RpcClient.connect(this.socket);
      await client.call(remote.procs.authList, undefined).catch(() => {}); // a refusal will do
      const answered = client.isOpen;
      client.close();
      return answered;
    } catch (error) {
      if (error instanceof VirError) return false;
      throw error;
    }
  }
}
