import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { run } from "./daemon.ts";

const script = fileURLToPath(new URL("../fixtures/systemd-namespace.sh", import.meta.url));

/** A machine of its own: systemd as process 1, in namespaces, over a copy of this machine's files. */
export class SystemdNamespace {
  /** Seen inside as /shared. */
  readonly shared: string;
  readonly #folder: string;
  readonly #holder: ChildProcess;
  readonly #pid: string;

  private constructor(folder: string, holder: ChildProcess, pid: string) {
    this.#folder = folder;
    this.#holder = holder;
    this.#pid = pid;
    this.shared = join(folder, "shared");
  }

  /** Whether this machine can. */
  static get isPossible(): boolean {
    return (
      process.geteuid?.() === 0 &&
      existsSync("/lib/systemd/systemd") &&
      / cgroup2 /.test(readFileSync("/proc/mounts", "utf8"))
    );
  }

  static async boot(): Promise<SystemdNamespace> {
    const folder = mkdtempSync(join(tmpdir(), "systemd-"));
    const holder = spawn("/bin/bash", [script], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH: process.env.PATH, W: folder },
    });
    const lines = createInterface(holder.stdout ?? process.stdin);
    const ended = once(holder, "exit").then(() => {
      throw new Error("systemd did not come up");
    });
    const [pid] = (await Promise.race([once(lines, "line"), ended])) as [string];
    ended.catch(() => {}); // of interest only until it was up
    return new SystemdNamespace(folder, holder, pid);
  }

  /** Runs a program inside. */
  run(file: string, ...args: string[]) {
    const enter = ["-t", this.#pid, "-m", "-u", "-i", "-n", "-p", "-C", "--"];
    const environment = ["env", "-i", "LC_ALL=C", "HOME=/root", "DEBIAN_FRONTEND=noninteractive", path];
    return run("nsenter", [...enter, ...environment, file, ...args]);
  }

  /** The same, which must succeed. @returns its output, trimmed */
  async succeed(file: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(file, ...args);
    if (code === 0) return stdout.trim();
    throw new Error(`${file} ${args.join(" ")}: exit code ${code}\n${stdout}${stderr}`);
  }

  /** What services have written. */
  get console(): string {
    return readFileSync(join(this.#folder, "console.log"), "utf8");
  }

  async shutdown(): Promise<void> {
    this.#holder.stdin?.end();
    if (this.#holder.exitCode === null) await once(this.#holder, "exit");
  }
}

const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
