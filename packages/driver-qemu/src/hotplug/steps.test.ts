import { expect, test } from "vitest";
import { chardevBackend, plugSteps, unplugSteps } from "./steps.ts";

const shmem = {
  kind: "shmem" as const,
  device: { name: "s", model: "ivshmem-plain" as const, alias: "shmem0" },
};
const parts = [
  { kind: "device" as const, props: { driver: "ivshmem-plain", id: "shmem0", memdev: "m" } },
  { kind: "object" as const, props: { "qom-type": "memory-backend-file", id: "m" } },
];

test("what a device stands on comes before it and goes after it", () => {
  expect(plugSteps(shmem, parts).map(({ command }) => command)).toEqual(["object-add", "device_add"]);
  expect(unplugSteps(shmem, parts)).toEqual({
    ask: { command: "device_del", args: { id: "shmem0" } },
    after: [{ command: "object-del", args: { id: "m" } }],
  });
});

test("descriptors are handed over under names", () => {
  const net = { kind: "netdev" as const, props: { type: "tap", fds: "5:6", id: "hostnet0" } };
  expect(plugSteps(shmem, [net])).toEqual([
    { command: "getfd", args: { fdname: "fd-hostnet00" }, fds: [5] },
    { command: "getfd", args: { fdname: "fd-hostnet01" }, fds: [6] },
    { command: "netdev_add", args: { type: "tap", fds: "fd-hostnet00:fd-hostnet01", id: "hostnet0" } },
  ]);
});

test.each([
  ["pty", {}, {}],
  ["file", { path: "/f", append: true }, { out: "/f", append: true }],
  [
    "socket",
    { path: "/s", server: true, wait: false },
    { addr: { type: "unix", data: { path: "/s" } }, server: true, wait: false },
  ],
  [
    "socket",
    { host: "h", port: "1" },
    { addr: { type: "inet", data: { host: "h", port: "1" } }, server: false },
  ],
  ["spicevmc", { name: "vdagent" }, { type: "vdagent" }],
])("chardev %s", (type, options, data) => {
  expect(chardevBackend(type, options)).toEqual({ type, data });
});
