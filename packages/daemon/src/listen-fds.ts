/** Sockets a service manager passed to us, by unit name: `virtlogd.socket` -> descriptor. */
export type ListenFds = ReadonlyMap<string, number>;

const firstFd = 3;

/** Whether a name is that of a socket unit; others name what we gave the manager to keep. */
export const isSocketUnit = (name: string): boolean => name.endsWith(".socket");

/**
 * Reads LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES.
 * @param env the variables are ours only when LISTEN_PID is our pid
 * @returns undefined when no socket was passed
 * @throws Error when names are missing or do not fit the number of descriptors
 */
export function parseListenFds(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): ListenFds | undefined {
  if (Number(env.LISTEN_PID) !== pid) return undefined;
  const count = Number(env.LISTEN_FDS);
  if (!Number.isInteger(count) || count < 1) return undefined;
  if (env.LISTEN_FDNAMES === undefined)
    throw new Error("LISTEN_FDNAMES is not set, cannot tell sockets apart");
  const names = env.LISTEN_FDNAMES.split(":");
  if (names.length !== count) {
    throw new Error(`LISTEN_FDS is ${count} but LISTEN_FDNAMES has ${names.length} names`);
  }
  return new Map(names.map((name, index) => [name, firstFd + index]));
}
