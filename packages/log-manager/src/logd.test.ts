import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemError } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { log } from "@libvirt-ts/protocol";
import { Server as RpcServer, type Service } from "@libvirt-ts/rpc/server";
import { expect, test } from "vitest";
import { logdManager } from "./logd.ts";

const uuid = "8b3f4dc4-6a8e-5f9b-94a5-4c35babd8d95";
const ebusy = 16;

/** A virtlogd that ends at its first call, and one that comes after it. */
async function succession(next: Service<typeof log.procs>["handlers"]) {
  const folder = mkdtempSync(join(tmpdir(), "logd-"));
  const path = join(folder, "sock");
  let rpc: RpcServer | undefined;
  const first: Server = createServer((socket) => {
    socket.once("data", () => {
      socket.destroy();
      first.close(() => {
        rmSync(path, { force: true });
        rpc = new RpcServer({
          name: "virtlogd",
          services: [{ program: log, errorDomain: 63, handlers: next }],
          log: silentLogger(),
        });
        const fd = native.socketUnix("stream");
        native.bind(fd, path);
        native.listen(fd, 10);
        rpc.listen(fd, { path });
      });
    });
  }).listen(path);
  await new Promise((resolve) => first.once("listening", resolve));
  return { logs: logdManager(path), close: () => rpc?.close() };
}

test("a call that virtlogd did not live to answer is made again, also while the log is busy from before", async () => {
  let calls = 0;
  const { logs, close } = await succession({
    domainGetLogFilePosition: () => ({ pos: { inode: 1n, offset: 7n } }),
    domainOpenLogFile(_, call) {
      if (++calls < 3) throw systemError(63, ebusy, "Cannot open log file: '/x'");
      call.replyWithFds([native.dup(0)]);
      return { pos: { inode: 1n, offset: 0n } };
    },
  });
  const { fd, position } = await logs.open({ driver: "qemu", uuid, name: "vm", path: "/x" });
  expect([position.offset, calls]).toEqual([0n, 3]);
  native.close(fd);
  close();
});

test("an error is an error; nobody there is one, too", async () => {
  const { logs, close } = await succession({});
  await expect(logs.position("/x")).rejects.toMatchObject({ code: 3 });
  close();
  const nobody = logdManager("/nonexistent/sock");
  await expect(nobody.position("/x")).rejects.toMatchObject({ code: 38, int1: 2 });
});
