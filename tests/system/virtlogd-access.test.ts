import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { native, READABLE } from "@libvirt-ts/native";
import { afterEach, expect, test } from "vitest";
import { newPrefix, TestDaemon } from "./support/daemon.ts";
import { openLog, settled } from "./support/logs.ts";

const tool = fileURLToPath(new URL("../../tools/virt-log/dist/virt-log.mjs", import.meta.url));
const isRoot = process.geteuid?.() === 0;

let daemon: TestDaemon;
let prefix: string;
afterEach(() => daemon.stop("SIGKILL"));

/** A group of this machine that "nobody" is not in. */
const group = () =>
  readFileSync("/etc/group", "utf8")
    .split("\n")
    .find((row) => row.startsWith("games:"))
    ?.split(":") ?? [];

test.skipIf(!isRoot)(
  "members of log_readers read logs and nothing else; others do not even come in",
  async () => {
    const [name = "", , gid = ""] = group();
    prefix = newPrefix();
    chmodSync(prefix, 0o755);
    daemon = await TestDaemon.start("virtlogd", { prefix, config: `log_readers = "${name}"\n` });
    const socket = join(prefix, "run/libvirt/virtlogd-sock-read");
    expect([statSync(socket).mode & 0o777, statSync(socket).gid]).toEqual([0o660, Number(gid)]);
    const path = join(prefix, "var/log/libvirt/qemu/vm1.log");
    mkdirSync(join(path, ".."), { recursive: true });
    const fd = await openLog(daemon, path);
    writeSync(fd, "hello\n");
    await settled(daemon, path);
    const as = (groups: string[], ...args: string[]) => {
      const drop = [
        "--reuid",
        "65534",
        "--regid",
        "65534",
        ...(groups.length ? ["--groups", groups.join()] : ["--clear-groups"]),
      ];
      const { status, stdout, stderr } = spawnSync(
        "setpriv",
        [...drop, process.execPath, tool, "--socket", socket, ...args],
        {
          encoding: "utf8",
        },
      );
      return { status, stdout, stderr };
    };
    expect(as([gid], "show", "vm1")).toMatchObject({ status: 0, stdout: "hello\n" });
    expect(as([gid], "show", "/etc/shadow")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("'/etc/shadow' is no log"),
    });
    expect(as([gid], "show", join(prefix, "var/log/libvirt/qemu/../../../../etc/x.log"))).toMatchObject({
      status: 2,
    });
    expect(as([], "show", "vm1")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("Permission denied"),
    });
    closeSync(fd);
  },
);

test("without log_readers there is no such socket; a group that is none ends the start", async () => {
  prefix = newPrefix();
  daemon = await TestDaemon.start("virtlogd", { prefix });
  expect(existsSync(join(prefix, "run/libvirt/virtlogd-sock-read"))).toBe(false);
  await daemon.stop();
  daemon = TestDaemon.spawn("virtlogd", { prefix, config: 'log_readers = "no-such-group"\n' });
  expect(await daemon.ended()).not.toBe(0);
  expect(daemon.output).toContain("no group 'no-such-group'");
});

test("lines go to a socket; one that nobody reads holds up no guest, and what it missed is counted", async () => {
  prefix = newPrefix();
  const sink = join(prefix, "sink");
  const server = createServer().listen(sink);
  await once(server, "listening");
  daemon = await TestDaemon.start("virtlogd", { prefix, config: `ship_to = ["unix:${sink}"]\n` });
  const path = join(prefix, "vm.log");
  const fd = await openLog(daemon, path);
  const connecting = once(server, "connection") as Promise<[Socket]>;
  writeSync(fd, "one\ntwo\n");
  const [socket] = await connecting;
  let received = "";
  while (received.split("\n").length < 3)
    received += ((await once(socket, "data")) as [Buffer])[0].toString();
  expect(
    received
      .trimEnd()
      .split("\n")
      .map((text) => JSON.parse(text)),
  ).toMatchObject([
    { domain: "vm1", path, text: "one" },
    { domain: "vm1", path, text: "two" },
  ]);
  socket.pause();
  const block = Buffer.from(`${"x".repeat(79)}\n`.repeat(800));
  for (let count = 0; count < 200; count++) {
    writeSync(fd, block); // 13 MB: a guest that waited would wait for ever
    await settled(daemon, path);
  }
  while (!daemon.output.includes("lines are not shipped"))
    await once(daemon.process.stderr ?? process.stdin, "data");
  socket.resume();
  while (!daemon.output.includes("lines are shipped again"))
    await once(daemon.process.stderr ?? process.stdin, "data");
  expect(daemon.output).toMatch(/"?lines"?[:=] ?[1-9][0-9]+/);
  closeSync(fd);
  socket.destroy();
  server.close();
});

test("lines go to a TCP listener, over its restarts; when it is away for too long a line says how many are missing", async () => {
  prefix = newPrefix();
  let server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  daemon = await TestDaemon.start("virtlogd", { prefix, config: `ship_to = ["tcp:127.0.0.1:${port}"]\n` });
  const path = join(prefix, "vm.log");
  const fd = await openLog(daemon, path);
  const say = async (from: number, to: number) => {
    for (let at = from; at < to; at += 1000) {
      const texts = Array.from({ length: Math.min(1000, to - at) }, (_, index) => `line ${at + index}\n`);
      writeSync(fd, texts.join(""));
      await settled(daemon, path);
    }
  };
  /** Reads until the line with this text. */
  const heard = async (socket: Socket, last: string) => {
    let text = "";
    while (!text.includes(`"${last}"}\n`)) text += ((await once(socket, "data")) as [Buffer])[0].toString();
    return text
      .trimEnd()
      .split("\n")
      .map((row) => JSON.parse(row) as { text?: string; missing?: number });
  };
  const first = once(server, "connection") as Promise<[Socket]>;
  await say(0, 10);
  const [before] = await first;
  expect((await heard(before, "line 9")).map(({ text }) => text)).toEqual(
    Array.from({ length: 10 }, (_, index) => `line ${index}`),
  );
  before.destroy();
  server.close();
  await once(server, "close");
  await say(10, 20); // the first of them may go to the connection that is over
  const count = 60_000; // far more than waits for a sink
  await say(20, count);
  while (!daemon.output.includes("lines are not shipped"))
    await once(daemon.process.stderr ?? process.stdin, "data");
  server = createServer().listen(port, "127.0.0.1");
  const again = once(server, "connection") as Promise<[Socket]>;
  const [after] = await again;
  const all = heard(after, "the end");
  while (!daemon.output.includes("lines are shipped again"))
    await once(daemon.process.stderr ?? process.stdin, "data");
  writeSync(fd, "the end\n");
  const rows = await all;
  const numbers = rows.flatMap(({ text }) => (text?.startsWith("line") ? [Number(text.slice(5))] : []));
  const missing = rows.reduce((sum, row) => sum + (row.missing ?? 0), 0);
  expect(numbers[0]).toBeLessThanOrEqual(20);
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index)); // what waited is what came first
  expect(rows.findIndex((row) => row.missing !== undefined)).toBe(numbers.length);
  expect(missing).toBe(count - (numbers[0] ?? 0) - numbers.length);
  closeSync(fd);
  after.destroy();
  server.close();
});

test("the journal gets a message a line, with whose it is", async () => {
  prefix = newPrefix();
  const path = join(prefix, "run/systemd/journal/socket");
  mkdirSync(join(path, ".."), { recursive: true });
  const journal = native.socketUnix("dgram");
  native.bind(journal, path);
  const poll = new native.Poll(journal);
  daemon = await TestDaemon.start("virtlogd", { prefix, config: 'ship_to = ["journald"]\n' });
  const logPath = join(prefix, "vm.log");
  const fd = await openLog(daemon, logPath);
  const buffer = Buffer.alloc(4096);
  const messages: string[] = [];
  const three = new Promise<void>((resolve) =>
    poll.start(READABLE, () => {
      for (let length = 1; length > 0; ) {
        length = native.recv(journal, buffer, 0, buffer.length);
        if (length > 0) messages.push(buffer.toString("utf8", 0, length));
      }
      if (messages.length >= 3) resolve();
    }),
  );
  writeSync(fd, "one\ntwo\nthree\n");
  await three;
  expect(messages.map((message) => message.split("\n")[0])).toEqual([
    "MESSAGE=one",
    "MESSAGE=two",
    "MESSAGE=three",
  ]);
  expect(messages[0]).toContain(
    `\nDOMAIN_NAME=vm1\nDOMAIN_UUID=07070707-0707-0707-0707-070707070707\nDOMAIN_LOG=${logPath}\n`,
  );
  poll.close();
  native.close(journal);
  closeSync(fd);
});

test("a place that is none is refused at the start", async () => {
  prefix = newPrefix();
  writeFileSync(join(prefix, "unused"), "");
  daemon = TestDaemon.spawn("virtlogd", { prefix, config: 'ship_to = ["nowhere"]\n' });
  expect(await daemon.ended()).not.toBe(0);
  expect(daemon.output).toContain("'nowhere' is no place for lines");
});
