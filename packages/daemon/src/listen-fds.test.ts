import { expect, test } from "vitest";
import { parseListenFds } from "./listen-fds.ts";

test.each([
  [{}, undefined],
  [{ LISTEN_PID: "8", LISTEN_FDS: "1", LISTEN_FDNAMES: "a" }, undefined],
  [{ LISTEN_PID: "7", LISTEN_FDS: "0" }, undefined],
  [{ LISTEN_PID: "7", LISTEN_FDS: "x" }, undefined],
  [
    { LISTEN_PID: "7", LISTEN_FDS: "2", LISTEN_FDNAMES: "virtlogd.socket:virtlogd-admin.socket" },
    new Map([
      ["virtlogd.socket", 3],
      ["virtlogd-admin.socket", 4],
    ]),
  ],
])("%j", (env, fds) => {
  expect(parseListenFds(env, 7)).toEqual(fds);
});

test.each([
  [{ LISTEN_PID: "7", LISTEN_FDS: "2" }, "LISTEN_FDNAMES is not set"],
  [{ LISTEN_PID: "7", LISTEN_FDS: "2", LISTEN_FDNAMES: "a" }, "has 1 names"],
])("refuses %j", (env, message) => {
  expect(() => parseListenFds(env, 7)).toThrow(message);
});
