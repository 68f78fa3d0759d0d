import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { connect } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { native, READABLE, WRITABLE } from "./index.ts";
import { must, openFds, pair, ready } from "./testing.ts";

const { EAGAIN, EINVAL, ENAMETOOLONG, EBADF, ENOENT, ENOTSOCK, ECONNREFUSED } = constants.errno;
const bytes = (text: string) => new TextEncoder().encode(text);

const dir = mkdtempSync(join(tmpdir(), "native-"));
afterAll(() => rmSync(dir, { recursive: true }));

beforeEach(() => {
  const before = openFds();
  onTestFinished(() => expect(openFds()).toBe(before));
});

test.each([join(dir, "sock"), `@native-test-${process.pid}`])(
  "listen, connect, accept on %s",
  async (path) => {
    const listener = must(native.socketUnix("stream"));
    const client = must(native.socketUnix("stream"));
    expect(native.connectUnix(client, path)).toBe(path.startsWith("@") ? -ECONNREFUSED : -ENOENT);
    must(native.bind(listener, path));
    must(native.listen(listener, 5));
    expect(native.getSockName(listener)).toEqual({ family: "unix", type: "stream", listening: true, path });
    must(native.setNonBlocking(listener));
    expect(native.accept4(listener)).toBe(-EAGAIN);

    const accepted = new Promise<number>((resolve) => {
      const poll = new native.Poll(listener);
      poll.start(READABLE, () => {
        poll.close();
        resolve(native.accept4(listener));
      });
    });
    must(native.connectUnix(client, path));
    const server = must(await accepted);
    expect(native.peerCred(server)).toEqual({
      pid: process.pid,
      uid: process.getuid?.(),
      gid: process.getgid?.(),
    });
    expect(native.getSockName(client)).toEqual({
      family: "unix",
      type: "stream",
      listening: false,
      path: "",
    });
    for (const fd of [listener, client, server]) must(native.close(fd));
  },
);

test.each([
  ["inet", "127.0.0.1"],
  ["inet6", "::1"],
] as const)(
  "a %s listener: what is set holds for accepted sockets; names of both ends",
  async (family, ip) => {
    const listener = must(native.socketInet(family));
    must(native.setSocketOption(listener, "reuseAddress"));
    must(native.setSocketOption(listener, "noDelay"));
    if (family === "inet6") must(native.setSocketOption(listener, "v6Only"));
    expect(native.bindInet(listener, "localhost", 0)).toBe(-EINVAL);
    must(native.bindInet(listener, ip, 0));
    must(native.listen(listener, 5));
    const name = native.getSockName(listener);
    if (typeof name === "number") throw new Error("no name");
    const client = connect(name.port ?? 0, ip);
    await once(client, "connect");
    const server = must(native.accept4(listener));
    expect(native.getPeerName(server)).toEqual({ family, address: ip, port: client.localPort });
    client.destroy();
    for (const fd of [server, listener]) must(native.close(fd));
  },
);

test("several parts leave in one message, in order; a slice of the buffer is filled", () => {
  const [a, b] = pair("stream");
  expect(native.send(a, [bytes("he"), bytes(""), bytes("llo")])).toBe(5);
  const buf = new Uint8Array(9).fill(46);
  expect(native.recv(b, buf, 2, 4)).toBe(4);
  expect(Buffer.from(buf).toString()).toBe("..hell...");
  expect(native.recv(b, buf, 0, 9)).toBe(1);
  expect(native.recv(b, buf, 0, 9)).toBe(-EAGAIN);
  native.close(a);
  expect(native.recv(b, buf, 0, 9)).toBe(0);
  native.close(b);
});

test("descriptors go along, one byte each, and a reader of one byte gets exactly one", () => {
  const [a, b] = pair("stream");
  const files = [0, 1, 2].map(() => openSync("/dev/null", "r+"));
  native.send(a, [bytes("packet")]);
  for (const fd of files) expect(native.send(a, [Uint8Array.of(0)], [fd])).toBe(1);

  const buf = new Uint8Array(16);
  const fds: number[] = [];
  expect(native.recv(b, buf, 0, 6, fds)).toBe(6);
  for (let n = 1; n <= 3; n++) {
    expect(native.recv(b, buf, 0, 1, fds)).toBe(1);
    expect(fds).toHaveLength(n);
  }
  for (const fd of fds) expect(writeSync(fd, "x")).toBe(1);
  for (const fd of [...fds, ...files, a, b]) closeSync(fd);
});

test.each([1, 253])("%i descriptors in one message", (count) => {
  const [a, b] = pair("stream");
  expect(native.send(a, [bytes("x")], Array(count).fill(a))).toBe(1);
  const fds: number[] = [];
  expect(native.recv(b, new Uint8Array(1), 0, 1, fds)).toBe(1);
  expect(fds).toHaveLength(count);
  for (const fd of [...fds, a, b]) closeSync(fd);
});

test("a reader that asks for no descriptors gets none", () => {
  const [a, b] = pair("stream");
  native.send(a, [bytes("x")], [a]);
  expect(native.recv(b, new Uint8Array(1), 0, 1)).toBe(1);
  for (const fd of [a, b]) closeSync(fd);
});

test("datagrams with descriptors, to paths and abstract names", () => {
  const [r, w] = pair("stream");
  for (const path of [join(dir, "notify"), `@notify-${process.pid}`]) {
    const inbox = must(native.socketUnix("dgram"));
    expect(native.sendDatagram(path, bytes("READY=1"))).toBeLessThan(0);
    must(native.bind(inbox, path));
    expect(native.sendDatagram(path, bytes("FDSTORE=1"), [w])).toBe(9);
    const fds: number[] = [];
    const buf = Buffer.alloc(64);
    expect(native.recv(inbox, buf, 0, 64, fds)).toBe(9);
    expect(buf.toString("latin1", 0, 9)).toBe("FDSTORE=1");
    native.send(fds[0] ?? -1, [bytes("!")]);
    expect(readSync(r, buf)).toBe(1);
    for (const fd of [...fds, inbox]) closeSync(fd);
  }
  for (const fd of [r, w]) closeSync(fd);
});

test.each<[string, () => number | object, number]>([
  ["recv beyond the buffer", () => native.recv(0, new Uint8Array(4), 2, 3), -EINVAL],
  ["recv of nothing", () => native.recv(0, new Uint8Array(4), 0, 0), -EINVAL],
  ["recv on a bad descriptor", () => native.recv(-1, new Uint8Array(4), 0, 4), -EBADF],
  ["send of nothing", () => native.send(0, []), -EINVAL],
  ["too many descriptors", () => native.send(0, [bytes("x")], Array(254).fill(0)), -EINVAL],
  ["long path", () => native.bind(0, "x".repeat(108)), -ENAMETOOLONG],
  ["no socket", () => native.peerCred(dirFd()), -ENOTSOCK],
  ["close twice", () => native.close(9999), -EBADF],
])("errno: %s", (_what, call, errno) => expect(call()).toBe(errno));

test.each<[string, () => unknown]>([
  ["fd", () => native.close("1" as unknown as number)],
  ["fraction", () => native.close(1.5)],
  ["too large", () => native.close(2 ** 32)],
  ["word", () => native.socketUnix("tcp" as "stream")],
  ["bytes", () => native.recv(0, new Uint16Array(4) as unknown as Uint8Array, 0, 1)],
  ["NUL", () => native.bind(0, "a\0b")],
  ["parts", () => native.send(0, "x" as unknown as Uint8Array[])],
  ["absent", () => (native.connectUnix as (fd: number) => number)(0)],
])("type mistakes throw: %s", (_what, call) => expect(call).toThrow(TypeError));

test("10,000 messages", async () => {
  const [a, b] = pair("stream");
  const message = new Uint8Array(100);
  let sent = 0;
  let received = 0;
  while (sent < 10_000 * 100) {
    const n = native.send(a, [message.subarray(0, 28), message.subarray(28)]);
    if (n > 0) sent += n;
    else {
      expect(n).toBe(-EAGAIN);
      received += drain(b);
      expect(await ready(a, WRITABLE)).toBe(WRITABLE);
    }
  }
  received += drain(b);
  expect(received).toBe(sent);
  for (const fd of [a, b]) closeSync(fd);
});

/** Reads all there is; how many bytes. */
function drain(fd: number): number {
  const buf = new Uint8Array(65_536);
  let total = 0;
  for (;;) {
    const got = native.recv(fd, buf, 0, buf.length);
    if (got <= 0) return total;
    total += got;
  }
}

function dirFd(): number {
  const fd = openSync("/", "r");
  onTestFinished(() => closeSync(fd));
  return fd;
}
