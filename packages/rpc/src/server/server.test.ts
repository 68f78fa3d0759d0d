import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { keepalive, lock, MessageType, qemu, remote } from "@libvirt-ts/protocol";
import { deferred } from "@libvirt-ts/util/deferred";
import { decode, encode } from "@libvirt-ts/xdr";
import { describe, expect, test } from "vitest";
import { errorText, FakePeer, message } from "../testing.ts";
import {
  type Client,
  encoded,
  eventFrame,
  type Handlers,
  type ListenOptions,
  Server,
  type ServerOptions,
} from "./index.ts";
import { connectionService } from "./session.ts";

const { procs } = remote;
const { CALL, CALL_WITH_FDS, MESSAGE, REPLY, REPLY_WITH_FDS, STREAM, STREAM_HOLE } = MessageType;
const hostname = procs.connectGetHostname.number;

type RemoteHandlers = Partial<Handlers<typeof procs>>;

interface Setup extends Partial<ServerOptions>, ListenOptions {
  handlers?: RemoteHandlers;
  open?: boolean;
}

function connect({ handlers = {}, open = true, readOnly = false, auth = "none", ...options }: Setup = {}) {
  const session = connectionService({
    type: "QEMU",
    scheme: "qemu",
    privileged: true,
    rootSession: true,
    features: [3, 9, 16],
    libVersion: 11_003_000,
  });
  const server = new Server({
    name: "test",
    log: silentLogger(),
    services: [
      {
        program: remote,
        errorDomain: ErrorDomain.REMOTE,
        gate: session.gate,
        handlers: { ...session.handlers, connectGetHostname: () => ({ hostname: "here" }), ...handlers },
      },
      { program: qemu, errorDomain: ErrorDomain.QEMU, handlers: {} },
    ],
    ...options,
  });
  const peer = new FakePeer();
  const client = server.serve(peer.open, { pid: 1, uid: 0, gid: 0 }, { readOnly, auth });
  if (open) {
    peer.send(message({ proc: 1 }, encode(procs.connectOpen.args, { name: "qemu:///system", flags: 0 })));
    peer.take();
  }
  return { server, peer, client };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("malformed or unexpected input is answered by an error (section 4 of the wire rules)", () => {
  test.each<[string, Parameters<typeof message>[0], Uint8Array | undefined, string]>([
    [
      "unknown program",
      { prog: 0x12345678, proc: 1 },
      undefined,
      "39/7 Cannot find program 305419896 version 1",
    ],
    [
      "program number above 2^31",
      { prog: 0x87539319, proc: 1 },
      undefined,
      `39/7 Cannot find program ${0x87539319 | 0} version 1`,
    ],
    ["other version", { vers: 2, proc: 1 }, undefined, "39/7 Cannot find program 536903814 version 2"],
    ["unknown procedure", { proc: 9999 }, undefined, "39/7 unknown procedure: 9999"],
    ["procedure 0", { proc: 0 }, undefined, "39/7 unknown procedure: 0"],
    ["negative procedure", { proc: -1 }, undefined, "39/7 unknown procedure: -1"],
    ["event as call", { proc: 107 }, undefined, "39/7 unknown procedure: 107"],
    ["status other than OK", { proc: hostname, status: 1 }, undefined, "39/7 Unexpected message status 1"],
    [
      "payload too short",
      { proc: 23 },
      Uint8Array.of(0, 0, 0, 9, 65),
      "39/7 Unable to decode message payload",
    ],
    [
      "bound exceeded",
      { proc: 23 },
      Uint8Array.of(255, 255, 255, 255),
      "39/7 Unable to decode message payload",
    ],
    [
      "PING as CALL",
      { prog: keepalive.number, proc: 1 },
      undefined,
      `39/7 Cannot find program ${keepalive.number} version 1`,
    ],
    [
      "opened twice",
      { proc: 1 },
      encode(procs.connectOpen.args, { name: "qemu:///system", flags: 0 }),
      "1/7 internal error: connection already open",
    ],
    [
      "no handler",
      { proc: procs.connectGetVersion.number },
      undefined,
      "3/20 this function is not supported by the connection driver: virConnectGetVersion",
    ],
    [
      "no handler, domain function",
      { proc: procs.connectNumOfDomains.number },
      undefined,
      "3/20 this function is not supported by the connection driver: virConnectNumOfDomains",
    ],
  ])("%s", (_, header, body, text) => {
    const { peer } = connect();
    const [reply] = peer.call({ ...header, serial: 77 }, body).take();
    expect(errorText(reply)).toBe(text);
    expect(reply).toMatchObject({
      prog: header.prog ?? remote.number,
      vers: header.vers ?? 1,
      proc: header.proc,
      serial: 77,
      type: REPLY,
    });
    expect(peer.call({ proc: hostname }).take()[0]?.status).toBe(0);
  });

  test.each<[string, Setup, string]>([
    ["before authentication", { auth: "sasl", open: false }, "39/7 authentication required"],
    ["before CONNECT_OPEN", { open: false }, "1/7 internal error: hypervisor connection not open"],
  ])("call %s", (_, setup, text) => {
    const { peer } = connect(setup);
    expect(errorText(peer.call({ proc: hostname }).take()[0])).toBe(text);
  });

  test("the error carries libvirt's template and numbers", () => {
    const { peer } = connect({
      handlers: {
        domainLookupByName({ name }) {
          throw new VirError(ErrorDomain.QEMU, ErrorCode.NO_DOMAIN, `no domain with matching name '${name}'`);
        },
      },
    });
    const [reply] = peer.call({ proc: 23, serial: 2 }, Uint8Array.of(0, 0, 0, 4, 110, 111, 112, 101)).take();
    // as recorded from libvirt 11.3: errors-098
    expect(errorText(reply)).toBe("42/10 Domain not found: no domain with matching name 'nope'");
    expect(reply?.body.length).toBe(200 - 28);
  });

  test("what is thrown and is no VirError is an internal error of the service's domain", () => {
    const { peer } = connect({
      handlers: {
        connectGetHostname() {
          throw new TypeError("oops");
        },
      },
    });
    expect(errorText(peer.call({ proc: hostname }).take()[0])).toBe("1/13 internal error: oops");
  });

  test("a result that cannot be encoded is an error too, and nothing else of it is sent", () => {
    const { peer } = connect({ handlers: { authList: () => ({ types: new Array(100).fill(0) }) } });
    const [reply, more] = peer.call({ proc: 66 }).take();
    expect(errorText(reply)).toMatch(/^39\/7 types: /);
    expect(more).toBeUndefined();
    expect(peer.partial).toBe(0);
  });
});

describe("silently dropped", () => {
  test.each([
    ["unknown program, MESSAGE", { prog: 5, proc: 1, type: MESSAGE }],
    ["unknown program, STREAM", { prog: 5, proc: 1, type: STREAM }],
    ["REPLY", { proc: hostname, type: REPLY }],
    ["MESSAGE", { proc: hostname, type: MESSAGE }],
    ["type 7", { proc: hostname, type: 7 }],
    ["STREAM without a stream", { proc: 211, type: STREAM, status: 2 }],
    ["STREAM_HOLE without a stream", { proc: 211, type: STREAM_HOLE, status: 2 }],
    ["keepalive of unknown kind", { prog: keepalive.number, proc: 9, type: MESSAGE }],
  ])("%s", (_, header) => {
    const { peer } = connect();
    const seen = peer.send(message({ ...header, serial: 1 }), message({ proc: hostname, serial: 2 })).take();
    expect(seen.map(({ serial }) => serial)).toEqual([2]);
  });
});

describe("closes the connection", () => {
  const fdsBody = (count: number) => Uint8Array.of(0, 0, 0, count, 0, 0, 0, 0);
  test.each<[string, Uint8Array[]]>([
    ["length 27", [Uint8Array.of(0, 0, 0, 27)]],
    ["length 33554437", [Uint8Array.of(2, 0, 0, 5)]],
    ["33 descriptors", [message({ proc: 1, type: CALL_WITH_FDS }, fdsBody(33))]],
    [
      "no descriptor behind it",
      [message({ proc: 1, type: CALL_WITH_FDS }, fdsBody(1)), message({ proc: hostname })],
    ],
  ])("%s", (_, pieces) => {
    const { peer, server } = connect();
    peer.send(...pieces);
    expect(peer.isClosed).toBe(true);
    expect(peer.take()).toEqual([]);
    expect(server.clientCount).toBe(0);
  });

  test("CONNECT_CLOSE: reply first, then the end; later calls are not served", async () => {
    const { peer } = connect();
    peer.send(Buffer.concat([message({ proc: 2, serial: 5 }), message({ proc: hostname, serial: 6 })]));
    await settle();
    expect(peer.take().map(({ serial, status }) => [serial, status])).toEqual([[5, 0]]);
    expect(peer.isClosed).toBe(true);
  });
});

describe("keepalive", () => {
  test.each<[string, Setup]>([
    ["in general", {}],
    ["before open", { open: false }],
    ["before authentication", { open: false, auth: "sasl" }],
  ])("PING is answered %s", (_, setup) => {
    const { peer } = connect(setup);
    const [pong] = peer.call({ prog: keepalive.number, proc: 1, type: MESSAGE }).take();
    expect(pong).toMatchObject({ prog: keepalive.number, proc: 2, type: MESSAGE, serial: 0, status: 0 });
  });
});

describe("calls", () => {
  test("replies leave in one send, out of order where handlers wait", async () => {
    const slow = deferred<{ hostname: string }>();
    const { peer } = connect({ handlers: { connectGetHostname: () => slow.promise } });
    const before = peer.sends;
    peer.send(
      Buffer.concat([1, 2, 3].map((serial) => message({ proc: serial === 1 ? hostname : 157, serial }))),
    );
    expect(peer.take().map(({ serial }) => serial)).toEqual([2, 3]);
    expect(peer.sends).toBe(before + 1);
    slow.resolve({ hostname: "late" });
    await settle();
    const [reply] = peer.take();
    expect(decode(procs.connectGetHostname.ret, reply!.body)).toEqual({ hostname: "late" });
    expect(reply?.serial).toBe(1);
  });

  test("max_client_requests: no more is served, all is in the end", async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    const { peer } = connect({
      limits: { maxClientRequests: 5 },
      handlers: {
        connectGetHostname: () =>
          new Promise((resolve) => {
            waiting.push(() => resolve({ hostname: "" }));
            most = Math.max(most, waiting.length);
          }),
      },
    });
    peer.send(Buffer.concat(Array.from({ length: 40 }, (_, serial) => message({ proc: hostname, serial }))));
    expect(peer.readable).toBe(false);
    const served = new Set<number>();
    while (waiting.length > 0) {
      waiting.pop()?.();
      await settle();
      for (const { serial } of peer.take()) served.add(serial);
    }
    expect(served.size).toBe(40);
    expect(most).toBe(5);
    expect(peer.readable).toBe(true);
  });

  test("an encoded body is sent as it is, short or long", () => {
    for (const length of [8, 100_000]) {
      const { peer } = connect({
        handlers: { connectGetHostname: () => encoded(new Uint8Array(length).fill(7)) },
      });
      expect(peer.call({ proc: hostname }).take()[0]?.body.equals(Buffer.alloc(length, 7))).toBe(true);
    }
  });

  test("the signal tells that the client is gone, its reply is dropped", async () => {
    let signal: AbortSignal | undefined;
    const slow = deferred<{ hostname: string }>();
    const { peer, server, client } = connect({
      handlers: {
        connectGetHostname(_, call) {
          ({ signal } = call);
          return slow.promise;
        },
      },
    });
    const gone: string[] = [];
    client.onClose(() => gone.push("closed"));
    server.onIdle(() => gone.push("idle"));
    peer.call({ proc: hostname });
    peer.end();
    expect(signal?.aborted).toBe(true);
    expect(gone).toEqual(["closed", "idle"]);
    slow.resolve({ hostname: "" });
    await settle();
    expect(peer.take()).toEqual([]);
  });
});

describe("descriptors", () => {
  const withFd = (proc: number, fd: number) => ({
    bytes: Buffer.concat([
      message({ proc, prog: qemu.number, type: CALL_WITH_FDS }, Uint8Array.of(0, 0, 0, 1)),
      Uint8Array.of(0),
    ]),
    fds: [fd],
  });

  test("sent to a call that wants none: executed, closed", () => {
    const { peer } = connect();
    const bytes = Buffer.concat([
      message({ proc: hostname, type: CALL_WITH_FDS }, Uint8Array.of(0, 0, 0, 1)),
      Uint8Array.of(0),
    ]);
    expect(peer.send({ bytes, fds: [99] }).take()[0]?.status).toBe(0);
    expect(peer.closedFds).toEqual([99]);
  });

  test("refused call: closed", () => {
    const { peer } = connect();
    expect(errorText(peer.send(withFd(999, 98)).take()[0])).toBe("39/7 unknown procedure: 999");
    expect(peer.closedFds).toEqual([98]);
  });

  test("in and out: each on a byte of its own behind the message, then closed", () => {
    const taken: number[] = [];
    const { peer } = connect({
      handlers: {
        connectGetHostname(_, call) {
          taken.push(...call.takeFds());
          call.replyWithFds([5, 6]);
          return { hostname: "" };
        },
      },
    });
    const bytes = Buffer.concat([
      message({ proc: hostname, type: CALL_WITH_FDS }, Uint8Array.of(0, 0, 0, 1)),
      Uint8Array.of(0),
    ]);
    const before = peer.sends;
    const [reply] = peer.send({ bytes, fds: [99] }).take();
    expect(taken).toEqual([99]);
    expect(reply).toMatchObject({ type: REPLY_WITH_FDS, fds: [5, 6] });
    expect(peer.sends).toBe(before + 3);
    expect(peer.closedFds).toEqual([5, 6]);
  });

  test("an error reply carries none and they are closed", () => {
    const { peer } = connect({
      handlers: {
        connectGetHostname(_, call) {
          call.replyWithFds([5]);
          throw new VirError(ErrorDomain.NONE, ErrorCode.INTERNAL_ERROR, "x");
        },
      },
    });
    expect(peer.call({ proc: hostname }).take()[0]?.type).toBe(REPLY);
    expect(peer.closedFds).toEqual([5]);
  });
});

describe("events and slow readers", () => {
  const row = procs.domainEventCallbackLifecycle;
  const msg = {
    callbackID: 1,
    msg: { dom: { name: "d", uuid: new Uint8Array(16), id: 1 }, event: 2, detail: 0 },
  };

  test("serial 1, the same bytes by both ways", async () => {
    const { peer, client } = connect();
    client.sendEvent(row, msg);
    client.sendRaw(eventFrame(row, msg));
    await settle();
    const [one, two] = peer.take();
    expect(one).toMatchObject({ type: MESSAGE, serial: 1, status: 0, proc: row.number });
    expect(two).toEqual(one);
  });

  test("what the kernel does not take waits, in order", async () => {
    const { peer, client } = connect();
    peer.capacity = 100;
    for (let id = 0; id < 50; id++) {
      client.sendEvent(row, { ...msg, callbackID: id });
      if (id % 7 === 0) await settle();
    }
    await settle();
    for (let room = 0; peer.writable; room += 13) peer.drain(room);
    const ids = peer.take().map(({ body }) => body.readInt32BE(0));
    expect(ids).toEqual(Array.from({ length: 50 }, (_, id) => id));
  });

  test("beyond maxQueuedBytes the client is closed", async () => {
    const { peer, client } = connect({ limits: { maxQueuedBytes: 10_000 } });
    peer.capacity = 0;
    for (let i = 0; i < 1000 && client.isOpen; i++) {
      client.sendEvent(row, msg);
      await Promise.resolve();
    }
    expect(peer.isClosed).toBe(true);
  });

  test("one read full of calls with big replies is not served at once", async () => {
    let served = 0;
    const { peer } = connect({
      handlers: {
        connectGetHostname() {
          served++;
          return encoded(new Uint8Array(200_000));
        },
      },
    });
    peer.capacity = 0;
    peer.send(Buffer.concat(Array.from({ length: 50 }, (_, serial) => message({ proc: hostname, serial }))));
    expect(served).toBeLessThan(10);
    const seen: number[] = [];
    for (let i = 0; i < 50 && seen.length < 50; i++) {
      peer.drain();
      await settle();
      seen.push(...peer.take().map(({ serial }) => serial));
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, serial) => serial));
  });

  test("reading pauses while replies pile up", async () => {
    const { peer } = connect({ handlers: { connectGetHostname: () => encoded(new Uint8Array(600_000)) } });
    peer.capacity = 0;
    peer.call({ proc: hostname }).call({ proc: hostname }).call({ proc: hostname, serial: 3 });
    expect(peer.readable).toBe(false);
    peer.drain();
    await settle();
    expect(peer.readable).toBe(true);
    expect(peer.take().length).toBe(3);
  });
});

describe("limits of the server", () => {
  test("a listing of clients and their ids", () => {
    const { server, peer } = connect();
    const second = server.serve(
      new FakePeer().open,
      { pid: 2, uid: 5, gid: 5 },
      { readOnly: true, path: "/ro" },
    );
    expect(second).toMatchObject({
      id: 2n,
      readOnly: true,
      socketPath: "/ro",
      identity: { pid: 2, uid: 5, gid: 5 },
    });
    peer.end();
    expect([...server.clients].map((client: Client) => client.id)).toEqual([2n]);
  });
});

test("a program that is not served", () => {
  const { peer } = connect();
  expect(errorText(peer.call({ prog: lock.number, proc: 1, type: CALL }).take()[0])).toMatch(
    /^39\/7 Cannot find/,
  );
});
