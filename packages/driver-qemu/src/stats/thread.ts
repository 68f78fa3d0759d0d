import { readFact, readProcess, readSchedule } from "@libvirt-ts/host";

/** Times of a thread in nanoseconds. */
export interface ThreadTimes {
  ranNs: bigint;
  /** It was blocked in the kernel. */
  waitedNs: bigint;
  /** It could have run, but others did. */
  delayedNs: bigint;
  /** Host processor it last ran on. */
  cpu: number;
}

/** @returns undefined when there is no such thread (any more) */
export async function readThread(root: string, pid: number, tid: number): Promise<ThreadTimes | undefined> {
  const [facts, schedule, details] = await Promise.all([
    readProcess(root, pid, tid),
    readSchedule(root, pid, tid),
    readSched(`${root}/proc/${pid}/task/${tid}/sched`),
  ]);
  if (!facts) return undefined;
  return {
    ranNs: facts.userNs + facts.systemNs,
    waitedNs: details === undefined ? 0n : waitSum(details),
    delayedNs: schedule?.waitedNs ?? 0n,
    cpu: facts.cpu,
  };
}

async function readSched(path: string): Promise<string | undefined> {
  try {
    return await readFact(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined; // node:fs throws nothing else
    throw error;
  }
}

/** The sum of waiting times in `/proc/PID/task/TID/sched`: milliseconds with six digits behind the point. */
export function waitSum(text: string): bigint {
  const match = /^(?:se\.statistics\.)?wait_sum\s*:\s*(\d+)\.(\d{6})/m.exec(text);
  return match ? BigInt(`${match[1]}${match[2]}`) : 0n;
}
