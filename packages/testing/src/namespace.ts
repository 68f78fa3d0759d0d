import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { type CommandOptions, type Result, Running, run, testEnvironment } from "./command.ts";

/** A process inside a namespace. */
export interface Process {
  readonly pid: number;
  /** Its arguments, joined by blanks. */
  readonly command: string;
}

/**
 * The keeper of the namespaces: makes them fit for daemons, says so, and waits for the end of its input, which comes
 * when the test ends in whatever way. Then it ends everything that still runs in the network namespace.
 * /sys must be mounted anew to show the namespace's own interfaces; the control groups stay those of the machine.
 */
const keeper = (setup: string) => `
set -e
mount --make-rprivate /
groups=$(mktemp -d)
mount --rbind /sys/fs/cgroup $groups
mount -t sysfs sysfs /sys
mount --rbind $groups /sys/fs/cgroup
umount -l $groups
rmdir $groups
ip link set lo up
${setup}
echo ready
read -r _ || true
own=$(readlink /proc/$$/ns/net)
for round in 1 2 3; do
  for process in /proc/[0-9]*; do
    pid=\${process#/proc/}
    [ $pid != $$ ] && [ "$(readlink $process/ns/net)" = "$own" ] && kill -9 $pid
  done
done 2>/dev/null || true
`;

/** Private network and mount namespaces, so that tests never touch the machine's network. Needs root. */
export class Namespace {
  readonly #keeper: Running;

  private constructor(keeper: Running) {
    this.#keeper = keeper;
  }

  /** @param setup further shell commands to run inside, once */
  static async create(setup = ""): Promise<Namespace> {
    const started = new Running(["setsid", "unshare", "-n", "-m", "sh", "-c", keeper(setup)]);
    await started.saw(/^ready$/m);
    return new Namespace(started);
  }

  get pid(): number {
    return this.#keeper.process.pid ?? 0;
  }

  /** The command that runs `argv` inside; its pid is that of `argv`'s process. */
  inside(argv: readonly string[]): string[] {
    return ["nsenter", `--target=${this.pid}`, "--mount", "--net", "--", ...argv];
  }

  run(argv: readonly string[], o?: CommandOptions): Promise<Result> {
    return run(this.inside(argv), { env: testEnvironment(), ...o });
  }

  start(argv: readonly string[], o?: CommandOptions): Running {
    return new Running(this.inside(argv), o);
  }

  /** Everything that runs inside, bar the keeper. */
  processes(): Process[] {
    const own = linkOf(`/proc/${this.pid}/ns/net`);
    if (own === undefined) return [];
    return readdirSync("/proc")
      .filter(
        (name) => /^\d+$/.test(name) && Number(name) !== this.pid && linkOf(`/proc/${name}/ns/net`) === own,
      )
      .map((name) => ({ pid: Number(name), command: commandLine(name) }))
      .filter(({ command }) => command !== "");
  }

  /** Ends everything inside. */
  async close(): Promise<void> {
    this.#keeper.process.stdin?.end();
    await this.#keeper.ended;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // it ended
  }
}

/** @returns nothing for one that has ended */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}
