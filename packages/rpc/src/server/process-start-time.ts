import { readFileSync } from "node:fs";

/**
 * @returns clock ticks since boot (field 22 of /proc/PID/stat), or undefined if there is no such process
 */
export function processStartTime(pid: number): bigint | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined; // it has ended
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from field 3 on; the name may hold anything
  const ticks = fields[19];
  return ticks === undefined ? undefined : BigInt(ticks);
}
