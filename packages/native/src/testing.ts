import { readdirSync } from "node:fs";
import { getSystemErrorName } from "node:util";
import { native } from "./native.ts";
import type { SocketType } from "./syscalls.ts";

/** For tests: the result, which must not be an errno. */
export function must<T>(result: T | number): Exclude<T, number> | (T & number) {
  if (typeof result === "number" && result < 0) throw new Error(getSystemErrorName(result));
  return result as Exclude<T, number> | (T & number); // a number is left only if T has it
}

/** For tests: how many descriptors this process has open. */
export const openFds = (): number => readdirSync("/proc/self/fd").length;

/** For tests: two connected unix sockets. */
export function pair(type: SocketType): [number, number] {
  return must(native.socketpair(type)) as [number, number]; // not a number: must() threw
}

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
