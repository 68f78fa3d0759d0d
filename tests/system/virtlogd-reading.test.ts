import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, readdirSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep, setImmediate as tick } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LogReader, linesOf } from "@libvirt-ts/log-manager/reading";
import { log } from "@libvirt-ts/protocol";
import { afterEach, expect, test } from "vitest";
import { newPrefix, run, TestDaemon } from "./support/daemon.ts";
import { openLog, settled } from "./support/logs.ts";

/** MiB of the long log. */
const longMiB = Number(process.env.LOG_INDEX_MIB ?? 32);
const tool = fileURLToPath(new URL("../../tools/virt-log/dist/virt-log.mjs", import.meta.url));

let daemon: TestDaemon;
let prefix = "";
const started: { kill(signal: NodeJS.Signals): unknown }[] = [];

async function start(config = ""): Promise<void> {
  prefix ||= newPrefix();
  daemon = await TestDaemon.start("virtlogd", { prefix, config });
}

afterEach(async () => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  await daemon.stop("SIGKILL");
  prefix = "";
});

/** The last writer has closed, and everything is in the file. */
async function ended(path: string): Promise<void> {
  while ((await new LogReader(daemon.adminSocket).list()).some((info) => info.path === path && info.isOpen))
    await tick();
}

const virtLog = (...args: string[]) => run(process.execPath, [tool, "--socket", daemon.adminSocket, ...args]);

/** A command that goes on; `lines` resolves when it has printed so many. */
function spawnLog(...args: string[]) {
  const child = spawn(process.execPath, [tool, "--socket", daemon.adminSocket, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const ended = once(child, "close");
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk));
  return {
    child,
    async until(count: number): Promise<string[]> {
      while (output.split("\n").length <= count) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`virt-log ended with ${child.exitCode ?? child.signalCode}: ${output}`);
        await Promise.race([once(child.stdout, "data"), ended]);
      }
      return output.split("\n").slice(0, -1);
    },
  };
}

const line = (n: number) => `line ${String(n).padStart(9, "0")}\n`;
const block = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => line(from + index)).join("");

/** As fast as the pipe takes it, without stopping this process. */
async function write(fd: number, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 32_768) {
    writeSync(fd, bytes.subarray(at, at + 32_768));
    await tick();
  }
}

test.each(["none", "gzip"])(
  "follow over rotations, SIGKILL, SIGUSR1 and restarts of the guest: every line once, in order; backups: %s",
  async (packing) => {
    const config = `max_size = 262144\nmax_backups = 32\ncompress_backups = "${packing}"\n`;
    await start(config);
    const path = join(prefix, "vm.log");
    let fd = await openLog(daemon, path);
    await write(fd, block(0, 10));
    await settled(daemon, path);
    const follower = spawnLog("follow", path);
    await follower.until(10);
    let next = 10;
    for (const act of ["kill", "none", "exec", "guest", "kill", "exec", "kill"] as const) {
      const writing = write(fd, block(next, next + 50_000));
      next += 50_000;
      if (act === "kill") {
        await sleep(5);
        await daemon.stop("SIGKILL");
        await start(config);
      }
      if (act === "exec") await daemon.handOver();
      await writing;
      if (act === "guest") {
        closeSync(fd);
        await ended(path);
        fd = await openLog(daemon, path);
      }
      await follower.until(next);
    }
    const seen = await follower.until(next);
    for (const [index, text] of seen.entries())
      if (`${text}\n` !== line(index)) expect.fail(`${text} at ${index}`);
    expect(seen.length).toBe(next);
    closeSync(fd);
  },
);

test("killed again and again while backups are compressed: everything is read, once, from any start of the guest", async () => {
  const config = 'max_size = 700000\nmax_backups = 32\ncompress_backups = "gzip"\n';
  await start(config);
  const path = join(prefix, "vm.log");
  const perStart = 100_000; // 1.5 MB, two files and a bit
  for (let session = 0; session < 6; session++) {
    const fd = await openLog(daemon, path);
    await write(fd, block(session * perStart, (session + 1) * perStart));
    await settled(daemon, path);
    await daemon.stop("SIGKILL"); // somewhere within a backup
    await start(config);
    closeSync(fd);
    await ended(path);
    await sleep(60);
  }
  const compressed = async () => readdirSync(prefix).filter((name) => /^vm\.log\.\d+\.gz$/.test(name)).length;
  const plain = () => readdirSync(prefix).filter((name) => /^vm\.log\.\d+$/.test(name)).length;
  const last = await openLog(daemon, path); // whoever opens it has what is left compressed
  while (plain() > 0) await sleep(20);
  expect(await compressed()).toBeGreaterThan(10);

  const all = block(0, 6 * perStart);
  expect((await virtLog("show", path)).stdout === all).toBe(true);
  for (const session of [1, 3, 5]) {
    const { stdout } = await virtLog("show", path, "--boot", String(session - 6));
    expect(stdout === block(session * perStart, (session + 1) * perStart), `start ${session}`).toBe(true);
  }
  expect((await virtLog("grep", path, "000123456$")).stdout).toBe(line(123_456));
  expect((await virtLog("replay", path, "--speed", "1000000", "--tail", "150")).stdout).toBe(
    block(6 * perStart - 10, 6 * perStart),
  );
  const client = await daemon.connect();
  const { files } = await new LogReader(daemon.adminSocket).stat(path);
  const pos = { inode: files[2]?.inode ?? 0n, offset: 300_000n };
  const skipped = Number((files[0]?.size ?? 0n) + (files[1]?.size ?? 0n)) + 300_000;
  const read = { path, pos, maxlen: 4_000_000n, flags: 0 };
  const { data } = await client.call(log.procs.domainReadLogFile, read);
  expect(data === all.slice(skipped, skipped + 4_000_000)).toBe(true);
  client.close();
  closeSync(last);
});

test("a slow reader holds up neither guest nor others", async () => {
  await start("max_size = 1048576\nmax_backups = 2\n");
  const path = join(prefix, "vm.log");
  const fd = await openLog(daemon, path);
  await write(fd, block(0, 10));
  await settled(daemon, path);
  const slow = spawnLog("follow", path);
  await slow.until(10);
  slow.child.kill("SIGSTOP");
  const reader = new LogReader(daemon.adminSocket);
  const fast = new AbortController();
  let count = 0;
  const following = (async () => {
    const lines = linesOf(reader.read(path, { follow: true, signal: fast.signal }));
    for await (const { kind, text } of lines)
      if (kind === "line" && text === "the end") return;
      else count += 1;
  })();
  await write(fd, block(10, 800_000)); // 12 MB: far more than is kept
  await write(fd, "the end\n");
  await following;
  expect(count).toBeGreaterThan(100_000);
  slow.child.kill("SIGCONT");
  closeSync(fd);
});

test(`--since, --until and --boot in a log of ${longMiB} MiB that rolls over`, {
  timeout: 600_000,
}, async () => {
  await start("max_size = 2097152\nmax_backups = 32\n");
  const path = join(prefix, "vm.log");
  const starts: { first: number; at: number }[] = [];
  const perStart = 500_000; // 7.5 MB, of which the last three are surely kept
  let next = 0;
  for (let session = 0; session < 6; session++) {
    const fd = await openLog(daemon, path);
    starts.push({ first: next, at: Date.now() });
    const lines = session > 0 ? perStart : Math.floor((longMiB * 1024 * 1024) / line(0).length);
    for (const end = next + lines; next < end; next += 50_000) await write(fd, block(next, next + 50_000));
    closeSync(fd);
    await ended(path);
    await sleep(120);
  }
  const first = async (...range: string[]) => {
    const showing = spawnLog("show", path, ...range);
    const [text] = await showing.until(1);
    showing.child.kill("SIGKILL");
    return `${text}\n`;
  };
  const lastTwo = starts.slice(-2);
  for (const [index, { first: number, at }] of lastTwo.entries()) {
    const boot = String(index - 1);
    expect(await first("--boot", boot)).toBe(line(number));
    // times are told to 50 ms, starts lie 120 ms apart
    expect(await first("--since", new Date(at - 50).toISOString())).toBe(line(number));
    const { stdout } = await virtLog("show", path, "--boot", boot, "--tail", String(line(0).length));
    expect(stdout).toBe(line(number + perStart - 1));
  }
  const until = await virtLog(
    "show",
    path,
    "--until",
    new Date((lastTwo[1]?.at ?? 0) - 50).toISOString(),
    "--tail",
    "15",
  );
  expect(until.stdout).toBe(line((lastTwo[1]?.first ?? 0) - 1));
  const rebuilt = await virtLog("--json", "info", path);
  expect(JSON.parse(rebuilt.stdout).starts.length).toBeGreaterThan(1);
});

test("virt-log: list, grep, wait, panics, replay and JSON", async () => {
  await start();
  const path = join(prefix, "serial.log");
  const fd = await openLog(daemon, path);
  writeSync(fd, "booting\nBUG: unable to handle page fault\nCall Trace:\n---[ end trace 0 ]---\nvm1 login: ");
  await settled(daemon, path);
  expect(JSON.parse((await virtLog("--json", "list", "vm1")).stdout)).toMatchObject([
    { path, domain: "vm1", open: true, size: 86 },
  ]);
  expect(await virtLog("grep", "vm1", "B[U]G")).toMatchObject({
    code: 0,
    stdout: "BUG: unable to handle page fault\n",
  });
  expect(await virtLog("grep", "vm1", "nowhere")).toMatchObject({ code: 1, stdout: "" });
  expect(await virtLog("grep", "vm9", "x")).toMatchObject({
    code: 2,
    stderr: "virt-log: there is no log of a guest 'vm9'\n",
  });
  expect(await virtLog("wait", "vm1", "--match", "login: $")).toMatchObject({
    code: 0,
    stdout: "vm1 login: \n",
  });
  expect(await virtLog("wait", "vm1", "--match", "never", "--timeout", "0.3")).toMatchObject({ code: 1 });
  const waiting = spawnLog("wait", "vm1", "--match", "^welcome");
  await sleep(300);
  writeSync(fd, "root\nwelcome\n");
  expect((await once(waiting.child, "close"))[0]).toBe(0);
  const panic = await virtLog("--json", "panics", "vm1");
  expect(JSON.parse(panic.stdout)).toMatchObject({
    kind: "linux-oops",
    title: "BUG: unable to handle page fault",
    lines: { length: 3 },
  });
  expect((await virtLog("replay", "vm1", "--speed", "1000")).stdout).toMatch(/^booting\n(?:.*\n)*welcome\n$/);
  expect((await virtLog("show", "-t", "vm1", "--boot", "0")).stdout).toMatch(
    /^\[\d{4}-.*Z\] -- the guest starts --\n\[.*\] booting\n/,
  );
  expect(await virtLog("show", "vm1", "--since", "soon")).toMatchObject({ code: 2 });
  closeSync(fd);
  rmSync(prefix, { recursive: true, force: true });
});
