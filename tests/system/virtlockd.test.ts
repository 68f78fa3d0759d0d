import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as tick } from "node:timers/promises";
import { LaunchError, type Launched, native } from "@libvirt-ts/native";
import { lock } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { afterEach, expect, test } from "vitest";
import { processEnd, TestDaemon } from "./support/daemon.ts";
import { busy } from "./support/lock-world.ts";
import { replay, vectors } from "./support/vectors.ts";

const running: TestDaemon[] = [];
const guests: Launched[] = [];

async function start(o: Parameters<typeof TestDaemon.start>[1] = {}) {
  const daemon = await TestDaemon.start("virtlockd", o);
  running.push(daemon);
  const image = join(daemon.prefix, "a.img");
  writeFileSync(image, "");
  return { daemon, image };
}

afterEach(async () => {
  for (const daemon of running.splice(0)) await daemon.stop("SIGKILL");
  for (const { pidfd } of guests.splice(0)) {
    native.pidfdSignal(pidfd, 9);
    native.close(pidfd);
  }
});

const { register, restrict, acquireResource, releaseResource } = lock.procs;
const uuid = new Uint8Array(16).fill(7);

async function clientFor(socket: string, pid: number): Promise<RpcClient> {
  const client = await RpcClient.connect(socket);
  await client.call(register, { owner: { uuid, name: "vm1", id: 1, pid }, flags: 0 });
  return client;
}

const acquire = (client: RpcClient, name: string, flags = 0) =>
  client.call(acquireResource, { path: "", name, flags });
const release = (client: RpcClient, name: string) =>
  client.call(releaseResource, { path: "", name, flags: 0 });

/** A process that stands for a guest; with `socket` it has a connection of its own. */
async function startGuest(o: { socket?: string; holds?: boolean } = {}): Promise<Launched & { fd: number }> {
  const fd = native.socketUnix("stream");
  const launched = native.launch({
    file: "/bin/sleep",
    argv: ["sleep", "1000"],
    env: {},
    steps: o.socket === undefined ? [] : [{ do: "connect", fd, path: o.socket }],
    keep: o.holds === false ? [] : [fd],
  });
  if (launched instanceof LaunchError) throw launched;
  guests.push(launched);
  await launched.ready;
  return { ...launched, fd };
}

/** Tries until it gets the lock: it becomes free at a moment nobody announces. */
async function untilAcquired(client: RpcClient, name: string): Promise<void> {
  for (;;) {
    try {
      return await acquire(client, name);
    } catch (error) {
      expect(error).toMatchObject(busy(name));
      await tick();
    }
  }
}

test("replies are those of the C daemon, byte for byte", async () => {
  const { daemon } = await start();
  const recorded = vectors("lock");
  rmSync("/tmp/ls", { recursive: true, force: true });
  mkdirSync("/tmp/ls", { recursive: true });
  for (const name of ["a", "b"]) writeFileSync(`/tmp/ls/${name}`, "");
  const client = await daemon.connect();
  const steps = async (...pairs: string[]) => {
    for (const pair of pairs) {
      const [request, reply] = pair.split(" ");
      await replay(client, recorded, `lock-${request}`, `lock-${reply}`);
    }
  };
  await steps("016 017", "018 019");
  await client.call(register, { owner: { uuid, name: "pf", id: 1, pid: process.pid }, flags: 0 });
  await steps(
    "016 006",
    "016 021",
    "022 006",
    "023 024",
    "028 029",
    "030 031",
    "032 033",
    "034 035",
    "036 037",
  );
  const r2 = { path: "/tmp/ls/space", name: "r2", flags: 2 };
  await client.call(acquireResource, r2);
  await steps("038 039", "040 041", "042 008", "043 008", "043 044");
  const wrong = await clientFor(daemon.socket, 1);
  await replay(wrong, recorded, "lock-045", "lock-046");
  await steps("003 004", "043 047", "048 049", "050 051");
  rmSync("/tmp/ls", { recursive: true, force: true });
});

test("a lock outlives the connection that took it, and any other may release it for its owner", async () => {
  const { daemon, image } = await start();
  const guest = await startGuest();
  const first = await clientFor(daemon.socket, guest.pid);
  await acquire(first, image);
  first.close();
  const second = await clientFor(daemon.socket, guest.pid);
  await expect(acquire(second, image)).rejects.toMatchObject(busy(image));
  await release(second, image);
  await acquire(second, image);
});

test("the end of the owner's process frees its locks, without any connection", async () => {
  const { daemon, image } = await start();
  const guest = await startGuest();
  const client = await clientFor(daemon.socket, guest.pid);
  await acquire(client, image);
  client.close();
  native.pidfdSignal(guest.pidfd, 9);
  await untilAcquired(await clientFor(daemon.socket, process.pid), image);
});

test("an owner that gives up its connection while it holds a lock is ended", async () => {
  const { daemon, image } = await start();
  const guest = await startGuest({ socket: daemon.socket, holds: false });
  const holder = await RpcClient.connect(guest.fd); // the parent's copy is now the only one
  await holder.call(register, { owner: { uuid, name: "vm1", id: 1, pid: guest.pid }, flags: 0 });
  await holder.call(restrict, { flags: 0 });
  await expect(acquire(holder, image)).rejects.toMatchObject({ code: 29 });
  const client = await clientFor(daemon.socket, guest.pid);
  await acquire(client, image);
  const end = processEnd(guest.pid);
  holder.close();
  await end;
  await untilAcquired(await clientFor(daemon.socket, process.pid), image);
});

test("an owner without locks may go as it likes", async () => {
  const { daemon, image } = await start();
  const guest = await startGuest({ socket: daemon.socket, holds: false });
  const holder = await RpcClient.connect(guest.fd);
  await holder.call(register, { owner: { uuid, name: "vm1", id: 1, pid: guest.pid }, flags: 0 });
  holder.close();
  await acquire(await clientFor(daemon.socket, guest.pid), image);
  expect(native.pidfdSignal(guest.pidfd, 0)).toBe(0);
});

test("SIGUSR1: locks and connections stay, no rival gets in between", async () => {
  const { daemon, image } = await start();
  const guest = await startGuest({ socket: daemon.socket });
  const holder = await RpcClient.connect(guest.fd);
  await holder.call(register, { owner: { uuid, name: "vm1", id: 1, pid: guest.pid }, flags: 0 });
  await holder.call(restrict, { flags: 0 });
  holder.close();
  const client = await clientFor(daemon.socket, guest.pid);
  await acquire(client, image);
  const space = join(daemon.prefix, "space");
  await client.call(lock.procs.createLockspace, { path: space });
  await client.call(acquireResource, { path: space, name: "r", flags: 3 });
  const rival = await start();
  const rivalClient = await clientFor(rival.daemon.socket, process.pid);
  let stop = false;
  const attempts = (async () => {
    let count = 0;
    for (; !stop; count++) await expect(acquire(rivalClient, image)).rejects.toMatchObject(busy(image));
    return count;
  })();
  for (let i = 0; i < 5; i++) {
    await daemon.handOver();
    await expect(acquire(client, image)).rejects.toMatchObject(busy(image));
  }
  stop = true;
  expect(await attempts).toBeGreaterThan(10);
  await client.call(releaseResource, { path: space, name: "r", flags: 0 });
  expect(existsSync(join(space, "r"))).toBe(false);
  native.pidfdSignal(guest.pidfd, 9); // still watched
  await untilAcquired(rivalClient, image);
});

test("calls pipelined into a SIGUSR1 are all answered, once", async () => {
  const { daemon, image } = await start();
  const client = await clientFor(daemon.socket, process.pid);
  const ready = daemon.notified.saw("READY=1");
  daemon.signal("SIGUSR1");
  const results: Promise<void>[] = [];
  for (let i = 0; i < 500; i++) {
    results.push(acquire(client, image), release(client, image));
    await tick();
  }
  await Promise.all(results);
  await ready;
});

test("a lock keeps an idle daemon alive", async () => {
  const { daemon, image } = await start({ args: ["-t", "1"] });
  const guest = await startGuest();
  const client = await clientFor(daemon.socket, guest.pid);
  await acquire(client, image);
  client.close();
  setTimeout(() => native.pidfdSignal(guest.pidfd, 9), 1500);
  const before = performance.now();
  expect(await daemon.ended()).toBe(0);
  expect(performance.now() - before).toBeGreaterThan(2400);
});

const cDaemon = "/usr/sbin/virtlockd";

test.skipIf(process.getuid?.() !== 0 || !existsSync(cDaemon))(
  "excludes the C daemon, both ways",
  async () => {
    const { daemon, image } = await start();
    const c = native.launch({
      file: "/usr/bin/unshare",
      argv: ["unshare", "-m", "/bin/sh", "-c", `mount -t tmpfs none /run && exec ${cDaemon}`],
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    if (c instanceof LaunchError) throw c;
    guests.push(c);
    await c.ready;
    const theirs = await untilConnected(`/proc/${c.pid}/root/run/libvirt/virtlockd-sock`);
    await theirs.call(register, { owner: { uuid, name: "vm1", id: 1, pid: 1 }, flags: 0 });
    const ours = await clientFor(daemon.socket, process.pid);
    for (const [one, other] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      await acquire(one, image);
      await expect(acquire(other, image)).rejects.toMatchObject(busy(image));
      await expect(acquire(other, image, 1)).rejects.toMatchObject(busy(image));
      await release(one, image);
      await acquire(one, image, 1);
      await acquire(other, image, 1);
      await release(one, image);
      await release(other, image);
    }
    expect(readFileSync(`/proc/${c.pid}/comm`, "utf8")).toBe("virtlockd\n");
  },
);

async function untilConnected(socket: string): Promise<RpcClient> {
  for (;;) {
    try {
      return await RpcClient.connect(socket);
    } catch {
      await tick(); // the C daemon does not say when it is ready
    }
  }
}
