import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { native } from "@libvirt-ts/native";
import { admin, log } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { afterEach, expect, test } from "vitest";
import { bundle, newPrefix, processEnd, run, TestDaemon } from "./support/daemon.ts";

const running: TestDaemon[] = [];

async function start(...args: Parameters<typeof TestDaemon.start>): Promise<TestDaemon> {
  const daemon = await TestDaemon.start(...args);
  running.push(daemon);
  return daemon;
}

afterEach(async () => {
  for (const daemon of running.splice(0)) await daemon.stop("SIGKILL");
});

/** Any reply shows that the daemon serves. */
async function serves(client: RpcClient): Promise<boolean> {
  const args = { path: "/nowhere", flags: 0 };
  await expect(client.call(log.procs.domainGetLogFilePosition, args)).rejects.toMatchObject({
    code: 1,
    domain: 63,
  });
  return true;
}

test.each([
  [["-V"], 0, "virtlogd (libvirt) 11.3.0\n", ""],
  [["--help"], 0, "Usage:\n  virtlogd [options]", ""],
  [["--bogus"], 1, "", "virtlogd: Unknown option '--bogus'\n"],
  [["-t", "x"], 1, "", "virtlogd: Invalid value for timeout\n"],
  [["-f", "/nonexistent"], 7, "", "virtlogd: Can't load config file: ENOENT"],
])("%j", async (args, code, stdout, stderr) => {
  const result = await run(process.execPath, [bundle("virtlogd"), ...args], { LIBVIRT_PREFIX: newPrefix() });
  expect(result.code).toBe(code);
  expect(result.stdout.startsWith(stdout)).toBe(true);
  expect(result.stderr.startsWith(stderr)).toBe(true);
});

test("a wrong type in the configuration is fatal, with line and column", async () => {
  const daemon = TestDaemon.spawn("virtlogd", { config: "# size\nmax_size = 'big'\n" });
  expect(await daemon.ended()).toBe(7);
  expect(daemon.output).toContain("etc/libvirt/virtlogd.conf:2:12: expected a number");
});

test("an unknown key is warned about, once", async () => {
  const daemon = await start("virtlogd", { config: "nosuch = 1\nnosuch = 2\n" });
  await daemon.stop();
  expect(daemon.output.match(/unknown configuration key .*line=1 key=nosuch/g)).toHaveLength(1);
});

test.each(["SIGTERM", "SIGINT", "SIGQUIT"] as const)(
  "%s: clients see the end, files go, exit 0",
  async (signal) => {
    const daemon = await start("virtlogd");
    expect(readFileSync(daemon.pidFile, "utf8")).toBe(`${daemon.pid}\n`);
    for (const socket of [daemon.socket, daemon.adminSocket])
      expect(statSync(socket).mode & 0o777).toBe(0o700);
    const client = await daemon.connect();
    await serves(client);
    expect(await daemon.stop(signal)).toBe(0);
    expect(await client.closed).toMatchObject({ domain: 7 });
    for (const file of [daemon.socket, daemon.adminSocket, daemon.pidFile])
      expect(existsSync(file)).toBe(false);
    expect(daemon.notified.messages).toEqual(["READY=1", "STOPPING=1"]);
  },
);

test("a second daemon does not start and does no harm", async () => {
  const daemon = await start("virtlogd");
  const second = TestDaemon.spawn("virtlogd", { prefix: daemon.prefix });
  expect(await second.ended()).toBe(1);
  expect(second.output).toContain(`Failed to acquire pid file '${daemon.pidFile}'`);
  const elsewhere = TestDaemon.spawn("virtlogd", {
    prefix: daemon.prefix,
    args: ["-p", join(daemon.prefix, "x.pid")],
  });
  expect(await elsewhere.ended()).toBe(6);
  expect(elsewhere.output).toContain(`Another process listens on '${daemon.socket}'`);
  await serves(await daemon.connect());
});

test("starts over the remains of a killed daemon", async () => {
  const first = await start("virtlogd");
  expect(await first.stop("SIGKILL")).toBe("SIGKILL");
  expect(existsSync(first.socket)).toBe(true);
  const second = await start("virtlogd", { prefix: first.prefix });
  await serves(await second.connect());
});

test("--timeout: ends when unused, not while a client is there", async () => {
  const daemon = await start("virtlogd", { args: ["--timeout", "1"] });
  const client = await daemon.connect();
  const before = performance.now();
  setTimeout(() => client.close(), 1500);
  expect(await daemon.ended()).toBe(0);
  expect(performance.now() - before).toBeGreaterThan(2400);
});

test("socket activation: sockets come from the manager and stay behind", async () => {
  const prefix = newPrefix();
  const path = join(prefix, "activated");
  const fd = native.socketUnix("stream", false);
  native.bind(fd, path);
  native.listen(fd, 5);
  const early = RpcClient.connect(path); // waits in the backlog until somebody accepts
  const daemon = await start("virtlogd", {
    prefix,
    fds: [fd],
    env: { LISTEN_FDS: "1", LISTEN_FDNAMES: "virtlogd.socket" },
    wrap: (command) => ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", ...command],
  });
  await serves(await early);
  expect(existsSync(daemon.socket)).toBe(false);
  await daemon.stop();
  expect(existsSync(path)).toBe(true);
  native.close(fd);
});

test("socket activation without names is refused", async () => {
  const daemon = TestDaemon.spawn("virtlogd", {
    fds: [0],
    env: { LISTEN_FDS: "1" },
    wrap: (command) => ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", ...command],
  });
  expect(await daemon.ended()).toBe(6);
  expect(daemon.output).toContain("LISTEN_FDNAMES is not set");
});

test("--daemon returns when the daemon is ready", async () => {
  const prefix = newPrefix();
  const { code } = await run(process.execPath, [bundle("virtlogd"), "-vd"], { LIBVIRT_PREFIX: prefix });
  expect(code).toBe(0);
  const pid = Number(readFileSync(join(prefix, "run/virtlogd.pid"), "utf8"));
  await serves(await RpcClient.connect(join(prefix, "run/libvirt/virtlogd-sock")));
  const end = processEnd(pid);
  process.kill(pid, "SIGTERM");
  await end;
  expect(readFileSync(join(prefix, "var/log/libvirt/virtlogd.log"), "utf8")).toContain(
    "info : daemon : ready",
  );
});

test("--daemon reports a failed start", async () => {
  const args = [bundle("virtlogd"), "-d", "-p", "/nonexistent/x.pid"];
  const { code, stderr } = await run(process.execPath, args, { LIBVIRT_PREFIX: newPrefix() });
  expect(code).toBe(1);
  expect(stderr).toContain("Failed to acquire pid file '/nonexistent/x.pid': No such file or directory");
});

test("the admin socket", async () => {
  const daemon = await start("virtlogd", { config: "max_clients = 7\n" });
  const user = await daemon.connect();
  const client = await RpcClient.connect(daemon.adminSocket);
  await client.call(admin.procs.connectOpen, { flags: 0 });
  expect(await client.call(admin.procs.connectListServers, { needResults: 1, flags: 0 })).toEqual({
    servers: [{ name: "virtlogd" }, { name: "admin" }],
    ret: 2,
  });
  const srv = { name: "virtlogd" };
  const limits = await client.call(admin.procs.serverGetClientLimits, { srv, flags: 0 });
  expect(limits.params.map(({ field, value }) => [field, value.value])).toEqual([
    ["nclients_max", 7],
    ["nclients", 1],
    ["nclients_unauth_max", 7],
    ["nclients_unauth", 0],
  ]);
  const { clients } = await client.call(admin.procs.serverListClients, { srv, needResults: 1, flags: 0 });
  const [clnt] = clients;
  expect(clnt).toMatchObject({ srv, id: 1n, transport: 0 });
  if (!clnt) return;
  const info = await client.call(admin.procs.clientGetInfo, { clnt, flags: 0 });
  expect(info.params).toContainEqual({ field: "unix_process_id", value: { type: 1, value: process.pid } });
  await client.call(admin.procs.clientClose, { clnt, flags: 0 });
  await user.closed;
  await expect(client.call(admin.procs.connectLookupServer, { name: "x", flags: 0 })).rejects.toMatchObject({
    code: 95,
    message: "Server not found: No server named 'x'",
  });
  await client.call(admin.procs.connectClose, undefined);
  await client.closed;
});

test.skipIf(!existsSync("/usr/bin/virt-admin"))("virt-admin lists servers", async () => {
  const daemon = await start("virtlogd");
  const uri = `virtlogd:///system?socket=${daemon.adminSocket}`;
  const { code, stdout } = await run("/usr/bin/virt-admin", ["-c", uri, "srv-list"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/virtlogd[\s\S]*admin/);
});
