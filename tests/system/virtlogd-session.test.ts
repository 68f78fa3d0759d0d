import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { log } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { afterEach, expect, test, vi } from "vitest";
import { newPrefix, run, TestDaemon } from "./support/daemon.ts";

const guest = fileURLToPath(new URL("./fixtures/log-guest.py", import.meta.url));
const user = 65_534;
const asUser = ["setpriv", "--reuid", String(user), "--regid", String(user), "--clear-groups"];

let daemon: TestDaemon;
afterEach(() => daemon.stop("SIGKILL"));

test.skipIf(process.geteuid?.() !== 0)(
  "a user's own daemon: for him alone, and logs outlive it as root's do",
  async () => {
    const prefix = newPrefix();
    const socket = join(prefix, "run/libvirt/virtlogd-sock");
    mkdirSync(join(prefix, "run"));
    for (const path of [prefix, join(prefix, "run")]) chownSync(path, user, user);
    const start = async () => {
      daemon = TestDaemon.spawn("virtlogd", {
        prefix,
        env: { LIBVIRT_PREFIX: "", XDG_RUNTIME_DIR: join(prefix, "run"), HOME: prefix, NOTIFY_SOCKET: "" },
        wrap: (command) => [...asUser, ...command],
      });
      await vi.waitFor(() => expect(existsSync(join(prefix, "run/libvirt/virtlogd-admin-sock"))).toBe(true), {
        timeout: 20_000,
      });
    };
    await start();
    expect([statSync(socket).uid, statSync(socket).mode & 0o777]).toEqual([user, 0o700]);
    const path = join(prefix, "vm.log");
    const stranger = await RpcClient.connect(socket);
    await expect(stranger.call(log.procs.domainGetLogFilePosition, { path, flags: 0 })).rejects.toThrow(
      "End of file",
    );

    const [file = "", ...args] = [...asUser, "/usr/bin/python3", guest, path, "3", socket];
    const writing = run(file, args);
    await vi.waitFor(() => expect(statSync(path).size).toBeGreaterThan(0), { timeout: 20_000 });
    await daemon.stop("SIGKILL");
    await start();
    const { code, stdout, stderr } = await writing;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const last = `line ${String(Number(stdout) - 1).padStart(30, "0")}\n`;
    await vi.waitFor(() => expect(readFileSync(path, "latin1").endsWith(last)).toBe(true), {
      timeout: 20_000,
    });
    expect(statSync(path).uid).toBe(user);
    rmSync(prefix, { recursive: true, force: true });
  },
);
