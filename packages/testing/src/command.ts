import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { within } from "./wait-for.ts";

/** How a program ended and what it wrote. */
export interface Result {
  /** Exit status; 128 + the signal's number when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  env?: NodeJS.ProcessEnv;
  /** Written to its standard input. */
  input?: string | Uint8Array;
  timeoutMs?: number;
}

/** The environment of everything a test starts: no translations, nothing of the machine's own libvirt or Node settings. */
export function testEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(LIBVIRT|VIRSH|NODE_|LC_|LANG)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C.UTF-8",
    ...extra,
  };
}

/** A program that goes on while the test looks at what it writes. */
export class Running {
  readonly process: ChildProcess;
  #stdout = "";
  #stderr = "";
  #watchers = new Set<() => void>();
  readonly ended: Promise<Result>;

  constructor(argv: readonly string[], o: CommandOptions = {}) {
    const [file = "", ...args] = argv;
    this.process = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"], env: o.env ?? testEnvironment() });
    const collect = (add: (text: string) => void) => (chunk: string) => {
      add(chunk);
      for (const look of this.#watchers) look();
    };
    this.process.stdout?.setEncoding("utf8").on(
      "data",
      collect((text) => {
        this.#stdout += text;
      }),
    );
    this.process.stderr?.setEncoding("utf8").on(
      "data",
      collect((text) => {
        this.#stderr += text;
      }),
    );
    this.process.stdin?.on("error", () => {}); // it may end without reading everything
    this.ended = this.#end();
    this.ended.catch(() => {}); // told to those who wait for it
    if (o.input !== undefined) this.process.stdin?.end(o.input);
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  write(text: string): void {
    this.process.stdin?.write(text);
  }

  /**
   * Resolves when `pattern` is in what it wrote.
   * @param from where in `stdout` to begin
   * @throws Error with the output when it does not come, or when the program ends without it
   */
  async saw(pattern: RegExp, from = 0): Promise<RegExpMatchArray> {
    let look = () => {};
    const found = new Promise<RegExpMatchArray>((resolve) => {
      look = () => {
        const match = this.#stdout.slice(from).match(pattern) ?? this.#stderr.match(pattern);
        if (match !== null) resolve(match);
      };
      this.#watchers.add(look);
      look();
    });
    const gone = this.ended.then(() => {
      look();
      throw new Error("it ended");
    });
    try {
      return await within(`${pattern}`, Promise.race([found, gone]));
    } catch (cause) {
      throw new Error(`no ${pattern} in:\n${this.#stdout}\n${this.#stderr}`, { cause });
    } finally {
      this.#watchers.delete(look);
    }
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Result> {
    this.process.kill(signal);
    return this.ended;
  }

  async #end(): Promise<Result> {
    const failed = once(this.process, "error").then(([error]) => {
      throw error;
    });
    failed.catch(() => {});
    const closed = once(this.process, "close") as Promise<[number | null, NodeJS.Signals | null]>;
    const [code, signal] = await Promise.race([closed, failed]);
    return { code: code ?? 128 + signalNumber(signal), stdout: this.#stdout, stderr: this.#stderr };
  }
}

/** Runs a program to its end. @throws Error when it takes too long or cannot be started */
export async function run(argv: readonly string[], o: CommandOptions = {}): Promise<Result> {
  const running = new Running(argv, { input: "", ...o });
  try {
    return await within(argv.join(" "), running.ended, o.timeoutMs);
  } catch (error) {
    running.process.kill("SIGKILL");
    throw error;
  }
}

/** @returns what it printed. @throws Error when it fails */
export async function output(argv: readonly string[], o: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(argv, o);
  if (code !== 0) throw new Error(`${argv.join(" ")}: exit status ${code}\n${stderr}${stdout}`);
  return stdout;
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === "SIGKILL" ? 9 : signal === "SIGTERM" ? 15 : 0;
}
