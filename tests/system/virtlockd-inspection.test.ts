import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type HeldLock, LockChange, LockState, lock, lockAdmin } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { waitFor } from "@libvirt-ts/testing";
import { afterEach, expect, test } from "vitest";
import { run } from "./support/daemon.ts";
import { LockWorld, untilFree } from "./support/lock-world.ts";

const worlds: LockWorld[] = [];
const clients: RpcClient[] = [];
const { list, claims, who, watch, breakLock, changed } = lockAdmin.procs;

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const world of worlds.splice(0)) await world.close();
});

/** A host of a cluster whose hosts share a directory. */
async function host(machineId: string, ledger: string): Promise<LockWorld> {
  const world = await LockWorld.create({
    config: `ledger_dir = "${ledger}"\n`,
    prepare(prefix) {
      mkdirSync(join(prefix, "etc/libvirt"), { recursive: true });
      writeFileSync(join(prefix, "etc/libvirt/machine-id"), `${machineId}\n`);
    },
  });
  worlds.push(world);
  return world;
}

/** Without those that are being written. */
const filesIn = (ledger: string) => readdirSync(ledger).filter((file) => !file.endsWith(".new"));

const newLedger = () => mkdtempSync(join(tmpdir(), "ledger-"));

async function admin(world: LockWorld): Promise<RpcClient> {
  const client = await RpcClient.connect(world.daemon.adminSocket);
  clients.push(client);
  return client;
}

const brief = ({ path, shared, state, holders }: HeldLock) => ({
  path,
  shared,
  state,
  holders: holders.map(({ host: where, name, id, pid }) => `${name} ${id} ${pid}@${where}`),
});

test("list: what is locked, for whom; an ordinary connection may not ask", async () => {
  const world = await host("aa", newLedger());
  const [guest, image] = [await world.guest(), world.image()];
  await guest.acquire(image, 1);
  await guest.acquire(image, 1);
  const { locks } = await (await admin(world)).call(list, { flags: 0 });
  const me = `vm 1 ${guest.pid}@${hostname()}`;
  expect(locks.map(brief)).toEqual([{ path: image, shared: true, state: LockState.held, holders: [me, me] }]);
  const other = await guest.connect();
  await expect(other.call(list, { flags: 0 })).rejects.toMatchObject({ message: /unknown|program/i });
  other.close();
});

test("a refused client is told who holds the lock, here and on another host of the cluster", async () => {
  const ledger = newLedger();
  const [here, there] = [await host("aa", ledger), await host("bb", ledger)];
  const [guest, rival, neighbour] = [await here.guest(), await there.guest(), await here.guest()];
  const image = here.image();
  await guest.acquire(image);
  const start = `resource busy: Lockspace resource '${image}' is locked`;
  const by = `by domain 'vm', process ${guest.pid}`;
  await expect(neighbour.acquire(image)).rejects.toMatchObject({
    code: 87,
    domain: 51,
    message: `${start} (${by}, for 0 s)`,
  });
  await waitFor("the claim", () => filesIn(ledger).length === 1);
  await expect(rival.acquire(image)).rejects.toMatchObject({
    code: 87,
    domain: 51,
    message: `${start} (${by} of host '${hostname()}', for 0 s)`,
  });
  const seen = await (await admin(there)).call(who, { path: image, flags: 0 });
  expect(seen.locks.map(({ state }) => state)).toEqual([LockState.held]);
  await guest.release(image);
  await waitFor("the claim's end", () => filesIn(ledger).length === 0);
});

test("claims of all hosts are listed; one that outlived its lock is stale, and may be struck out", async () => {
  const ledger = newLedger();
  const [here, there] = [await host("aa", ledger), await host("bb", ledger)];
  const [guest, image, other] = [await here.guest(), here.image(), here.image("b.img")];
  await guest.acquire(image);
  await (await there.guest()).acquire(other);
  await waitFor("the claims", () => filesIn(ledger).length === 2);
  const client = await admin(there);
  const all = async () => {
    const { locks } = await client.call(claims, { directory: ledger, flags: 0 });
    return Object.fromEntries(locks.map(({ path, state }) => [path, state]));
  };
  expect(await all()).toEqual({ [image]: LockState.held, [other]: LockState.held });
  const give = { path: image, proof: "manual: seen its plug pulled", flags: 0 };
  const [claim = ""] = readdirSync(ledger).filter((file) => file.includes(".aa."));
  const text = readFileSync(join(ledger, claim), "utf8");
  await guest.release(image);
  await waitFor("the claim's end", () => filesIn(ledger).length === 1);
  writeFileSync(join(ledger, claim), text); // as a host leaves it that lost its power
  expect(await all()).toEqual({ [image]: LockState.stale, [other]: LockState.held });
  await expect(client.call(breakLock, { ...give, proof: "" })).rejects.toMatchObject({ code: 8 });
  await expect(client.call(breakLock, { ...give, proof: "boot-id" })).rejects.toMatchObject({ code: 29 });
  await client.call(breakLock, give);
  expect(await all()).toEqual({ [other]: LockState.held });
  const record = JSON.parse(readFileSync(join(ledger, claim.replace(".json", ".broken")), "utf8"));
  expect(record).toMatchObject({ path: image, proof: give.proof, by: { machineId: "bb" } });
});

test("who gets the lock of a host that lost it has the only true claim, and the ledger keeps why", async () => {
  const ledger = newLedger();
  const [here, there] = [await host("aa", ledger), await host("bb", ledger)];
  const [guest, image] = [await here.guest(), here.image()];
  await guest.acquire(image);
  await waitFor("the claim", () => filesIn(ledger).length === 1);
  const [claim = ""] = filesIn(ledger);
  const text = readFileSync(join(ledger, claim), "utf8");
  await guest.release(image);
  await waitFor("the claim's end", () => filesIn(ledger).length === 0);
  writeFileSync(join(ledger, claim), text); // as a host leaves it that lost its power
  await (await there.guest()).acquire(image);
  await waitFor("the claim", () => filesIn(ledger).length === 2);
  for (const world of [here, there]) {
    const { locks } = await (await admin(world)).call(claims, { directory: ledger, flags: 0 });
    expect(locks.map(({ state }) => state).sort()).toEqual([LockState.held, LockState.stale]);
  }
  const broken = join(ledger, claim.replace(".json", ".broken"));
  await waitFor("the record", () => readdirSync(ledger).includes(claim.replace(".json", ".broken")));
  expect(JSON.parse(readFileSync(broken, "utf8"))).toMatchObject({
    host: { machineId: "aa" },
    by: { machineId: "bb" },
  });
  await waitFor("the claim's end", () => !readdirSync(ledger).includes(claim));
});

test("no lock is broken whose holder lives", async () => {
  const ledger = newLedger();
  const [here, there] = [await host("aa", ledger), await host("bb", ledger)];
  const [guest, image] = [await here.guest(), here.image()];
  await guest.acquire(image);
  await waitFor("the claim", () => filesIn(ledger).length === 1);
  const proof = "manual: I am sure";
  for (const world of [here, there]) {
    const broken = (await admin(world)).call(breakLock, { path: image, proof, flags: 0 });
    await expect(broken).rejects.toMatchObject({ code: 29 });
  }
});

test("a daemon that starts takes back what it no longer holds; what is no claim is passed over", async () => {
  const ledger = newLedger();
  const world = await host("aa", ledger);
  const [guest, image] = [await world.guest(), world.image()];
  await guest.acquire(image);
  await waitFor("the claim", () => filesIn(ledger).length === 1);
  const junk = ["x.aa.json", `${"0".repeat(64)}.aa.json`, "y"].map((name) => join(ledger, name));
  for (const file of junk) writeFileSync(file, '{"version":1,"host":7}');
  await world.kill();
  guest.kill();
  await world.start();
  await untilFree(image);
  await waitFor("the claim's end", () => filesIn(ledger).length === junk.length);
  expect(await (await admin(world)).call(claims, { directory: ledger, flags: 0 })).toEqual({ locks: [] });
});

test("watch: every change, as it happens", async () => {
  const world = await host("aa", newLedger());
  const [guest, image] = [await world.guest(), world.image()];
  const seen: unknown[] = [];
  const client = await admin(world);
  client.onEvent(changed, ({ change, lock: { path, holders } }) => seen.push([change, path, holders.length]));
  await client.call(watch, { flags: 0 });
  await guest.acquire(image, 1);
  await guest.acquire(image, 1);
  await guest.release(image);
  guest.kill();
  await waitFor("the last event", () => seen.length === 4);
  expect(seen).toEqual([
    [LockChange.acquired, image, 1],
    [LockChange.acquired, image, 2],
    [LockChange.released, image, 1],
    [LockChange.released, image, 0],
  ]);
});

test.each(["..", ".", "", "a/../../b", "/etc/passwd"])(
  "resource '%s' cannot leave its lockspace",
  async (name) => {
    const world = await host("aa", newLedger());
    const client = await (await world.guest()).connect();
    const path = join(world.prefix, "space");
    await client.call(lock.procs.createLockspace, { path });
    for (const row of ["acquireResource", "createResource", "deleteResource"] as const) {
      const flags = row === "acquireResource" ? 2 : 0;
      await expect(client.call(lock.procs[row], { path, name, flags })).rejects.toMatchObject({ code: 8 });
    }
    expect(readdirSync(path)).toEqual([]);
    client.close();
  },
);

test("a link in a lockspace leads nowhere: neither locked, nor made, nor its target removed", async () => {
  const world = await host("aa", newLedger());
  const client = await (await world.guest()).connect();
  const [path, target] = [join(world.prefix, "space"), world.image()];
  await client.call(lock.procs.createLockspace, { path });
  symlinkSync(target, join(path, "planted"));
  symlinkSync(`${target}.new`, join(path, "dangling"));
  for (const name of ["planted", "dangling"]) {
    for (const flags of [0, 2])
      await expect(client.call(lock.procs.acquireResource, { path, name, flags })).rejects.toMatchObject({
        code: 38,
      });
    await expect(client.call(lock.procs.createResource, { path, name, flags: 0 })).rejects.toMatchObject({
      code: 38,
    });
    await client.call(lock.procs.deleteResource, { path, name, flags: 0 });
  }
  expect([existsSync(target), existsSync(`${target}.new`), readdirSync(path)]).toEqual([true, false, []]);
  client.close();
});

test("others reach neither sockets, nor table, nor ledger", async () => {
  const ledger = join(newLedger(), "made");
  const world = await host("aa", ledger);
  await (await world.guest()).acquire(world.image());
  await waitFor("the claim", () => existsSync(ledger) && filesIn(ledger).length === 1);
  const run = join(world.prefix, "run/libvirt");
  const modes = [
    ...["virtlockd-sock", "virtlockd-admin-sock", "virtlockd-keeper-sock", "virtlockd.state"].map((file) =>
      join(run, file),
    ),
    ledger,
    join(ledger, filesIn(ledger)[0] ?? ""),
  ].map((file) => statSync(file).mode & 0o077);
  expect(modes).toEqual(modes.map(() => 0));
});

test.skipIf(process.getuid?.() !== 0)(
  "another user is not let in, even where the socket's mode would let him",
  async () => {
    const world = await host("aa", newLedger());
    for (const directory of [world.prefix, join(world.prefix, "run"), join(world.prefix, "run/libvirt")])
      chmodSync(directory, 0o755);
    const script =
      "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); print(s.recv(1) == b'')";
    for (const socket of [world.daemon.socket, world.daemon.adminSocket]) {
      chmodSync(socket, 0o777);
      const { stdout } = await run("setpriv", [
        "--reuid=65534",
        "--clear-groups",
        "/usr/bin/python3",
        "-c",
        script,
        socket,
      ]);
      expect(stdout).toBe("True\n");
    }
  },
);
