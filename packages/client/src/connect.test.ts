import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { remote } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { type Client, connectionService, Server, type Service } from "@libvirt-ts/rpc/server";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { Connect, Domain } from "./index.ts";

const { procs } = remote;
const dir = mkdtempSync(join(tmpdir(), "client-"));
afterAll(() => rmSync(dir, { recursive: true }));
let sockets = 0;
type Handlers = Service<typeof procs>["handlers"];
const wire = (name: string) => ({ name, uuid: Buffer.alloc(16, name), id: 1 });

/** A driver behind a socket, opened as one of this process. */
async function open(handlers: Handlers): Promise<{ connect: Connect; client: Client }> {
  const session = connectionService({
    type: "Test",
    scheme: "test",
    privileged: true,
    features: [],
    libVersion: 11_003_000,
  });
  const service = {
    program: remote,
    errorDomain: ErrorDomain.TEST,
    handlers: { ...session.handlers, ...handlers },
    gate: session.gate,
  };
  const server = new Server({ name: "test", log: silentLogger(), services: [service] });
  onTestFinished(() => server.close());
  const clients: Client[] = [];
  server.onClient((client) => clients.push(client));
  const path = join(dir, `${++sockets}`);
  const fd = native.socketUnix("stream");
  expect(native.bind(fd, path)).toBe(0);
  expect(native.listen(fd, 10)).toBe(0);
  server.listen(fd, { path });
  const connect = await Connect.open("test:///system", { drivers: { test: () => RpcClient.connect(path) } });
  onTestFinished(() => connect.session.transport.close());
  const [client] = clients;
  if (client === undefined) throw new Error("nobody came");
  return { connect, client };
}

test("a driver of this process, its objects and their calls", async () => {
  const { connect } = await open({
    connectListAllDomains: ({ flags }) => ({ domains: [wire("a"), wire("b")], ret: flags }),
    domainGetState: ({ dom }) => ({ state: dom.name === "a" ? 1 : 5, reason: 0 }),
    domainSnapshotLookupByName: ({ dom, name }) => ({ snap: { name, dom } }),
    domainSnapshotGetXmlDesc: ({ snap, flags }) => ({ xml: `${snap.dom.name}/${snap.name}/${flags}` }),
    nodeDeviceGetParent: ({ name }) => ({ parentName: `parent of ${name}` }),
    nodeDeviceLookupByName: ({ name }) => ({ dev: { name } }),
  });
  expect(await connect.uri()).toBe("test:///system");
  const [a, b] = await connect.listAllDomains();
  expect(a).toBeInstanceOf(Domain);
  expect(a?.uuidText).toBe("61616161-6161-6161-6161-616161616161");
  expect(await a?.getState()).toEqual({ state: 1, reason: 0 });
  expect(await b?.getState()).toEqual({ state: 5, reason: 0 });
  const snapshot = await a?.snapshotLookupByName({ name: "s" });
  expect(await snapshot?.getXmlDesc({ flags: 2 })).toBe("a/s/2");
  const device = await connect.nodeDeviceLookupByName({ name: "pci" });
  expect(await device.getParent()).toBe("parent of pci");
});

test("parameters are counted first", async () => {
  const asked: number[] = [];
  const { connect } = await open({
    nodeGetMemoryParameters({ nparams, flags }) {
      asked.push(nparams, flags);
      return { params: nparams === 0 ? [] : [{ field: "a", value: { type: 1, value: 7 } }], nparams: 1 };
    },
  });
  expect(await connect.nodeGetMemoryParameters()).toEqual({ a: 7 });
  expect(asked).toEqual([0, 4, 1, 4]);
});

test("errors are the daemon's", async () => {
  const { connect } = await open({
    domainLookupByName({ name }) {
      throw new VirError(ErrorDomain.QEMU, ErrorCode.NO_DOMAIN, name);
    },
  });
  const lookup = connect.domainLookupByName({ name: "x" });
  await expect(lookup).rejects.toMatchObject({ code: ErrorCode.NO_DOMAIN, domain: ErrorDomain.QEMU });
  await expect(connect.networkLookupByName({ name: "x" })).rejects.toMatchObject({
    code: ErrorCode.NO_SUPPORT,
  });
});

test("URIs of no driver", async () => {
  await expect(Connect.open("test:///default", { drivers: {} })).rejects.toMatchObject({
    code: ErrorCode.NO_CONNECT,
    message: "no connection driver available for test:///default",
  });
});

test("a call given up", async () => {
  const { connect } = await open({ connectGetHostname: () => new Promise(() => {}) });
  const stop = new AbortController();
  const call = connect.getHostname(undefined, { signal: stop.signal });
  stop.abort(new Error("enough"));
  await expect(call).rejects.toThrow("enough");
  await expect(connect.getType(undefined, { signal: AbortSignal.abort("before") })).rejects.toBe("before");
  expect(await connect.getType()).toBe("Test");
});

const lifecycle = (callbackID: number, name: string, event: number) => ({
  callbackID,
  msg: { dom: wire(name), event, detail: 0 },
});

test("events: one registration for all listeners, and those that come before its reply", async () => {
  const calls: string[] = [];
  const { connect, client } = await open({
    connectDomainEventCallbackRegisterAny({ dom }, { client }) {
      const callbackID = dom === null ? 7 : 8;
      calls.push(`register ${dom?.name}`);
      client.sendEvent(procs.domainEventCallbackLifecycle, lifecycle(callbackID, "early", 2));
      return { callbackID };
    },
    connectDomainEventCallbackDeregisterAny({ callbackID }) {
      calls.push(`deregister ${callbackID}`);
    },
  });
  const seen: string[] = [];
  const off1 = await connect.on("domain.lifecycle", ({ dom, event }) => seen.push(`1 ${dom.name} ${event}`));
  const off2 = await connect.on("domain.lifecycle", ({ dom }) => seen.push(`2 ${dom.name}`));
  const a = new Domain(connect.session, wire("a"));
  const off3 = await connect.on("domain.lifecycle", () => seen.push("3"), { object: a });
  client.sendEvent(procs.domainEventCallbackLifecycle, lifecycle(7, "late", 0));
  client.sendEvent(procs.domainEventCallbackLifecycle, lifecycle(9, "nobody's", 0));
  await connect.getType();
  expect(seen).toEqual(["1 early 2", "3", "1 late 0", "2 late"]);
  await off1();
  await off1();
  expect(calls).toEqual(["register undefined", "register a"]);
  await off2();
  await off3();
  expect(calls.slice(2)).toEqual(["deregister 7", "deregister 8"]);
});

test("events as a loop: left, given up, lost", async () => {
  const calls: string[] = [];
  const { connect, client } = await open({
    connectDomainEventCallbackRegisterAny: () => ({ callbackID: 1 }),
    connectDomainEventCallbackDeregisterAny: () => void calls.push("deregister"),
  });
  const watch = connect.watch("domain.lifecycle");
  const first = watch.next();
  await connect.getType();
  client.sendEvent(procs.domainEventCallbackLifecycle, lifecycle(1, "a", 4));
  expect((await first).value).toMatchObject({ event: 4, dom: { name: "a" } });
  await watch.return();
  expect(calls).toEqual(["deregister"]);
  const stop = new AbortController();
  const aborted = connect.watch("domain.lifecycle", { signal: stop.signal }).next();
  await connect.getType();
  stop.abort(new Error("enough"));
  await expect(aborted).rejects.toThrow("enough");
  const lost = connect.watch("domain.lifecycle").next();
  await connect.getType();
  client.close();
  await expect(lost).rejects.toMatchObject({ code: ErrorCode.SYSTEM_ERROR });
  expect(connect.isAlive).toBe(false);
  await expect(connect.closed).resolves.toMatchObject({ code: ErrorCode.SYSTEM_ERROR });
});

test("a console goes both ways and ends in order", async () => {
  const { connect } = await open({
    domainOpenConsole(_, call) {
      call.openStream({
        async serve(stream) {
          for await (const chunk of stream.incoming)
            await stream.write(Buffer.from(`<${Buffer.from(chunk)}>`));
        },
      });
    },
  });
  const stream = await new Domain(connect.session, wire("a")).openConsole();
  stream.write("hello");
  const [said] = await once(stream, "data");
  expect(String(said)).toBe("<hello>");
  stream.end();
  stream.resume();
  await once(stream, "close");
});

test("what the daemon says at the end is the stream's error", async () => {
  const { connect } = await open({
    storageVolUpload(_, call) {
      call.openStream({
        async serve(stream) {
          stream.beforeFinish(() => {
            throw new VirError(ErrorDomain.STORAGE, ErrorCode.OPERATION_FAILED, "disk full");
          });
          for await (const _ of stream.incoming);
        },
      });
    },
    storageVolDownload(_, call) {
      call.openStream({
        async serve(stream) {
          await stream.write(Buffer.alloc(600_000, "x"));
          await stream.end();
        },
      });
    },
    storageVolLookupByPath: ({ path }) => ({ vol: { pool: "p", name: path, key: path } }),
  });
  const volume = await connect.storageVolLookupByPath({ path: "/v" });
  const upload = await volume.upload();
  await expect(pipeline([Buffer.from("data")], upload)).rejects.toThrow(/disk full/);
  let length = 0;
  for await (const chunk of await volume.download()) length += chunk.length;
  expect(length).toBe(600_000);
});

test("a stream given up is aborted", async () => {
  let end: string | undefined;
  let ended = () => {};
  const isOver = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const { connect } = await open({
    domainOpenConsole(_, call) {
      void call.openStream().closed.then((how) => {
        end = how;
        ended();
      });
    },
  });
  const stop = new AbortController();
  const stream = await new Domain(connect.session, wire("a")).openConsole({}, { signal: stop.signal });
  stream.on("error", () => {});
  stop.abort(new Error("enough"));
  await isOver;
  expect(end).toBe("abort");
  expect(stream.destroyed).toBe(true);
});

test("closing says good-bye, and calls in flight fail", async () => {
  const { connect } = await open({ connectGetHostname: () => new Promise(() => {}) });
  const waiting = connect.getHostname();
  waiting.catch(() => {});
  await Promise.all([connect.close(), connect.close()]);
  await expect(waiting).rejects.toBeInstanceOf(VirError);
  expect(connect.isAlive).toBe(false);
});
