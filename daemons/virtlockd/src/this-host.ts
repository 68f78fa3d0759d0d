import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** A host as others know it. */
export interface ThisHost {
  readonly name: string;
  /** Stays the same for good; names our claims in ledgers. */
  readonly machineId: string;
  /** Another one after each boot. */
  readonly bootId: string;
}

/** @param etc where a machine id of this daemon's own may be, before that of the system */
export function thisHost(etc: string): ThisHost {
  const name = hostname();
  const machineId = firstLine(`${etc}/machine-id`) ?? firstLine("/etc/machine-id") ?? name;
  return { name, machineId, bootId: firstLine("/proc/sys/kernel/random/boot_id") ?? "" };
}

function firstLine(path: string): string | undefined {
  try {
    return (
      readFileSync(path, "latin1")
        .split("\n")[0]
        ?.replaceAll(/[^\w.-]/g, "") || undefined
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // readFileSync throws nothing else
    throw error;
  }
}
