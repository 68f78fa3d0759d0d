import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { run } from "./daemon.ts";

/** A network namespace of its own, held by a process that does nothing. */
export class NetNamespace {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async create(): Promise<NetNamespace> {
    const holder = spawn("unshare", ["--net", "sleep", "600"], { stdio: "ignore" });
    await once(holder, "spawn");
    const namespace = new NetNamespace(holder);
    const ours = readlinkSync("/proc/self/ns/net");
    await until("a namespace of its own", () => namespace.#name() !== ours);
    await namespace.ip("link", "set", "lo", "up");
    return namespace;
  }

  get pid(): number {
    return this.#holder.pid ?? 0;
  }

  /** The command that runs another one inside. */
  enter = (command: readonly string[]): string[] => ["nsenter", "-t", String(this.pid), "--net", ...command];

  run(...command: string[]) {
    const [file = "", ...args] = this.enter(command);
    return run(file, args);
  }

  /** Runs `ip`; throws with its words if it fails. @returns its output */
  async ip(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run("ip", ...args);
    if (code !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** The names of its interfaces but `lo`. */
  async interfaces(): Promise<string[]> {
    const links = JSON.parse(await this.ip("-json", "link")) as { ifname: string }[]; // ip's own format
    return links.map(({ ifname }) => ifname).filter((name) => name !== "lo");
  }

  /** Connects a new interface in another namespace with one here. */
  async connect(other: NetNamespace, { here, there }: { here: string; there: string }): Promise<void> {
    await this.ip("link", "add", here, "type", "veth", "peer", "name", there);
    await this.ip("link", "set", there, "netns", String(other.pid));
    await this.ip("link", "set", here, "up");
    await other.ip("link", "set", there, "up");
  }

  close(): void {
    this.#holder.kill("SIGKILL");
  }

  #name(): string | undefined {
    try {
      return readlinkSync(`/proc/${this.pid}/ns/net`);
    } catch {
      return undefined; // it has ended: the deadline tells
    }
  }
}

/** Looks again and again until something holds. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 20_000,
): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`still waiting for ${what} after ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
