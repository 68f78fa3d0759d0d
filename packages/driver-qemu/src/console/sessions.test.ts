import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerStream, StreamEnd } from "@libvirt-ts/rpc/server";
import { deferred } from "@libvirt-ts/util/deferred";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConsoleSessions } from "./sessions.ts";

/** A client's stream: what it got, and what it says. */
function fakeStream() {
  const closed = deferred<StreamEnd>();
  const ended = deferred();
  const got: Buffer[] = [];
  const input: Uint8Array[] = [];
  let more = deferred();
  let isClosed = false;
  async function* incoming() {
    while (!isClosed) {
      for (let chunk = input.shift(); chunk; chunk = input.shift()) yield chunk;
      await more.promise;
    }
  }
  let arrived = deferred();
  const stream = {
    incoming: incoming(),
    closed: closed.promise,
    async write(chunk: Uint8Array) {
      got.push(Buffer.from(chunk));
      arrived.resolve();
    },
    async end() {
      ended.resolve();
    },
  } as unknown as ServerStream; // what carrying looks at
  return {
    stream,
    ended: ended.promise,
    say(text: string) {
      input.push(Buffer.from(text));
      more.resolve();
      more = deferred();
    },
    leave() {
      isClosed = true;
      more.resolve();
      closed.resolve("abort");
    },
    async received(length: number) {
      while (Buffer.concat(got).length < length) {
        arrived = deferred();
        await arrived.promise;
      }
      return Buffer.concat(got).toString();
    },
  };
}

let folder: string;
let path: string;
let server: Server;
let guest: ReturnType<typeof deferred<Socket>>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "console-"));
  path = join(folder, "sock");
  guest = deferred<Socket>();
  server = createServer((socket) => guest.resolve(socket));
  await new Promise<void>((resolve) => server.listen(path, resolve));
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const options = {
  type: "unix",
  force: false,
  busy: "Active console session exists for this domain",
} as const;

test("bytes both ways, until the client leaves", async () => {
  const sessions = new ConsoleSessions();
  const serve = await sessions.connect(path, options);
  const client = fakeStream();
  const served = serve(client.stream);
  const socket = await guest.promise;
  const echoed = new Promise<string>((resolve) => socket.once("data", (chunk) => resolve(chunk.toString())));
  client.say("hello");
  expect(await echoed).toBe("hello");
  const long = "x".repeat(300_000);
  socket.write(long);
  expect((await client.received(long.length)).length).toBe(long.length);
  client.leave();
  await served;
  expect(sessions.size).toBe(0);
});

test("one client at a time, unless it is forced out", async () => {
  const sessions = new ConsoleSessions();
  const first = fakeStream();
  const served = (await sessions.connect(path, options))(first.stream);
  await expect(sessions.connect(path, options)).rejects.toThrow(
    "operation failed: Active console session exists for this domain",
  );
  const second = fakeStream();
  const other = (await sessions.connect(path, { ...options, force: true }))(second.stream);
  await first.ended;
  first.leave();
  await served;
  expect(sessions.size).toBe(1);
  second.leave();
  await other;
  expect(sessions.size).toBe(0);
});

test("the guest's end is the end of the file", async () => {
  const sessions = new ConsoleSessions();
  const client = fakeStream();
  const served = (await sessions.connect(path, options))(client.stream);
  (await guest.promise).end("bye");
  expect(await client.received(3)).toBe("bye");
  await client.ended;
  client.leave();
  await served;
});

test("a device that is not there leaves nothing behind", async () => {
  const sessions = new ConsoleSessions();
  await expect(sessions.connect(join(folder, "none"), options)).rejects.toThrow("No such file or directory");
  await expect(sessions.connect(join(folder, "none"), { ...options, type: "pty" })).rejects.toThrow(
    "Unable to open stream for",
  );
  expect(sessions.size).toBe(0);
});
