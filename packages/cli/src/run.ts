import { VirError } from "@libvirt-ts/errors";
import type { Output } from "./output.ts";
import { argumentsOf, type Call } from "./parse.ts";
import { ShellError } from "./shell-error.ts";

/** What the shell needs of a tool. */
export interface Runner<C> {
  readonly output: Output;
  readonly timing: boolean;
  /** What commands work on. @param offline the command needs no connection */
  context(offline: boolean): Promise<C>;
  /** A command failed of this. */
  failed?(error: unknown): void;
}

/** Whether a line ended the shell, and whether its last command did what it should. */
export interface Outcome {
  readonly ok: boolean;
  readonly quit: boolean;
}

/** Runs the commands of a line one after another, whatever becomes of each. */
export async function runCalls<C>(calls: readonly Call<C>[], runner: Runner<C>): Promise<Outcome> {
  const { output, timing } = runner;
  let ok = true;
  for (const call of calls) {
    const start = process.hrtime.bigint();
    ok = await runCall(call, runner);
    output.flush();
    if (call.command.name === "quit" || call.command.name === "exit") return { ok, quit: true };
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    if (timing) output.gap(`\n(Time: ${ms.toFixed(3)} ms)\n\n`);
    else output.extra("\n");
  }
  return { ok, quit: false };
}

async function runCall<C>(call: Call<C>, runner: Runner<C>): Promise<boolean> {
  try {
    const context = await runner.context(call.command.offline === true);
    await call.command.run(argumentsOf(call), context);
    return true;
  } catch (error) {
    reportError(error, runner.output);
    runner.failed?.(error);
    return false;
  }
}

/** What went wrong, then why. */
export function reportError(error: unknown, output: Output): void {
  if (!(error instanceof ShellError || error instanceof VirError)) throw error;
  if (error.message !== "") output.error(error.message);
  if (error instanceof ShellError && error.cause instanceof Error) reportError(error.cause, output);
}
