import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { deferred } from "@libvirt-ts/util/deferred";
import { expect, test } from "vitest";
import { connected } from "./connected.ts";
import type { FdStore } from "./fd-store.ts";
import { Keeper } from "./keeper.ts";
import { keeperFdStore, managerFdStore } from "./open-fd-store.ts";
import { SocketStore } from "./socket-store.ts";

const log = silentLogger();

/** A keeper in this process, and what connects to it. */
function world(o: { graceMs?: number } = {}) {
  const directory = mkdtempSync(join(tmpdir(), "keeper-"));
  const path = join(directory, "sock");
  const listener = native.socketUnix("seqpacket");
  native.bind(listener, path);
  native.listen(listener, 8);
  const left = deferred();
  const keeper = { native, listener, graceMs: o.graceMs ?? 0, leave: () => left.resolve() };
  let keepers = 0;
  const connect = () => {
    if (keepers++ === 0) new Keeper(keeper);
    return connected(native, native.socketUnix("seqpacket"), path);
  };
  const first = () => new SocketStore({ native, log, found: new Map(), connect, forgets: true });
  const next = () => keeperFdStore({ native, log, path, script: "/none", title: "none", graceMs: 0 });
  const open = (name: string) => {
    const file = join(directory, name);
    writeFileSync(file, name);
    return openSync(file, "r");
  };
  return { first, next, open, left: left.promise };
}

const contents = (store: FdStore) =>
  Object.fromEntries(
    [...store.found].map(([name, fd]) => [name, readFileSync(`/proc/self/fd/${fd}`, "utf8")]),
  );

test("the next process finds what the last one gave, but for what it took back", async () => {
  const { first, next, open } = world();
  const store = first();
  for (const name of ["a", "b", "c"]) store.put(name, open(name));
  store.remove("b");
  store.close();
  const second = await next();
  expect(contents(second)).toEqual({ a: "a", c: "c" });
  second.remove("a");
  second.put("d", open("d"));
  second.close();
  expect(contents(await next())).toEqual({ c: "c", d: "d" });
});

test("thousands at once: each is kept before its put is over", async () => {
  const { first, next, open } = world();
  const store = first();
  const fd = open("file");
  const names = [...Array(3000)].map((_, index) => `n${index}`);
  await Promise.all(names.map((name) => store.put(name, native.dup(fd))));
  store.close();
  expect([...(await next()).found.keys()]).toEqual(names);
});

test("what is not worth keeping alone goes along with what is", async () => {
  const { first, next, open } = world();
  const store = first();
  expect(store.put("listener", open("listener"), { alone: false })).toBeUndefined();
  expect(store.save().socket).toBeUndefined();
  store.put("lock", open("lock"));
  store.close();
  expect(contents(await next())).toEqual({ listener: "listener", lock: "lock" });
});

test("a daemon that is gone before the keeper looks: what it gave is kept all the same", async () => {
  const { first, next, open, left } = world();
  const events: string[] = [];
  void left.then(() => events.push("left"));
  const store = first(); // its keeper is made with the first `put`, and looks when the loop turns
  store.put("a", open("a"));
  store.close();
  for (const until = performance.now() + 10; performance.now() < until; ); // every timer is due first
  expect(contents(await next())).toEqual({ a: "a" });
  expect(events).toEqual([]);
});

test("it leaves when there is no daemon and nothing it keeps is in use", async () => {
  const { first, open, left } = world();
  const child = spawn("sleep", ["1000"]);
  await once(child, "spawn");
  const store = first();
  const lock = open("lock");
  store.put("lock", lock);
  const pidfd = native.pidfdOpen(child.pid ?? 0);
  store.put("owner", pidfd);
  const [mine, theirs] = native.socketpair("stream") as [number, number];
  store.put("connection", mine);
  store.close();
  const events: string[] = [];
  const gone = left.then(() => events.push("left"));
  native.close(theirs);
  native.close(mine);
  child.once("exit", () => events.push("exit"));
  child.kill();
  await gone;
  expect(events).toContain("left");
  closeSync(lock);
});

test("what is only worth keeping beside others does not make it stay, in use or not", async () => {
  const { first, open, left } = world();
  const store = first();
  store.put("owner", native.pidfdOpen(process.pid), { alone: false }); // runs longer than this test
  store.put("lock", open("lock"));
  store.remove("lock");
  store.close();
  await left;
});

test("an exec in place goes on with the connection", async () => {
  const { first, next, open } = world();
  const store = first();
  store.put("a", open("a"));
  const { kept, socket = -1 } = store.save();
  const state = { kept, socket: native.dup(socket) };
  store.close();
  const again = await keeperFdStore({
    native,
    log,
    path: "/none",
    script: "/none",
    title: "none",
    graceMs: 0,
    saved: JSON.parse(JSON.stringify(state)),
  });
  expect(contents(again)).toEqual({ a: "a" });
  again.remove("a");
  again.put("b", open("b"));
  again.close();
  expect(contents(await next())).toEqual({ b: "b" });
});

test("many that are given up at once are told of together", async () => {
  const { first, next, open } = world();
  const store = first();
  const names = [...Array(100)].map((_, n) => `lock-${n}`);
  for (const name of names) await store.put(name, open(name));
  for (const name of names.slice(1)) store.remove(name);
  store.close();
  expect(contents(await next())).toEqual({ "lock-0": "lock-0" });
});

test("nobody to keep anything: the daemon goes on without", async () => {
  const { open } = world();
  const store = new SocketStore({ native, log, found: new Map(), connect: () => -111, forgets: true });
  expect(await store.put("a", open("a"))).toBeUndefined();
});

test("what the service manager kept for an earlier process is given up when told so, without anything new to keep", () => {
  const address = join(mkdtempSync(join(tmpdir(), "manager-")), "sock");
  const manager = native.socketUnix("dgram");
  native.bind(manager, address);
  const file = openSync("/dev/null", "r");
  const names = ["lock-1", "lock-2"];
  const store = managerFdStore({ native, log, address, found: new Map(names.map((name) => [name, file])) });
  for (const name of names) store.remove(name);
  store.remove("never-kept");
  store.close();
  const buffer = Buffer.alloc(256);
  for (const name of names) {
    const length = native.recv(manager, buffer, 0, buffer.length);
    expect(buffer.toString("latin1", 0, length)).toBe(`FDSTOREREMOVE=1\nFDNAME=${name}`);
  }
  expect(native.recv(manager, buffer, 0, buffer.length)).toBeLessThan(0);
  closeSync(file);
  native.close(manager);
});
