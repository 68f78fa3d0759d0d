import { native, READABLE } from "@libvirt-ts/native";
import { runningPid, selected, type World } from "./world.ts";

/** A daemon that has not ended this long after SIGTERM is killed. */
const patienceMs = 35_000;
const sigterm = 15;
const sigkill = 9;

/** Stops daemons, last started first. @returns a line for each */
export async function stopDaemons(world: World, names: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for (const name of selected(names).reverse())
    lines.push(`${name}: ${await stopDaemon(world.pidFile(name))}`);
  return lines;
}

async function stopDaemon(pidFile: string): Promise<string> {
  const pid = runningPid(pidFile);
  if (pid === undefined) return "not running";
  const pidfd = native.pidfdOpen(pid);
  if (pidfd < 0 || runningPid(pidFile) !== pid) return "not running"; // its number may be another's by now
  try {
    native.pidfdSignal(pidfd, sigterm);
    if (await endsWithin(pidfd, patienceMs)) return "stopped";
    native.pidfdSignal(pidfd, sigkill);
    await endsWithin(pidfd, patienceMs);
    return `killed, it did not stop within ${patienceMs / 1000} s`;
  } finally {
    native.close(pidfd);
  }
}

function endsWithin(pidfd: number, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const poll = new native.Poll(pidfd);
    const done = (ended: boolean) => {
      clearTimeout(timer);
      poll.close();
      resolve(ended);
    };
    const timer = setTimeout(() => done(false), ms);
    poll.start(READABLE, () => done(true));
  });
}
