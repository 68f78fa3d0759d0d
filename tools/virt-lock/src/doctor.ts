import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as tick } from "node:timers/promises";
import { promisify } from "node:util";
import { native } from "@libvirt-ts/native";
import { lock, lockAdmin } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { type Sockets, withClient } from "./daemon.ts";

/** What one way of ending the daemon did. */
export interface Finding {
  readonly what: string;
  readonly isGood: boolean;
  readonly detail: string;
}

const execute = promisify(execFile);
/** After this time the daemon does not come back. */
const patienceMs = 20_000;

/** Takes a lock of its own and ends the daemon in every way; reports each as soon as it is known. */
export async function* examineSurvival(sockets: Sockets): AsyncIterable<Finding> {
  const directory = mkdtempSync(join(tmpdir(), "virt-lock-"));
  const owner = spawn("sleep", ["infinity"], { stdio: "ignore" });
  await once(owner, "spawn");
  const probe = new Probe(join(directory, "probe"), sockets, owner.pid ?? 0);
  try {
    await probe.take();
    for (const way of await waysOf(sockets)) {
      if ("skipped" in way) yield { what: way.what, isGood: true, detail: `not tried: ${way.skipped}` };
      else yield await probe.during(way.what, way.act);
    }
    owner.kill("SIGKILL");
    yield await probe.released();
  } finally {
    owner.kill("SIGKILL");
    probe.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

type Way = { what: string; act: () => Promise<unknown> } | { what: string; skipped: string };

/** The socket of the system's own daemon, which is the unit's. */
const unitSocket = "/run/libvirt/virtlockd-sock";

async function waysOf({ main }: Sockets): Promise<Way[]> {
  const isActive = await execute("systemctl", ["is-active", "--quiet", "virtlockd.service"]).then(
    () => true,
    () => false, // no such unit, or no systemd
  );
  if (isActive && main === unitSocket) {
    const unit = (what: string, ...args: string[]) => ({
      what,
      act: () => execute("systemctl", [...args, "virtlockd.service"]),
    });
    return [
      unit("systemctl reload", "reload"),
      unit("systemctl restart", "restart"),
      unit("SIGKILL", "kill", "--signal=SIGKILL"),
    ];
  }
  const pid = await pidBehind(main);
  const alone = "no service manager is there to start it again";
  return [
    { what: "SIGUSR1", act: async () => process.kill(pid, "SIGUSR1") },
    { what: "restart", skipped: alone },
    { what: "SIGKILL", skipped: alone },
  ];
}

async function pidBehind(socket: string): Promise<number> {
  const fd = native.socketUnix("stream");
  try {
    const rc = native.connectUnix(fd, socket);
    const peer = rc < 0 ? rc : native.peerCred(fd);
    if (typeof peer === "number") throw new Error(`nobody answers on ${socket}`);
    return peer.pid;
  } finally {
    native.close(fd);
  }
}

/** A lock, and a look at it from outside. */
class Probe {
  readonly #path: string;
  readonly #sockets: Sockets;
  readonly #pid: number;
  readonly #fd: number;
  #client: RpcClient | undefined;

  constructor(path: string, sockets: Sockets, pid: number) {
    writeFileSync(path, "");
    this.#path = path;
    this.#sockets = sockets;
    this.#pid = pid;
    this.#fd = openSync(path, "r+");
  }

  async take(): Promise<void> {
    const client = await RpcClient.connect(this.#sockets.main);
    this.#client = client;
    const owner = { uuid: new Uint8Array(16), name: "virt-lock doctor", id: 1, pid: this.#pid };
    await client.call(lock.procs.register, { owner, flags: 0 });
    await client.call(lock.procs.acquireResource, { path: "", name: this.#path, flags: 0 });
  }

  /** Ends the daemon and looks at the lock, all the time, until the next one answers that it has it. */
  async during(what: string, act: () => Promise<unknown>): Promise<Finding> {
    const begin = performance.now();
    const acted = act().then(
      () => undefined,
      (error: unknown) => String(error),
    );
    let wasFree = false;
    let answered: boolean | undefined;
    const answer = acted.then(() => this.#isListed(begin)).then((is) => (answered = is));
    while (answered === undefined) {
      wasFree ||= this.#isFree;
      await tick();
    }
    await answer;
    const failure = await acted;
    const gap = `the daemon answered after ${(performance.now() - begin).toFixed(0)} ms`;
    const connection = this.#client?.isOpen ? "connections stayed" : "connections were cut";
    if (failure !== undefined) return { what, isGood: false, detail: failure };
    if (wasFree) return { what, isGood: false, detail: "the lock was free for a moment" };
    if (!answered) return { what, isGood: false, detail: "the daemon does not have the lock any more" };
    return { what, isGood: true, detail: `the lock was never free; ${gap}; ${connection}` };
  }

  /** The owner has ended. */
  async released(): Promise<Finding> {
    const until = performance.now() + patienceMs;
    while (!this.#isFree && performance.now() < until) await tick();
    const isGood = this.#isFree;
    const detail = isGood ? "its lock is free" : "its lock stays: nobody watches owners any more";
    return { what: "end of the owner", isGood, detail };
  }

  close(): void {
    this.#client?.close();
    closeSync(this.#fd);
  }

  get #isFree(): boolean {
    return native.ofdGetLock(this.#fd, "write", 0, 1) === null;
  }

  async #isListed(since: number): Promise<boolean> {
    while (performance.now() < since + patienceMs) {
      const listed = await withClient(this.#sockets.admin, (client) =>
        client.call(lockAdmin.procs.list, { flags: 0 }),
      ).catch(() => undefined); // it is not back yet
      if (listed) return listed.locks.some(({ path }) => path === this.#path);
      await tick();
    }
    return false;
  }
}
