import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ErrorDomain } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { type HeldLock, LockChange, LockState, lock, lockAdmin } from "@libvirt-ts/protocol";
import { type Client, Server, type Service } from "@libvirt-ts/rpc/server";
import { formatUuid } from "@libvirt-ts/util/uuid";
import { expect, test, vi } from "vitest";
import { watchLostLocks } from "./lost-locks.ts";

const uuid = new Uint8Array(16).fill(5);
const held = (path: string, state: number): HeldLock => ({
  space: "",
  name: path,
  path,
  shared: false,
  state,
  since: 0n,
  holders: [{ host: "h", bootId: "b", uuid, name: "vm", id: 1, pid: 77 }],
});

function listen(path: string, services: Service[]): Server {
  const fd = native.socketUnix("stream");
  native.bind(fd, path);
  native.listen(fd, 5);
  const server = new Server({ name: "admin", services, log: silentLogger() });
  server.listen(fd);
  return server;
}

const newPath = () => join(mkdtempSync(join(tmpdir(), "lost-")), "sock");

test("tells what is lost already and what is lost from then on, also by the next daemon", async () => {
  const path = newPath();
  const watchers: Client[] = [];
  const service = (locks: HeldLock[]): Service<typeof lockAdmin.procs> => ({
    program: lockAdmin,
    errorDomain: ErrorDomain.ADMIN,
    handlers: { watch: (_, { client }) => void watchers.push(client), list: () => ({ locks }) },
  });
  const seen: string[] = [];
  const end = new AbortController();
  const over = watchLostLocks(path, (lost) => seen.push(`${lost.path} ${lost.pid} ${lost.uuid}`), end.signal);
  const first = listen(path, [service([held("/a", LockState.lost), held("/b", LockState.held)]) as Service]);
  const who = `77 ${formatUuid(uuid)}`;
  await vi.waitFor(() => expect(seen).toEqual([`/a ${who}`]), { timeout: 5000 });
  for (const [change, lost] of [
    [LockChange.released, "/b"],
    [LockChange.lost, "/c"],
  ] as const)
    watchers[0]?.sendEvent(lockAdmin.procs.changed, { change, lock: held(lost, LockState.lost) });
  await vi.waitFor(() => expect(seen.slice(1)).toEqual([`/c ${who}`]));
  first.close();
  const { unlinkSync } = await import("node:fs");
  unlinkSync(path);
  const second = listen(path, [service([held("/d", LockState.lost)]) as Service]);
  await vi.waitFor(() => expect(seen.slice(2)).toEqual([`/d ${who}`]), { timeout: 5000 });
  end.abort();
  await over;
  second.close();
});

test("a daemon that has no such program is not asked again", async () => {
  const path = newPath();
  const service: Service<typeof lock.procs> = { program: lock, errorDomain: ErrorDomain.RPC, handlers: {} };
  const server = listen(path, [service as Service]);
  await watchLostLocks(path, () => {}, new AbortController().signal);
  server.close();
});
