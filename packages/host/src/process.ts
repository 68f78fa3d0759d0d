import { readFact } from "./files.ts";

/** Nanoseconds of a clock tick of /proc/PID/stat (100 Hz). */
const TICK_NS = 10_000_000n;

/** What the kernel says of a process or thread. */
export interface ProcessFacts {
  /** One letter; Z is a zombie. */
  state: string;
  userNs: bigint;
  systemNs: bigint;
  /** Ticks since boot: with the pid a name that is never used twice. */
  startTime: bigint;
  residentPages: number;
  /** Processor it last ran on. */
  cpu: number;
}

/** @returns undefined when it does not exist */
export async function readProcess(
  root: string,
  pid: number,
  tid?: number,
): Promise<ProcessFacts | undefined> {
  const text = await readProc(`${root}/proc/${pid}${tid === undefined ? "" : `/task/${tid}`}/stat`);
  if (text === undefined) return undefined;
  // The name in parentheses may contain anything: fields are counted from its end. See proc(5).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const number = (index: number) => Number(fields[index - 3] ?? 0);
  const big = (index: number) => BigInt(fields[index - 3] ?? 0);
  return {
    state: fields[0] ?? "?",
    userNs: big(14) * TICK_NS,
    systemNs: big(15) * TICK_NS,
    startTime: big(22),
    residentPages: number(24),
    cpu: number(39),
  };
}

/** Times of a thread: nanoseconds it ran, and waited for a processor. */
export async function readSchedule(
  root: string,
  pid: number,
  tid: number,
): Promise<{ ranNs: bigint; waitedNs: bigint } | undefined> {
  const text = await readProc(`${root}/proc/${pid}/task/${tid}/schedstat`);
  if (text === undefined) return undefined;
  const [ran = "0", waited = "0"] = text.split(" ");
  return { ranNs: BigInt(ran), waitedNs: BigInt(waited) };
}

/** A process may end between open and read: then it does not exist either. */
async function readProc(path: string): Promise<string | undefined> {
  try {
    return await readFact(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined; // node:fs throws nothing else
    throw error;
  }
}
