import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { lock } from "@libvirt-ts/protocol";
import { Server, type Service } from "@libvirt-ts/rpc/server";
import { afterEach, expect, test } from "vitest";
import { lockdManager } from "./lockd.ts";

const owner = { uuid: "8b3f4dc4-6a8e-5f9b-94a5-4c35babd8d95", name: "vm1", id: 3, pid: 77 };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A lock daemon that writes down what it is asked; names in `busy` are refused. */
function fakeLockd(busy: string[] = []) {
  const calls: string[] = [];
  const service: Service<typeof lock.procs> = {
    program: lock,
    errorDomain: ErrorDomain.RPC,
    handlers: {
      register: ({ owner: { name, id, pid } }) => void calls.push(`register ${name} ${id} ${pid}`),
      restrict: () => void calls.push("restrict"),
      createLockspace: ({ path }) => void calls.push(`lockspace ${path}`),
      acquireResource({ path, name, flags }) {
        calls.push(`acquire ${path}:${name} ${flags}`);
        if (busy.includes(name))
          throw new VirError(ErrorDomain.LOCKSPACE, ErrorCode.RESOURCE_BUSY, `'${name}'`);
      },
      releaseResource: ({ path, name }) => void calls.push(`release ${path}:${name}`),
    },
  };
  const socketPath = join(mkdtempSync(join(tmpdir(), "lockd-")), "sock");
  const fd = native.socketUnix("stream");
  native.bind(fd, socketPath);
  native.listen(fd, 5);
  const server = new Server({ name: "lockd", services: [service], log: silentLogger() });
  server.listen(fd);
  servers.push(server);
  return { calls, socketPath };
}

const a = { path: "/a", shared: false };
const b = { path: "/b", shared: true };
const lease = { lockspace: "/ls", key: "k" };

test("acquires everything for the guest", async () => {
  const { calls, socketPath } = fakeLockd();
  await lockdManager({ socketPath }).acquire(owner, [a, b, lease]);
  expect(calls).toEqual([
    "lockspace /ls",
    "register vm1 3 77",
    "acquire :/a 0",
    "acquire :/b 1",
    "acquire /ls:k 0",
  ]);
});

test("gives back what it got when one is refused", async () => {
  const { calls, socketPath } = fakeLockd(["/b"]);
  await expect(lockdManager({ socketPath }).acquire(owner, [a, b, lease])).rejects.toMatchObject({
    code: ErrorCode.RESOURCE_BUSY,
    message: "resource busy: '/b'",
  });
  expect(calls.slice(5)).toEqual(["release :/a", "release /ls:k"]);
});

test("lock files instead of images", async () => {
  const { calls, socketPath } = fakeLockd();
  const manager = lockdManager({ socketPath, fileLockspaceDirectory: "/ls" });
  await manager.prepare();
  await manager.acquire(owner, [b]);
  await manager.release(owner, [b]);
  const name = createHash("sha256").update("/b").digest("hex");
  expect(calls).toEqual([
    "lockspace /ls",
    "register vm1 3 77",
    `acquire /ls:${name} 3`,
    "register vm1 3 77",
    `release /ls:${name}`,
  ]);
});

test.each([
  ["/dev/vg/lv", "/lvm:Xy-1 2"],
  ["/dev/sdb", "/scsi:SERIAL_7 2"],
  ["/dev/none", `/ls:${createHash("sha256").update("/dev/none").digest("hex")} 2`],
  ["/srv/vg.img", `/ls:${createHash("sha256").update("/srv/vg.img").digest("hex")} 2`],
])("the lock file of %s", async (path, expected) => {
  const { calls, socketPath } = fakeLockd();
  const known: Record<string, string> = {
    "lvs /dev/vg/lv": "  Xy-1\n",
    "lvs /srv/vg.img": "wrong",
    "/lib/udev/scsi_id /dev/sdb": "SERIAL_7\n",
    "/lib/udev/scsi_id /dev/none": "../up\n",
  };
  const manager = lockdManager({
    socketPath,
    lvmLockspaceDirectory: "/lvm",
    scsiLockspaceDirectory: "/scsi",
    fileLockspaceDirectory: "/ls",
    ask: async (file, args) => known[`${file} ${args.at(-1)}`],
  });
  await manager.prepare();
  await manager.acquire(owner, [{ path, shared: false }]);
  expect(calls.slice(0, 3).sort()).toEqual(["lockspace /ls", "lockspace /lvm", "lockspace /scsi"]);
  expect(calls.at(-1)).toBe(`acquire ${expected}`);
});

test("nothing to lock: not even a connection", async () => {
  await lockdManager({ socketPath: "/nonexistent" }).acquire(owner, []);
});

test("leases only: disks alone are refused", async () => {
  const { calls, socketPath } = fakeLockd();
  const manager = lockdManager({ socketPath, autoDiskLeases: false });
  await expect(manager.acquire(owner, [a])).rejects.toMatchObject({ code: ErrorCode.CONFIG_UNSUPPORTED });
  await manager.acquire(owner, [a, lease]);
  expect(calls.slice(2)).toEqual(["acquire /ls:k 0"]);
});

test("the guest's own connection: registered, restricted, then only the guest's", async () => {
  const { calls, socketPath } = fakeLockd();
  const holder = await lockdManager({ socketPath }).prepareHolder();
  const [fd] = holder?.keep ?? [];
  expect(holder?.steps).toEqual([{ do: "connect", fd, path: socketPath }]);
  const guests = native.dup(fd ?? -1);
  native.connectUnix(guests, socketPath); // as the launched child would
  await holder?.register(owner);
  expect(calls).toEqual(["register vm1 3 77", "restrict"]);
  expect(native.setCloexec(fd ?? -1, true)).toBe(-9);
  native.close(guests);
});
