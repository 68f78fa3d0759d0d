import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { remote } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { afterEach, expect, test } from "vitest";
import { TestDaemon } from "./support/daemon.ts";

const running: TestDaemon[] = [];
const name = "virtfixtured";
const fixture = "driver-daemon";

/** The fixture's driver knows no logins. */
const open = 'auth_unix_rw = "none"\nauth_unix_ro = "none"\n';

async function start(config = ""): Promise<TestDaemon> {
  const daemon = await TestDaemon.start(name, { fixture, config: open + config });
  running.push(daemon);
  return daemon;
}

afterEach(async () => {
  for (const daemon of running.splice(0)) await daemon.stop("SIGKILL");
});

const hostname = (client: RpcClient) => client.call(remote.procs.connectGetHostname, undefined);
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

test("sockets: read-write, read-only, admin; modes and limits from the configuration", async () => {
  const daemon = await start('unix_sock_rw_perms = "0750"\nunix_sock_group = "root"\nmax_clients = 30\n');
  expect(mode(daemon.socket)).toBe("750");
  expect(mode(`${daemon.socket}-ro`)).toBe("777");
  expect(mode(daemon.adminSocket)).toBe("700");
  for (const socket of [daemon.socket, `${daemon.socket}-ro`]) {
    expect(await hostname(await RpcClient.connect(socket))).toEqual({ hostname: "fixture" });
  }
});

test("SIGHUP reloads and tells the service manager", async () => {
  const daemon = await start();
  const again = daemon.notified.saw("READY=1");
  daemon.process.kill("SIGHUP");
  await again;
  expect(daemon.notified.messages[1]).toMatch(/^RELOADING=1\nMONOTONIC_USEC=[0-9]+$/);
  await expect.poll(() => daemon.output).toContain("asked to reload");
});

test("SIGUSR1 is no command for a driver daemon", async () => {
  const daemon = await start();
  daemon.process.kill("SIGUSR1");
  expect(await hostname(await daemon.connect())).toEqual({ hostname: "fixture" });
  expect(daemon.output).not.toContain("Debugger");
});

test("a bug in a handler is one failed call, logged with its stack", async () => {
  const daemon = await start();
  const client = await daemon.connect();
  const failed = client.call(remote.procs.connectGetType, undefined);
  await expect(failed).rejects.toMatchObject({
    code: 1,
    domain: 13,
    message: "internal error: a bug in a handler",
  });
  expect(await hostname(client)).toEqual({ hostname: "fixture" });
  expect(daemon.output).toMatch(/call failed unexpectedly.*a bug in a handler[\s\S]*at .*driver-daemon/);
});

test("a bug nobody catches ends the daemon, with exit code and stack", async () => {
  const daemon = await start();
  const client = await daemon.connect();
  await client.call(remote.procs.connectGetUri, undefined);
  expect(await daemon.ended()).toBe(70);
  expect(daemon.output).toMatch(/uncaught error, ending err="a bug nobody catches"\n {4}at /);
});

test("a stop lets the driver finish", async () => {
  const daemon = await start();
  expect(await daemon.stop()).toBe(0);
  expect(existsSync(join(daemon.prefix, "run/libvirt/finished"))).toBe(true);
});

test("a driver that cannot start: exit code, reason, nothing left behind", async () => {
  const daemon = TestDaemon.spawn(name, { fixture, config: 'host_uuid = "broken"\n' });
  expect(await daemon.ended()).toBe(10);
  expect(daemon.output).toContain("initialisation failed: no such host");
  for (const file of [daemon.socket, daemon.adminSocket, daemon.pidFile])
    expect(existsSync(file)).toBe(false);
});

test.each([
  ['access_drivers = ["polkit"]', "access_drivers: this daemon has no access control"],
  ['access_drivers = ["selinux"]', 'access_drivers: there is no driver "selinux"'],
])("%s, which we cannot honour, is refused, not left out", async (config, why) => {
  const daemon = TestDaemon.spawn(name, { fixture, config });
  expect(await daemon.ended()).toBe(7);
  expect(daemon.output).toContain(why);
});
