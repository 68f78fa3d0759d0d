import { mkdtempSync, openSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ErrorCode, ErrorDomain } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { remote } from "@libvirt-ts/protocol";
import { expect, onTestFinished, test } from "vitest";
import { RpcClient } from "../client/index.ts";
import {
  type Client,
  connectionService,
  eventFrame,
  forwarder,
  openSecondary,
  Server,
  type Service,
} from "./index.ts";

const { procs } = remote;
const log = silentLogger();
type RemoteHandlers = Service<typeof procs>["handlers"];

const accounts = { userName: async () => "root", groupName: async () => undefined };
const net = { name: "default", uuid: new Uint8Array(16) };

function daemon(
  path: string,
  scheme: string,
  handlers: RemoteHandlers,
  more: Partial<Pick<Service, "fallback">> = {},
  readOnly = false,
) {
  const session = connectionService({ type: scheme, scheme, privileged: true, features: [], libVersion: 1 });
  const service: Service<typeof procs> = {
    program: remote,
    errorDomain: ErrorDomain.REMOTE,
    gate: session.gate,
    handlers: { ...session.handlers, ...handlers },
    ...more,
  };
  const server = new Server({ name: scheme, log, services: [service] });
  const fd = native.socketUnix("stream");
  expect(native.bind(fd, path)).toBe(0);
  native.listen(fd, 5);
  server.listen(fd, { path, readOnly });
  onTestFinished(() => server.close());
  return server;
}

/** A front daemon that forwards to a back daemon, and an open client of the front. */
async function start(handlers: RemoteHandlers, { flags = 0 } = {}) {
  const dir = mkdtempSync(join(tmpdir(), "forward-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const at = (name: string) => join(dir, name);
  const startBack = () => [
    daemon(at("net"), "network", handlers),
    daemon(at("net-ro"), "network", handlers, {}, true),
  ];
  const backs = startBack();
  const target = { socket: at("net"), readOnlySocket: at("net-ro"), uri: "network:///system" };
  const fallback = forwarder({
    kinds: ["network", "storage"],
    connect: (_kind, client) => openSecondary(target, client, () => 77n, accounts),
    log,
  });
  const front = daemon(
    at("qemu"),
    "qemu",
    { connectGetHostname: () => ({ hostname: "front" }) },
    { fallback },
  );
  const rpc = await RpcClient.connect(at("qemu"));
  onTestFinished(() => rpc.close());
  await rpc.call(procs.connectOpen, { name: "qemu:///system", flags });
  const stopBack = () => {
    for (const back of backs.splice(0)) back.close();
    for (const name of ["net", "net-ro"]) rmSync(at(name));
  };
  const restartBack = () => void backs.push(...startBack());
  return { rpc, front, backs, stopBack, restartBack };
}

test("calls of the other daemon are passed on under the client's name, errors too", async () => {
  let seen: Client | undefined;
  const { rpc, backs } = await start({
    networkLookupByName({ name }, { client }) {
      seen = client;
      return { net: { ...net, name } };
    },
  });
  expect(await rpc.call(procs.networkLookupByName, { name: "a" })).toEqual({ net: { ...net, name: "a" } });
  expect(seen?.identity).toEqual({
    uid: process.getuid?.(),
    gid: process.getgid?.(),
    userName: "root",
    pid: process.pid,
    processTime: 77n,
  });
  expect(await rpc.call(procs.connectGetHostname, undefined)).toEqual({ hostname: "front" });
  await expect(rpc.call(procs.networkCreate, { net })).rejects.toMatchObject({
    code: ErrorCode.NO_SUPPORT,
    domain: ErrorDomain.NETWORK,
    message: "this function is not supported by the connection driver: virNetworkCreate",
  });
  expect(backs.map(({ clientCount }) => clientCount)).toEqual([1, 0]);
});

test("descriptors of a call that cannot be passed on are closed", async () => {
  const { rpc, stopBack } = await start({});
  stopBack();
  const open = () => readdirSync("/proc/self/fd").length;
  const before = open();
  const fds = [openSync("/dev/null", "r"), openSync("/dev/null", "r")];
  await expect(rpc.call(procs.networkCreate, { net }, { fds })).rejects.toMatchObject({
    code: ErrorCode.NO_SUPPORT,
  });
  expect(open()).toBe(before);
});

test("many calls at once share one connection and keep their own replies", async () => {
  const { rpc, backs } = await start({
    async networkLookupByName({ name }) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      return { net: { ...net, name } };
    },
  });
  const names = Array.from({ length: 50 }, (_, i) => `n${i}`);
  const found = await Promise.all(names.map((name) => rpc.call(procs.networkLookupByName, { name })));
  expect(found.map((each) => each.net.name)).toEqual(names);
  expect(backs[0]?.clientCount).toBe(1);
});

test("a read-only client stays one", async () => {
  const { rpc, backs } = await start(
    { networkCreate() {}, connectNumOfNetworks: () => ({ num: 3 }) },
    { flags: 1 },
  );
  expect(await rpc.call(procs.connectNumOfNetworks, undefined)).toEqual({ num: 3 });
  await expect(rpc.call(procs.networkCreate, { net })).rejects.toMatchObject({
    code: ErrorCode.OPERATION_DENIED,
    message: "operation forbidden: read only access prevents virNetworkCreate",
  });
  expect(backs.map(({ clientCount }) => clientCount)).toEqual([0, 1]);
});

test("calls before CONNECT_OPEN are not passed on", async () => {
  const { front, backs } = await start({});
  const [client] = front.clients;
  const rpc = await RpcClient.connect(client!.socketPath);
  onTestFinished(() => rpc.close());
  await expect(rpc.call(procs.networkCreate, { net })).rejects.toThrow("internal error: connection not open");
  expect(backs[0]?.clientCount).toBe(0);
});

test("events come through; the client's end closes its connection there", async () => {
  let there: Client | undefined;
  const row = procs.networkEventLifecycle;
  const { rpc, backs } = await start({
    connectNetworkEventRegisterAny(_, { client }) {
      there = client;
      return { callbackID: 4 };
    },
  });
  const got = new Promise((resolve) => rpc.onEvent(row, resolve));
  expect(await rpc.call(procs.connectNetworkEventRegisterAny, { eventID: 0, net: null })).toEqual({
    callbackID: 4,
  });
  there?.sendRaw(eventFrame(row, { callbackID: 4, net, event: 2, detail: 0 }));
  expect(await got).toEqual({ callbackID: 4, net, event: 2, detail: 0 });
  const gone = new Promise<void>((resolve) => backs[0]?.onIdle(resolve));
  rpc.close();
  await gone;
});

test("the other daemon dies: calls in flight fail, the next one connects anew", async () => {
  let hang = true;
  const { rpc, stopBack, restartBack } = await start({
    connectNumOfNetworks: () => {
      if (!hang) return { num: 1 };
      setImmediate(stopBack);
      return new Promise(() => {});
    },
  });
  const count = () => rpc.call(procs.connectNumOfNetworks, undefined);
  await expect(count()).rejects.toThrow("End of file while reading data: Input/output error");
  await expect(count()).rejects.toThrow(
    /not supported by the connection driver: virConnectNumOfNetworks: Failed to connect .*: No such file/,
  );
  hang = false;
  restartBack();
  expect(await count()).toEqual({ num: 1 });
});

const vol = { pool: "p", name: "v", key: "k" };
const args = { vol, offset: 0n, length: 0n, flags: 0 };

test("a download passes through, with a slow reader", async () => {
  const { rpc } = await start({
    storageVolDownload(_, call) {
      call.openStream({
        async serve(stream) {
          for (let i = 0; i < 30; i++) await stream.write(new Uint8Array(300_000).fill(i));
          await stream.end();
        },
      });
    },
  });
  const { stream } = await rpc.openStream(procs.storageVolDownload, args);
  let size = 0;
  for await (const chunk of stream.incoming) {
    size += chunk.length;
    if (size % 7 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  await stream.finish();
  expect(size).toBe(9_000_000);
});

test("an upload passes through and is confirmed by its end", async () => {
  let size = 0;
  const { rpc } = await start({
    storageVolUpload(_, call) {
      call.openStream({
        async serve(stream) {
          for await (const chunk of stream.incoming) size += chunk.length;
        },
      });
    },
  });
  const { stream } = await rpc.openStream(procs.storageVolUpload, args);
  for (let i = 0; i < 30; i++) await stream.write(new Uint8Array(300_000));
  await stream.finish();
  expect(size).toBe(9_000_000);
});

test("the other daemon dies under a stream: the stream fails", async () => {
  const { rpc, stopBack } = await start({
    storageVolDownload(_, call) {
      call.openStream({
        async serve(stream) {
          await stream.write(new Uint8Array(10));
          setImmediate(stopBack);
        },
      });
    },
  });
  const { stream } = await rpc.openStream(procs.storageVolDownload, args);
  expect((await stream.closed)?.message).toBe("End of file while reading data: Input/output error");
  expect(await rpc.call(procs.connectGetHostname, undefined)).toEqual({ hostname: "front" });
});
