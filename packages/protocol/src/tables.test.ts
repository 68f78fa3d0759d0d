import { expect, test } from "vitest";
import { programs } from "./every-struct.ts";
import { qemu } from "./qemu.ts";
import { remote } from "./remote/remote.ts";

test.each([
  ["remote", 0x20008086, 400, 53],
  ["qemu", 0x20008087, 6, 1],
  ["lxc", 0x00068000, 1, 0],
  ["admin", 0x06900690, 20, 0],
  ["lock", 0x0ea7beef, 8, 0],
  ["lockAdmin", 0x20864c4b, 5, 1],
  ["log", 0x87539319, 4, 0],
  ["logReading", 0x20864c47, 4, 1],
  ["keepalive", 0x6b656570, 0, 2],
])("%s is complete", (name, number, calls, events) => {
  const program = programs.find((one) => one.name === name)!; // a missing one fails here
  expect(program).toMatchObject({ number, version: 1 });
  const rows = Object.values(program.procs);
  expect(rows.filter(({ kind }) => kind === "call").length).toBe(calls);
  expect(rows.filter(({ kind }) => kind === "event").length).toBe(events);
  const numbers = rows.map((row) => row.number).sort((a, b) => a - b);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  for (const [key, row] of Object.entries(program.procs)) {
    expect(row.name).toBe(key);
    expect(row.program.number).toBe(number);
    expect(program.byNumber.get(row.number)).toBe(row);
  }
});

const calls = programs.flatMap(({ procs }) => Object.values(procs)).filter((row) => row.kind === "call");

test("public names have one call each, but for the two kinds of event registration", () => {
  const names = calls.flatMap(({ api }) => api ?? []);
  for (const name of names) expect(name).toMatch(/^vir(Adm)?[A-Z][A-Za-z0-9]+$/);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  expect(repeated.sort()).toEqual(["virConnectDomainEventDeregisterAny", "virConnectDomainEventRegisterAny"]);
});

test("only authentication, the log and lock daemons and what is ours have no public name", () => {
  const without = calls
    .filter(({ api }) => api === undefined)
    .map(({ program, name }) => `${program.name} ${name}`);
  for (const name of without) expect(name).toMatch(/^(remote auth|lock |lockAdmin |log |logReading )/);
});

test("access rules are well-formed", () => {
  const rule = /^[a-z_]+:[a-z_]+(:!?VIR_[A-Z0-9_]+(\|VIR_[A-Z0-9_]+)*|::[a-z]+:VIR_[A-Z0-9_]+)?$/;
  for (const { acl, aclFilter } of calls)
    for (const one of aclFilter === undefined ? acl : [...acl, aclFilter]) expect(one).toMatch(rule);
});

test("what happens before authentication", () => {
  expect(calls.filter(({ needAuth }) => !needAuth).map(({ name }) => name)).toEqual([
    "authList",
    "authSaslInit",
    "authSaslStart",
    "authSaslStep",
    "authPolkit",
  ]);
});

test("every driver call says whose it is", () => {
  const without = Object.values(remote.procs).flatMap((row) =>
    row.kind === "call" && row.conn === undefined ? [row.name] : [],
  );
  expect(without.filter((name) => !name.startsWith("auth"))).toEqual(["connectOpen", "connectClose"]);
});

test.each([
  [
    remote.procs.domainCreateXml,
    { number: 10, api: "virDomainCreateXML", priority: "low", conn: "hypervisor" },
  ],
  [
    remote.procs.domainGetState,
    { number: 212, api: "virDomainGetState", priority: "high", acl: ["domain:read"] },
  ],
  [remote.procs.domainOpenConsole, { stream: { direction: "read" } }],
  [remote.procs.storageVolUpload, { stream: { direction: "write", sparseFlag: 1 }, conn: "storage" }],
  [remote.procs.domainOpenGraphicsFd, { fds: "out", api: "virDomainOpenGraphicsFD" }],
  [remote.procs.connectListAllNetworks, { conn: "network", aclFilter: "network:getattr" }],
  [remote.procs.domainEventLifecycle, { kind: "event", number: 107 }],
  [qemu.procs.domainMonitorCommandWithFiles, { fds: "inout", api: "virDomainQemuMonitorCommandWithFiles" }],
])("a row says everything (%#)", (row, facts) => {
  expect(row).toMatchObject(facts);
});
