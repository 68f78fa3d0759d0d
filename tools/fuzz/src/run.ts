import { Random } from "./random.ts";
import { session, type Target } from "./session.ts";

export interface RunOptions extends Target {
  readonly seed: number;
  /** Connections at once. */
  readonly parallel: number;
  /** Connections in all, or until this time (milliseconds since 1970). */
  readonly sessions?: number;
  readonly untilMs?: number;
}

export interface RunResult {
  readonly sessions: number;
  readonly packets: number;
}

/** Sends what the seed says. @throws Error when nobody listens any more */
export async function run(options: RunOptions): Promise<RunResult> {
  const { seed, parallel, sessions = Number.POSITIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = options;
  let next = 0;
  let packets = 0;
  const worker = async () => {
    while (next < sessions && Date.now() < untilMs) {
      const random = new Random(Math.imul(seed, 0x9e3779b1) + next++);
      const sent = await session(options, random);
      packets += sent;
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return { sessions: next, packets };
}
