import { readdirSync } from "node:fs";
import { getSystemErrorName } from "node:util";
import { READABLE } from "./constants.ts";
import { native } from "./native.ts";
import type { ExitStatus, SocketType } from "./syscalls.ts";

/** For tests: the result, which must not be an errno. */
export function must<T>(result: T): Exclude<T, number> | (T & number) {
  if (typeof result === "number" && result < 0) throw new Error(getSystemErrorName(result));
  return result as Exclude<T, number> | (T & number); // TypeScript does not narrow T itself
}

/** For tests: the result, which must be an object rather than an errno. */
export function mustObject<T extends object | null>(result: T | number): T {
  if (typeof result === "number") throw new Error(getSystemErrorName(result));
  return result;
}

/** For tests: how many descriptors this process has open. */
export const openFds = (): number => readdirSync("/proc/self/fd").length;

/** For tests: two connected unix sockets. */
export const pair = (type: SocketType): [number, number] => mustObject(native.socketpair(type));

/** For tests: the readiness bits (or negative errno) of the first event. */
export function ready(fd: number, events: number): Promise<number> {
  return new Promise((resolve) => {
    const poll = new native.Poll(fd);
    must(
      poll.start(events, (status, seen) => {
        poll.close();
        resolve(status < 0 ? status : seen);
      }),
    );
  });
}

/** For tests: all that comes out of a pipe. */
export async function readAll(fd: number): Promise<string> {
  const buf = Buffer.alloc(65_536);
  let text = "";
  for (;;) {
    await ready(fd, READABLE);
    const n = must(native.read(fd, buf, 0, buf.length));
    if (n === 0) return text;
    text += buf.toString("latin1", 0, n);
  }
}

/** For tests: waits for the end of a child, reaps it, closes its pidfd. */
export async function ended({ pid, pidfd }: { pid: number; pidfd: number }): Promise<ExitStatus> {
  await ready(pidfd, READABLE);
  const status = mustObject(native.reap(pid));
  native.close(pidfd);
  if (status === null) throw new Error("pidfd was readable before the end");
  return status;
}
