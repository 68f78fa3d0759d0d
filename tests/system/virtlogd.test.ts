import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { native } from "@libvirt-ts/native";
import { log } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { afterEach, expect, test } from "vitest";
import { TestDaemon } from "./support/daemon.ts";
import { replay, vectors } from "./support/vectors.ts";

const running: TestDaemon[] = [];

async function start(o: Parameters<typeof TestDaemon.start>[1] = {}): Promise<TestDaemon> {
  const daemon = await TestDaemon.start("virtlogd", o);
  running.push(daemon);
  return daemon;
}

afterEach(async () => {
  for (const daemon of running.splice(0)) await daemon.stop("SIGKILL");
});

const dom = { uuid: new Uint8Array(16).fill(7), name: "vm1" };
const { domainOpenLogFile, domainGetLogFilePosition, domainReadLogFile, domainAppendLogFile } = log.procs;

async function open(client: RpcClient, path: string, flags = 0) {
  const { ret, fds } = await client.callWithFds(domainOpenLogFile, { driver: "qemu", dom, path, flags });
  expect(fds).toHaveLength(1);
  return { pos: ret.pos, fd: fds[0] ?? -1 };
}

async function position(client: RpcClient, path: string) {
  return (await client.call(domainGetLogFilePosition, { path, flags: 0 })).pos;
}

/** Resolves when the daemon has noticed that the last writer has gone. */
async function untilClosed(client: RpcClient, path: string): Promise<void> {
  for (;;) {
    try {
      await position(client, path);
    } catch {
      return; // not open any more
    }
  }
}

test("what a guest writes is in the file; positions, reading, appending", async () => {
  const { prefix, ...daemon } = await start();
  const client = await RpcClient.connect(join(prefix, "run/libvirt/virtlogd-sock"));
  expect(daemon).toBeDefined();
  const path = join(prefix, "vm.log");
  const { pos, fd } = await open(client, path);
  expect(pos).toEqual({ inode: statSync(path, { bigint: true }).ino, offset: 0n });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  writeSync(fd, "hello\nhello\n");
  expect(await position(client, path)).toEqual({ ...pos, offset: 12n });
  const append = { driver: "qemu", dom, path, message: "tainted\n", flags: 0 };
  expect(await client.call(domainAppendLogFile, append)).toEqual({ ret: 0 });
  writeSync(fd, "more\n");
  const read = { path, pos: { ...pos, offset: 6n }, maxlen: 100n, flags: 0 };
  expect(await client.call(domainReadLogFile, read)).toEqual({ data: "hello\ntainted\nmore\n" });
  await expect(open(client, path)).rejects.toMatchObject({
    code: 38,
    domain: 63,
    int1: 16,
    message: `Cannot open log file: '${path}': Device or resource busy`,
  });
  native.close(fd);
  await untilClosed(client, path);
  await client.call(domainAppendLogFile, { ...append, message: "shutting down\n" });
  expect(readFileSync(path, "utf8")).toBe("hello\nhello\ntainted\nmore\nshutting down\n");
  const again = await open(client, path, 1);
  expect(again.pos.offset).toBe(0n);
  expect(readFileSync(path, "utf8")).toBe("");
});

test("replies are those of the C daemon, byte for byte", async () => {
  const daemon = await start();
  const recorded = vectors("log");
  mkdirSync("/tmp/ls", { recursive: true });
  rmSync("/tmp/ls/log.log", { force: true });
  const client = await daemon.connect();
  await replay(client, recorded, "log-026", "log-027");
  await replay(client, recorded, "log-024", "log-034");
  const { fd } = await open(client, "/tmp/ls/log.log");
  await replay(client, recorded, "log-022", "log-023");
  writeSync(fd, "01234\nhello\nhello\n");
  await replay(client, recorded, "log-032", "log-033");
  const { inode } = await position(client, "/tmp/ls/log.log");
  const request = recorded.get("log-028") ?? Buffer.alloc(0);
  request.writeBigUInt64BE(inode, 48);
  await replay(client, recorded, "log-028", "log-029");
  native.close(fd);
  rmSync("/tmp/ls/log.log", { force: true });
});

test("bytes that are no text: NUL reads as a blank, others as they are", async () => {
  const daemon = await start();
  const client = await daemon.connect();
  const path = join(daemon.prefix, "vm.log");
  const { pos, fd } = await open(client, path);
  writeSync(fd, Buffer.from([0x61, 0, 0xff, 0x62, 0]));
  const { data } = await client.call(domainReadLogFile, { path, pos, maxlen: 100n, flags: 0 });
  expect(data).toBe("a \udcffb ");
  expect(readFileSync(path)).toEqual(Buffer.from([0x61, 0, 0xff, 0x62, 0]));
  native.close(fd);
});

const line = (n: number) => `line ${String(n).padStart(9, "0")}\n`;

/** Lines of the newest file and its backups, oldest first. */
function keptLines(path: string): string[] {
  const names = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((index) => `${path}.${index}`).concat(path);
  return names
    .filter((name) => existsSync(name))
    .flatMap((name) => {
      const text = readFileSync(name, "utf8");
      expect(text === "" || text.endsWith("\n"), `${name} ends with a line`).toBe(true);
      return text.split("\n").slice(0, -1);
    });
}

/** Writes numbered lines as fast as the pipe takes them, in big pieces. */
async function writeLines(fd: number, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 1000) {
    const block = Buffer.from([...Array(Math.min(1000, to - at)).keys()].map((n) => line(at + n)).join(""));
    for (let done = 0; done < block.length; ) {
      done += writeSync(fd, block, done);
      await new Promise(setImmediate);
    }
  }
}

function expectRun(lines: string[], last: number): void {
  const first = Number(lines[0]?.slice(5));
  expect(lines).toEqual([...Array(last - first).keys()].map((n) => line(first + n).trimEnd()));
}

test("rolls over at line ends; the kept tail has no gap", async () => {
  const daemon = await start({ config: "max_size = 100000\nmax_backups = 3\n" });
  const client = await daemon.connect();
  const path = join(daemon.prefix, "vm.log");
  const { fd } = await open(client, path);
  await writeLines(fd, 0, 100_000);
  native.close(fd);
  await untilClosed(client, path);
  for (const name of [path, `${path}.0`, `${path}.1`, `${path}.2`])
    expect(statSync(name).size).toBeLessThanOrEqual(100_000);
  expect(existsSync(`${path}.3`)).toBe(false);
  expectRun(keptLines(path), 100_000);
});

test("SIGUSR1 while a guest writes: nothing lost, connections stay", async () => {
  const daemon = await start({ config: "max_size = 1000000\nmax_backups = 10\n" });
  const client = await daemon.connect();
  const path = join(daemon.prefix, "vm.log");
  const { fd } = await open(client, path);
  const writing = writeLines(fd, 0, 300_000);
  for (let i = 0; i < 5; i++) {
    await daemon.handOver();
    expect(await position(client, path)).toMatchObject({ inode: expect.any(BigInt) });
  }
  await writing;
  await expect(open(client, path)).rejects.toMatchObject({ int1: 16 });
  native.close(fd);
  await untilClosed(client, path);
  expectRun(keptLines(path), 300_000);
  expect(readFileSync(daemon.pidFile, "utf8")).toBe(`${daemon.pid}\n`);
  expect(existsSync(join(daemon.prefix, "run/virtlogd-restart-exec.json"))).toBe(false);
  await daemon.stop();
  expect(existsSync(daemon.pidFile)).toBe(false);
  expect(await client.closed).toBeDefined();
});

test("a stale state file of another process is not used", async () => {
  const first = await start();
  await first.stop();
  const state = join(first.prefix, "run/virtlogd-restart-exec.json");
  writeFileSync(state, '{"magic":"1","clients":[]}');
  const second = await start({ prefix: first.prefix });
  expect(existsSync(state)).toBe(false);
  expect(second.output).toContain("stale state of another process");
});

test("an open log keeps an idle daemon alive", async () => {
  const daemon = await start({ args: ["-t", "1"] });
  const client = await daemon.connect();
  const { fd } = await open(client, join(daemon.prefix, "vm.log"));
  client.close();
  setTimeout(() => native.close(fd), 1500);
  const before = performance.now();
  expect(await daemon.ended()).toBe(0);
  expect(performance.now() - before).toBeGreaterThan(2400);
});

test.skipIf(process.getuid?.() !== 0)(
  "a full disk: the guest goes on, a marker tells what was dropped",
  async () => {
    const daemon = await start({
      wrap: (command, prefix) => {
        mkdirSync(join(prefix, "small"));
        const mount = `mount -t tmpfs -o size=2M none ${prefix}/small; exec "$@"`;
        return ["unshare", "-m", "/bin/sh", "-c", mount, "sh", ...command];
      },
    });
    const inside = join("/proc", String(daemon.pid), "root", daemon.prefix, "small");
    writeFileSync(join(inside, "filler"), Buffer.alloc(1_900_000));
    const client = await daemon.connect();
    const { fd } = await open(client, join(daemon.prefix, "small/vm.log"));
    const count = 200_000;
    await writeLines(fd, 0, count); // 3 MB: more than disk and pipe hold
    const before = cpuTicks(daemon.pid);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(cpuTicks(daemon.pid) - before).toBeLessThan(10); // of 100: it does not spin
    rmSync(join(inside, "filler"));
    await untilSays(daemon, "log can be written again");
    native.close(fd);
    await untilClosed(client, join(daemon.prefix, "small/vm.log"));
    expect(daemon.output.match(/log cannot be written/g)).toHaveLength(1);
    const text = readFileSync(join(inside, "vm.log"), "utf8");
    const marker = /\n[0-9 :.+-]+: virtlogd: ([0-9]+) bytes of output dropped\n/.exec(text);
    expect(text.length - (marker?.[0].length ?? 0) + Number(marker?.[1])).toBe(count * line(0).length);
    expect(text.endsWith(line(count - 1))).toBe(true);
  },
);

test("a full disk at the end of a guest: the log is given up, not kept open", async () => {
  const daemon = await start();
  const client = await daemon.connect();
  const { fd } = await open(client, "/dev/full");
  await writeLines(fd, 0, 200_000);
  native.close(fd);
  await untilClosed(client, "/dev/full");
  await untilSays(daemon, "end of a guest's output is lost");
});

test("500 idle logs take little memory and wake nobody", async () => {
  const daemon = await start({ config: "max_clients = 2000\n" });
  const client = await daemon.connect();
  const warm = await open(client, join(daemon.prefix, "warm.log"));
  const before = status(daemon.pid, "VmRSS");
  const fds: number[] = [];
  for (let index = 0; index < 500; index++)
    fds.push((await open(client, join(daemon.prefix, `vm${index}.log`))).fd);
  expect(status(daemon.pid, "VmRSS") - before).toBeLessThan(10_000);
  // Some seconds after the last work V8 gives memory back; then there is nothing left to do.
  let noisy = 0;
  while (await wakesWithin(daemon.pid, 3000)) expect(++noisy).toBeLessThan(5);
  for (const fd of [warm.fd, ...fds]) native.close(fd);
  client.close();
});

/** Whether a process that nobody asks anything does anything. */
async function wakesWithin(pid: number, ms: number): Promise<boolean> {
  const before = status(pid, "voluntary_ctxt_switches");
  await new Promise((resolve) => setTimeout(resolve, ms));
  return status(pid, "voluntary_ctxt_switches") !== before;
}

/** A number of /proc/PID/status, sizes in KiB. */
function status(pid: number, name: string): number {
  const text = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(text)?.[1]);
}

/** CPU time used, in hundredths of a second. */
function cpuTicks(pid: number): number {
  const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, "utf8")
    .split(" ")
    .slice(13, 15)
    .map(Number);
  return user + system;
}

/** Resolves when the daemon has written `text` to stderr. */
async function untilSays(daemon: TestDaemon, text: string): Promise<void> {
  while (!daemon.output.includes(text)) {
    await new Promise((resolve) => daemon.process.stderr?.once("data", resolve));
  }
}
