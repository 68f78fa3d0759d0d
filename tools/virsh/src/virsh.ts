import {
  type Commands,
  complete,
  interact,
  type Output,
  parseCalls,
  reportError,
  runCalls,
  ShellError,
  type Token,
  tokensOf,
} from "@libvirt-ts/cli";
import type { Connect } from "@libvirt-ts/client";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Context, ShellControl } from "./context.ts";
import { askUser } from "./support/ask.ts";

export interface VirshOptions {
  readonly commands: Commands<Context>;
  readonly output: Output;
  readonly uri: string | undefined;
  readonly readOnly: boolean;
  readonly timing: boolean;
  readonly escape: number;
  readonly keepalive: { interval: number; count: number } | false;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Opens a connection: the drivers of this process are known there. */
  open(uri: string | undefined, options: { readOnly: boolean; keepalive: KeepAlive }): Promise<Connect>;
}
type KeepAlive = VirshOptions["keepalive"];

/** The shell: holds the connection, runs lines. */
export class Virsh implements ShellControl {
  readonly commands: Commands<Context>;
  readonly escape: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  isInteractive = false;
  isReadOnly: boolean;
  readonly #options: VirshOptions;
  readonly #output: Output;
  #uri: string | undefined;
  #connect: Connect | undefined;
  #wasConnected = false;
  #interrupt = new AbortController();

  constructor(options: VirshOptions) {
    this.#options = options;
    this.commands = options.commands;
    this.#output = options.output;
    this.escape = options.escape;
    this.env = options.env;
    this.isReadOnly = options.readOnly;
    this.#uri = options.uri;
  }

  get interrupted(): AbortSignal {
    return this.#interrupt.signal;
  }

  /** Runs the commands of one line. @returns whether the last one did what it should */
  async run(tokens: readonly Token[]): Promise<{ ok: boolean; quit: boolean }> {
    let calls: ReturnType<typeof parseCalls<Context>>;
    try {
      calls = parseCalls(this.commands, tokens);
    } catch (error) {
      reportError(error, this.#output);
      return { ok: false, quit: false };
    }
    this.#interrupt = new AbortController();
    const interrupt = () => this.#interrupt.abort();
    process.on("SIGINT", interrupt);
    try {
      return await runCalls(calls, {
        output: this.#output,
        timing: this.#options.timing,
        context: (offline) => this.#context(offline),
      });
    } finally {
      process.off("SIGINT", interrupt);
    }
  }

  /** Reads lines until there are no more. */
  async interact(): Promise<void> {
    const { env } = this;
    this.isInteractive = true;
    try {
      await this.#connected();
    } catch (error) {
      reportError(error, this.#output); // the user may try another URI
    }
    this.#output.extra(welcome);
    const cache = env.XDG_CACHE_HOME ?? (env.HOME === undefined ? undefined : `${env.HOME}/.cache`);
    await interact({
      input: process.stdin,
      output: process.stdout,
      prompt: () => (this.isReadOnly ? "virsh > " : "virsh # "),
      complete: (line) => complete(this.commands, line, () => this.#context(false)),
      run: async (line) => {
        const tokens = this.#read(line);
        return tokens === undefined || !(await this.run(tokens)).quit;
      },
      ...(cache !== undefined && { historyFile: `${cache}/virsh/history` }),
      historySize: historySizeOf(env.VIRSH_HISTSIZE),
    });
    this.#output.extra("\n");
  }

  async reconnect(uri: string | undefined, readOnly: boolean): Promise<void> {
    await this.close();
    this.#uri = uri;
    this.isReadOnly = readOnly;
    this.#wasConnected = false;
    await this.#connected();
  }

  ask(prompt: string, hidden = false): Promise<string> {
    return askUser(prompt, hidden);
  }

  async close(): Promise<void> {
    const connect = this.#connect;
    this.#connect = undefined;
    await connect?.close();
  }

  #read(line: string): Token[] | undefined {
    try {
      return tokensOf(line);
    } catch (error) {
      reportError(error, this.#output);
      return undefined;
    }
  }

  async #context(offline: boolean): Promise<Context> {
    const connect = offline ? this.#connect : await this.#connected();
    const context = { out: this.#output, shell: this };
    return {
      ...context,
      get connect() {
        if (connect === undefined) throw notConnected();
        return connect;
      },
    };
  }

  async #connected(): Promise<Connect> {
    if (this.#connect?.isAlive) return this.#connect;
    const { keepalive, open } = this.#options;
    const lost = this.#wasConnected;
    try {
      this.#connect = await open(this.#uri, { readOnly: this.isReadOnly, keepalive });
    } catch (cause) {
      const what = lost ? "Failed to reconnect to the hypervisor" : "failed to connect to the hypervisor";
      throw new ShellError(what, { cause });
    }
    if (lost) this.#output.error("Reconnected to the hypervisor");
    this.#wasConnected = true;
    return this.#connect;
  }
}

const notConnected = () => new VirError(ErrorDomain.NONE, ErrorCode.NO_CONNECT, "no connection");

const welcome = `Welcome to virsh, the virtualization interactive terminal.

Type:  'help' for help with commands
       'quit' to quit

`;

/** How many lines are kept. @throws ShellError if that is no number */
function historySizeOf(text: string | undefined): number {
  if (text === undefined) return 500;
  if (!/^\d+$/.test(text)) throw new ShellError("Bad $VIRSH_HISTSIZE value.");
  return Number(text);
}
