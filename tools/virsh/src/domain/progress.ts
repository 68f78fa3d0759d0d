import type { Domain } from "@libvirt-ts/client";
import type { Context } from "../context.ts";

/** How often is looked. */
const pauseMs = 500;

export interface Watched {
  /** "Save" */
  readonly what: string;
  /** Tell how far it is. */
  readonly verbose: boolean;
  readonly work: Promise<unknown>;
}

/** Waits for a job; Ctrl-C ends the job itself. */
export async function watched(
  { out, shell }: Context,
  domain: Domain,
  { what, verbose, work }: Watched,
): Promise<void> {
  const stop = () => void domain.abortJob().catch(() => {}); // it has ended already
  shell.interrupted.addEventListener("abort", stop);
  const timer = verbose && !out.isJson ? setInterval(() => void tell(), pauseMs) : undefined;
  try {
    await work;
    if (verbose) out.extra(`\r${what}: [100 %]`);
  } finally {
    clearInterval(timer);
    shell.interrupted.removeEventListener("abort", stop);
  }

  async function tell(): Promise<void> {
    const info = await domain.getJobInfo().catch(() => undefined); // none now
    if (info === undefined || info.dataTotal === 0n) return;
    const percent = Number(100n - (info.dataRemaining * 100n) / info.dataTotal);
    process.stderr.write(`\r${what}: [${String(Math.min(percent, 99)).padStart(3)} %]`);
  }
}
