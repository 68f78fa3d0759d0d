import { runningPid, selected, type World } from "./world.ts";

/** Which daemons run. */
export function daemonStatus(
  world: World,
  names: readonly string[],
): { name: string; pid: number | undefined }[] {
  return selected(names).map((name) => ({ name, pid: runningPid(world.pidFile(name)) }));
}
