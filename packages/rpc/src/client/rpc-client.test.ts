import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { qemu, remote } from "@libvirt-ts/protocol";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { type Client, type ListenOptions, Server, type Service } from "../server/index.ts";
import { UnixSocket } from "../socket.ts";
import { RpcClient } from "./index.ts";

const { procs } = remote;
const dir = mkdtempSync(join(tmpdir(), "rpc-"));
afterAll(() => rmSync(dir, { recursive: true }));

type RemoteService = Service<typeof procs>;

function serverFor(handlers: RemoteService["handlers"], more: Service[] = []): Server {
  const service: RemoteService = { program: remote, errorDomain: ErrorDomain.REMOTE, handlers };
  const server = new Server({ name: "test", log: silentLogger(), services: [service, ...more] });
  onTestFinished(() => server.close());
  return server;
}

/** A server and a client over a real pair of sockets. */
async function connect(
  handlers: RemoteService["handlers"],
  { more, ...options }: ListenOptions & { more?: Service[] } = {},
): Promise<{ rpc: RpcClient; client: Client; server: Server }> {
  const server = serverFor(handlers, more);
  const pair = native.socketpair("stream");
  if (typeof pair === "number") throw new Error("no socketpair");
  const client = server.serve(
    (events) => new UnixSocket(native, pair[0], events),
    { pid: 1, uid: 0, gid: 0 },
    options,
  );
  const rpc = await RpcClient.connect(pair[1]);
  onTestFinished(() => rpc.close());
  return { rpc, client, server };
}

/** A listening socket under `dir`. */
function listen(server: Server, name: string): string {
  const path = join(dir, name);
  const fd = native.socketUnix("stream");
  expect(native.bind(fd, path)).toBe(0);
  expect(native.listen(fd, 10)).toBe(0);
  server.listen(fd, { path });
  return path;
}

describe("connecting", () => {
  test("to a path; the server sees who we are", async () => {
    const server = serverFor({
      connectGetHostname: (_, { client }) => ({ hostname: String(client.peer.pid) }),
    });
    const rpc = await RpcClient.connect(listen(server, "sock"));
    expect(await rpc.call(procs.connectGetHostname, undefined)).toEqual({ hostname: String(process.pid) });
    rpc.close();
    expect(await rpc.closed).toBeUndefined();
  });

  test("to nothing", async () => {
    await expect(RpcClient.connect(join(dir, "none"))).rejects.toMatchObject({
      message: `Failed to connect socket to '${dir}/none': No such file or directory`,
      code: ErrorCode.SYSTEM_ERROR,
      int1: 2,
    });
  });

  test("to one that is started for it, once", async () => {
    let started = 0;
    const start = async () => {
      if (++started === 1) listen(serverFor({}), "late");
    };
    const rpc = await RpcClient.connect(join(dir, "late"), { start });
    rpc.close();
    await expect(RpcClient.connect(join(dir, "none"), { start })).rejects.toMatchObject({ int1: 2 });
    expect(started).toBe(2);
  });

  test("given up", async () => {
    await expect(RpcClient.connect(join(dir, "none"), { signal: AbortSignal.abort("enough") })).rejects.toBe(
      "enough",
    );
  });

  test("max_clients: the next one waits until one has gone", async () => {
    const server = serverFor({ connectGetHostname: () => ({ hostname: "" }) });
    server.setLimits({ maxClients: 2 });
    const path = listen(server, "full");
    const clients = [];
    for (let i = 0; i < 3; i++) clients.push(await RpcClient.connect(path));
    const [first, second, third] = clients;
    const call = (rpc: RpcClient | undefined) => rpc?.call(procs.connectGetHostname, undefined);
    await Promise.all([call(first), call(second)]);
    const late = call(third);
    expect(server.clientCount).toBe(2);
    first?.close();
    await late;
    expect(server.clientCount).toBe(2);
    second?.close();
    third?.close();
  });
});

test("out of descriptors: accepting pauses, the client waits in the backlog", async () => {
  const timers: { ms: number; run: () => void }[] = [];
  let results = [-24]; // EMFILE
  const service: RemoteService = {
    program: remote,
    errorDomain: ErrorDomain.REMOTE,
    handlers: { connectGetHostname: () => ({ hostname: "" }) },
  };
  const paused = new Promise<void>((resolve) => {
    const clock = {
      now: () => 0,
      after(ms: number, run: () => void) {
        timers.push({ ms, run });
        resolve();
        return () => {};
      },
    };
    const short = { ...native, accept4: (fd: number) => results.pop() ?? native.accept4(fd) };
    const server = new Server({
      name: "test",
      log: silentLogger(),
      services: [service],
      native: short,
      clock,
    });
    onTestFinished(() => server.close());
    listen(server, "short");
  });
  const rpc = await RpcClient.connect(join(dir, "short"));
  onTestFinished(() => rpc.close());
  const reply = rpc.call(procs.connectGetHostname, undefined);
  await paused;
  expect(timers.map(({ ms }) => ms)).toEqual([5000]);
  results = [];
  timers[0]?.run();
  expect(await reply).toEqual({ hostname: "" });
});

test("errors arrive as they were thrown", async () => {
  const { rpc } = await connect({
    domainLookupByName({ name }) {
      throw new VirError(ErrorDomain.QEMU, ErrorCode.NO_DOMAIN, `no domain with matching name '${name}'`);
    },
  });
  await expect(rpc.call(procs.domainLookupByName, { name: "x" })).rejects.toMatchObject({
    domain: ErrorDomain.QEMU,
    code: ErrorCode.NO_DOMAIN,
    message: "Domain not found: no domain with matching name 'x'",
    str1: "Domain not found: %1$s",
    str2: "no domain with matching name 'x'",
  });
});

test("calls in flight and later ones fail when the server goes", async () => {
  const { rpc, client } = await connect({ connectGetHostname: () => new Promise(() => {}) });
  const waiting = rpc.call(procs.connectGetHostname, undefined);
  client.close();
  await expect(waiting).rejects.toMatchObject({
    code: ErrorCode.SYSTEM_ERROR,
    domain: ErrorDomain.RPC,
    message: "End of file while reading data: Input/output error",
  });
  await expect(rpc.call(procs.connectGetHostname, undefined)).rejects.toBeInstanceOf(VirError);
  expect((await rpc.closed)?.message).toMatch(/^End of file/);
});

test("many calls at once, big bodies both ways", async () => {
  const { rpc } = await connect({ connectBaselineCpu: ({ xmlCPUs }) => ({ cpu: xmlCPUs.join("") }) });
  const sizes = Array.from({ length: 30 }, (_, i) => i * i * 3_000);
  const replies = await Promise.all(
    sizes.map((size) => rpc.call(procs.connectBaselineCpu, { xmlCPUs: ["a".repeat(size), "b"], flags: 0 })),
  );
  expect(replies.map(({ cpu }) => cpu.length)).toEqual(sizes.map((size) => size + 1));
});

test("descriptors travel both ways", async () => {
  const qemuService: Service<typeof qemu.procs> = {
    program: qemu,
    errorDomain: ErrorDomain.QEMU,
    handlers: {
      domainMonitorCommandWithFiles({ cmd }, call) {
        call.replyWithFds(call.takeFds());
        return { result: cmd };
      },
    },
  };
  const { rpc } = await connect({}, { more: [qemuService] });
  const fds = ["one", "two", "three"].map((text) => {
    writeFileSync(join(dir, text), text);
    return openSync(join(dir, text), "r");
  });
  const dom = { name: "", uuid: new Uint8Array(16), id: 1 };
  const row = qemu.procs.domainMonitorCommandWithFiles;
  const reply = await rpc.callWithFds(row, { dom, cmd: "echo", flags: 0 }, { fds });
  expect(reply.ret).toEqual({ result: "echo" });
  const texts = reply.fds.map((fd) => {
    const bytes = Buffer.alloc(10);
    const length = readSync(fd, bytes);
    closeSync(fd);
    return bytes.toString("latin1", 0, length);
  });
  expect(texts).toEqual(["one", "two", "three"]);
});

test("events by row, until taken back", async () => {
  const row = procs.domainEventLifecycle;
  const msg = { dom: { name: "d", uuid: new Uint8Array(16), id: 1 }, event: 2, detail: 0 };
  const { rpc } = await connect({
    connectGetHostname(_, { client }) {
      client.sendEvent(row, msg);
      client.sendEvent(procs.domainEventReboot, { dom: msg.dom });
      return { hostname: "" };
    },
  });
  const got: number[] = [];
  const stop = rpc.onEvent(row, ({ event }) => got.push(event));
  await rpc.call(procs.connectGetHostname, undefined);
  stop();
  await rpc.call(procs.connectGetHostname, undefined);
  expect(got).toEqual([2]);
});

describe("streams over a real socket", () => {
  const vol = { pool: "p", name: "v", key: "k" };
  const args = { vol, offset: 0n, length: 0n, flags: 0 };

  test("upload", async () => {
    let size = 0;
    const { rpc } = await connect({
      storageVolUpload(_, call) {
        call.openStream({
          async serve(stream) {
            for await (const chunk of stream.incoming) size += chunk.length;
          },
        });
      },
    });
    const { stream } = await rpc.openStream(procs.storageVolUpload, args);
    for (let i = 0; i < 20; i++) await stream.write(new Uint8Array(500_000));
    await stream.finish();
    expect(size).toBe(10_000_000);
  });

  test("download, with a reader that starts late", async () => {
    const { rpc } = await connect({
      storageVolDownload(_, call) {
        call.openStream({
          async serve(stream) {
            for (let i = 0; i < 20; i++) await stream.write(new Uint8Array(500_000).fill(i));
            await stream.end();
          },
        });
      },
      connectGetHostname: () => ({ hostname: "" }),
    });
    const { stream } = await rpc.openStream(procs.storageVolDownload, args);
    await new Promise<void>((resolve) => setImmediate(resolve));
    let size = 0;
    for await (const chunk of stream.incoming) size += chunk.length;
    await stream.finish();
    expect(size).toBe(10_000_000);
    expect(await rpc.call(procs.connectGetHostname, undefined)).toEqual({ hostname: "" });
  });

  test("a failing server", async () => {
    const { rpc } = await connect({
      storageVolDownload(_, call) {
        call.openStream({
          async serve() {
            throw new VirError(ErrorDomain.STORAGE, ErrorCode.OPERATION_FAILED, "disk gone");
          },
        });
      },
    });
    const { stream } = await rpc.openStream(procs.storageVolDownload, args);
    expect((await stream.closed)?.message).toBe("operation failed: disk gone");
  });

  test("abort by the client", async () => {
    let end: string | undefined;
    const { rpc } = await connect({
      storageVolUpload(_, call) {
        call.openStream({
          async serve(stream) {
            end = await stream.closed;
          },
        });
      },
    });
    const { stream } = await rpc.openStream(procs.storageVolUpload, args);
    await stream.abort();
    expect(end).toBe("abort");
  });

  test("a call that fails opens none", async () => {
    const { rpc } = await connect({});
    await expect(rpc.openStream(procs.storageVolUpload, args)).rejects.toMatchObject({
      code: ErrorCode.NO_SUPPORT,
    });
  });
});
