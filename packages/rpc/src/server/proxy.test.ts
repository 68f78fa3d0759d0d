import { mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { qemu, remote, typed, typedParams } from "@libvirt-ts/protocol";
import { expect, onTestFinished, test } from "vitest";
import { RpcClient } from "../client/index.ts";
import {
  type Client,
  connectionService,
  openSecondary,
  proxyServices,
  Server,
  type Service,
} from "./index.ts";

const { procs } = remote;
const log = silentLogger();
const dom = { name: "d", uuid: new Uint8Array(16), id: 1 };

function listen(path: string, services: readonly Service[], readOnly = false): Server {
  const server = new Server({ name: "test", log, services });
  const fd = native.socketUnix("stream");
  expect(native.bind(fd, path)).toBe(0);
  native.listen(fd, 5);
  server.listen(fd, { path, readOnly });
  onTestFinished(() => server.close());
  return server;
}

/** A daemon, a proxy before it, and a client of the proxy. */
async function start(handlers: Service<typeof procs>["handlers"], more: readonly Service[] = []) {
  const dir = mkdtempSync(join(tmpdir(), "proxy-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const at = (name: string) => join(dir, name);
  const session = connectionService({
    type: "QEMU",
    scheme: "qemu",
    privileged: true,
    features: [9],
    libVersion: 1,
  });
  const service = {
    program: remote,
    errorDomain: ErrorDomain.QEMU,
    gate: session.gate,
    handlers: { ...session.handlers, ...handlers },
  };
  const back = listen(at("qemu"), [service, ...more]);
  const backRo = listen(at("qemu-ro"), [service], true);
  const accounts = { userName: async () => "root", groupName: async () => undefined };
  listen(
    at("proxy"),
    proxyServices({
      connect(name, client) {
        if (name === "odd:///") throw new VirError(ErrorDomain.NONE, ErrorCode.NO_CONNECT, name);
        const target = { socket: at("qemu"), readOnlySocket: at("qemu-ro"), uri: name || "qemu:///system" };
        return openSecondary(target, client, () => 77n, accounts);
      },
      log,
    }),
  );
  const rpc = await RpcClient.connect(at("proxy"));
  onTestFinished(() => rpc.close());
  const open = (name: string | null, flags = 0) => rpc.call(procs.connectOpen, { name, flags });
  return { rpc, back, backRo, open };
}

test("opening: once, where the URI leads, and nothing before", async () => {
  const { rpc, open, back } = await start({});
  const errorOf = (promise: Promise<unknown>) => promise.then(String, ({ message }: Error) => message);
  expect(await errorOf(rpc.call(procs.connectGetType, undefined))).toBe(
    "internal error: hypervisor connection not open",
  );
  expect(await errorOf(rpc.call(procs.connectSupportsFeature, { feature: 9 }))).toMatch(/not open/);
  expect(await rpc.call(procs.connectSupportsFeature, { feature: 10 })).toEqual({ supported: 1 });
  expect(await errorOf(open("odd:///"))).toBe("no connection driver available for odd:///");
  expect(await errorOf(open("qemu:///bogus"))).toMatch(/unexpected qemu URI path '\/bogus'/);
  expect(back.clientCount).toBe(0);
  await open("", 6); // a user's, to be started: C clients say so, and daemons do not care
  expect(await rpc.call(procs.connectGetUri, undefined)).toEqual({ uri: "qemu:///system" });
  expect(await errorOf(open("qemu:///system"))).toBe("internal error: connection already open");
  expect(
    await Promise.all([9, 14, 99].map((feature) => rpc.call(procs.connectSupportsFeature, { feature }))),
  ).toEqual([1, 1, 0].map((supported) => ({ supported })));
});

test("the daemon knows who calls, also when the caller names another", async () => {
  const seen: Client["identity"][] = [];
  const { rpc, open } = await start({
    connectGetHostname(_, { client }) {
      seen.push(client.identity);
      return { hostname: "" };
    },
  });
  await open("qemu:///system");
  await rpc.call(procs.connectGetHostname, undefined);
  const params = typedParams({ "unix-user-id": typed.ullong(7n) });
  await rpc.call(procs.connectSetIdentity, { params, flags: 0 });
  await rpc.call(procs.connectGetHostname, undefined);
  expect(seen).toMatchObject([{ uid: process.getuid?.(), pid: process.pid, processTime: 77n }, { uid: 7 }]);
});

test("readers come to the readers' socket", async () => {
  const { rpc, open, back, backRo } = await start({ domainCreate() {} });
  await open("qemu:///system", 1);
  expect([back.clientCount, backRo.clientCount]).toEqual([0, 1]);
  await expect(rpc.call(procs.domainCreate, { dom })).rejects.toMatchObject({
    code: ErrorCode.OPERATION_DENIED,
  });
});

test("descriptors go both ways, in another program too", async () => {
  const monitor: Service<typeof qemu.procs> = {
    program: qemu,
    errorDomain: ErrorDomain.QEMU,
    handlers: {
      domainMonitorCommandWithFiles(_, call) {
        const fds = call.takeFds();
        call.replyWithFds(fds);
        return { result: `${fds.length}` };
      },
    },
  };
  const { rpc, open } = await start({}, [monitor]);
  await open("qemu:///system");
  const fds = [openSync("/dev/null", "r"), openSync("/dev/zero", "r")];
  const args = { dom, cmd: "{}", flags: 0 };
  const answer = await rpc.callWithFds(qemu.procs.domainMonitorCommandWithFiles, args, { fds });
  expect(answer.ret.result).toBe("2");
  expect(answer.fds.length).toBe(2);
  for (const fd of answer.fds) native.close(fd);
});

test("events and streams pass through", async () => {
  let there: Client | undefined;
  const { rpc, open } = await start({
    connectDomainEventCallbackRegisterAny(_, { client }) {
      there = client;
      return { callbackID: 3 };
    },
    domainOpenConsole(_, call) {
      call.openStream({
        async serve(stream) {
          for await (const chunk of stream.incoming) await stream.write(chunk);
        },
      });
    },
  });
  await open("qemu:///system");
  await rpc.call(procs.connectDomainEventCallbackRegisterAny, { eventID: 0, dom: null });
  const msg = { callbackID: 3, msg: { dom, event: 2, detail: 0 } };
  const got = new Promise((resolve) => rpc.onEvent(procs.domainEventCallbackLifecycle, resolve));
  there?.sendEvent(procs.domainEventCallbackLifecycle, msg);
  expect(await got).toEqual(msg);
  const { stream } = await rpc.openStream(procs.domainOpenConsole, { dom, devName: null, flags: 0 });
  await stream.write(Buffer.from("echo"));
  for await (const chunk of stream.incoming) {
    expect(String(chunk)).toBe("echo");
    break;
  }
  await stream.finish();
});

test("the daemon dies: who asked is told, calls fail, the connection stays", async () => {
  const { rpc, open, back } = await start({ connectGetHostname: () => new Promise(() => {}) });
  await open("qemu:///system");
  await rpc.call(procs.connectRegisterCloseCallback, undefined);
  const told = new Promise((resolve) => rpc.onEvent(procs.connectEventConnectionClosed, resolve));
  const inFlight = expect(rpc.call(procs.connectGetHostname, undefined)).rejects.toThrow(/End of file/);
  await rpc.call(procs.connectGetType, undefined);
  back.close();
  await inFlight;
  expect(await told).toEqual({ reason: 1 });
  await expect(rpc.call(procs.connectGetType, undefined)).rejects.toThrow("client socket is closed");
  await rpc.call(procs.connectClose, undefined);
});

test("the client goes: its connection behind goes too", async () => {
  const { rpc, open, back } = await start({});
  await open(null);
  const idle = new Promise<void>((resolve) => back.onIdle(resolve));
  rpc.close();
  await idle;
});
