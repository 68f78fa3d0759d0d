import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { remote } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";

/** A process from outside. */
export interface Figures {
  readonly rssMiB: number;
  readonly descriptors: number;
}

/** @throws Error when the process is gone */
export function figures(pid: number): Figures {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    rssMiB: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}

const betweenMs = 50;

/** A client that calls now and then; how long it waited at most. */
export class HealthyClient {
  readonly #client: RpcClient;
  #longestMs = 0;
  #calls = 0;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  private constructor(client: RpcClient) {
    this.#client = client;
    this.#done = this.#run();
    this.#done.catch(() => {}); // told to who stops it
  }

  static async start(path: string): Promise<HealthyClient> {
    const client = await RpcClient.connect(path);
    await client.call(remote.procs.authList, undefined);
    await client.call(remote.procs.connectOpen, { name: "qemu:///system", flags: 0 });
    return new HealthyClient(client);
  }

  /** @throws VirError when it was not served */
  async stop(): Promise<{ calls: number; longestMs: number }> {
    this.#stop.abort();
    await this.#done;
    this.#client.close();
    return { calls: this.#calls, longestMs: this.#longestMs };
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const start = performance.now();
      await this.#client.call(remote.procs.connectGetLibVersion, undefined);
      this.#longestMs = Math.max(this.#longestMs, performance.now() - start);
      this.#calls++;
      await pause(betweenMs);
    }
  }
}
