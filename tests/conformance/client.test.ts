import { randomUUID } from "node:crypto";
import { chmodSync } from "node:fs";
import { finished } from "node:stream/promises";
import { ConnectListAllDomainsFlags, DomainEventType, DomainState } from "@libvirt-ts/api";
import { Connect, type ConnectOptions } from "@libvirt-ts/client";
import { ErrorCode, ErrorDomain } from "@libvirt-ts/errors";
import { typed } from "@libvirt-ts/protocol";
import { bootDisk, bootDomain, network, World, waitFor, within } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

/** Our own client, against our daemons and (LIBVIRT_PEER=1) against libvirt's. */
let world: World;
beforeAll(async () => {
  world = await World.create({ systemPaths: true });
});
afterAll(() => world?.close());

async function open(options?: ConnectOptions, uri = world.uri): Promise<Connect> {
  const connect = await Connect.open(uri, options);
  onTestFinished(() => connect.close());
  return connect;
}

/** A domain that is defined, and not after the test. */
async function define(connect: Connect, name: string) {
  const xml = bootDomain({ name, disk: world.file(`${name}.img`, bootDisk()) });
  const domain = await connect.domainDefineXml({ xml });
  onTestFinished(async () => {
    await domain.destroy().catch(() => {}); // most have ended
    await domain.undefine();
  });
  return domain;
}

test("a connection tells about itself", async () => {
  const connect = await open();
  expect(await connect.getType()).toBe("QEMU");
  expect(await connect.uri()).toBe(world.uri);
  expect(await connect.getUri()).toBe("qemu:///system");
  expect(await connect.getLibVersion()).toBeGreaterThanOrEqual(9_000_000n);
  expect(await connect.getHostname()).toMatch(/./);
  expect(await connect.getCapabilities()).toMatch(/^<capabilities>/);
  expect(await connect.isSecure()).toBe(true);
  expect(await connect.nodeGetInfo()).toMatchObject({ cpus: expect.any(Number), memory: expect.any(BigInt) });
  expect(await connect.supportsFeature(14)).toBe(true);
  expect(await connect.supportsFeature(99)).toBe(false);
});

test("the life of a guest, as calls and as events", async () => {
  const connect = await open();
  const seen: number[] = [];
  const off = await connect.on("domain.lifecycle", ({ dom, event }) => {
    if (dom.name === "life") seen.push(event);
  });
  const domain = await define(connect, "life");
  expect(await domain.isActive()).toBe(false);
  expect(await domain.isPersistent()).toBe(true);
  await domain.create();
  expect((await domain.getState()).state).toBe(DomainState.RUNNING);
  await domain.suspend();
  expect((await domain.getState()).state).toBe(DomainState.PAUSED);
  await domain.resume();
  const running = await connect.listAllDomains({ flags: ConnectListAllDomainsFlags.ACTIVE });
  expect(running.map(({ name, uuidText }) => [name, uuidText])).toEqual([["life", domain.uuidText]]);
  const [stats] = await connect.getAllDomainStats({ doms: [domain], stats: 0 });
  expect(stats?.dom.name).toBe("life");
  expect(stats?.params["state.state"]).toBe(DomainState.RUNNING);
  await domain.destroy();
  await waitFor("the last event", () => seen.at(-1) === DomainEventType.STOPPED);
  await off();
  expect(seen).toEqual(
    ["DEFINED", "RESUMED", "STARTED", "SUSPENDED", "RESUMED", "SHUTDOWN", "STOPPED"].map(
      (name) => DomainEventType[name as keyof typeof DomainEventType],
    ),
  );
});

test("a loop over events of one domain", async () => {
  const connect = await open();
  const [one, other] = [await define(connect, "one"), await define(connect, "other")];
  const stop = new AbortController();
  const events = connect.watch("domain.lifecycle", { object: one, signal: stop.signal });
  const first = events.next();
  await connect.getType(); // the registration is through
  await other.create();
  await one.create();
  expect((await within("the event", first)).value).toMatchObject({ dom: { name: "one" } });
  stop.abort(new Error("seen enough"));
  await expect(async () => {
    for await (const { dom } of events) expect(dom.name).toBe("one");
  }).rejects.toThrow("seen enough");
});

test("parameters are named values", async () => {
  const connect = await open();
  const domain = await define(connect, "tuned");
  await domain.setMemoryParameters({ params: { soft_limit: typed.ullong(65_536n) }, flags: 2 });
  expect(await domain.getMemoryParameters({ flags: 2 })).toMatchObject({ soft_limit: 65_536n });
  expect(await domain.getNumaParameters({ flags: 2 })).toMatchObject({ numa_nodeset: expect.any(String) });
});

test("a console, and what is typed there", async () => {
  const connect = await open();
  const domain = await define(connect, "console");
  await domain.createWithFlags();
  const stream = await domain.openConsole({ flags: 1 });
  stream.setEncoding("latin1");
  let text = "";
  stream.on("data", (chunk: string) => {
    text += chunk;
  });
  const before = text.length;
  stream.write("hello");
  await waitFor("an echo", () => text.slice(before).includes("hello"));
  await domain.destroy();
  await within(
    "the end",
    finished(stream).catch(() => {}),
  ); // libvirt ends it in order or not
  expect(stream.destroyed).toBe(true);
});

test.each([
  [
    "no such domain",
    (c: Connect) => c.domainLookupByName({ name: "none" }),
    ErrorCode.NO_DOMAIN,
    ErrorDomain.QEMU,
  ],
  [
    "no such UUID",
    (c: Connect) => c.domainLookupByUuid({ uuid: randomUUID() }),
    ErrorCode.NO_DOMAIN,
    ErrorDomain.QEMU,
  ],
  [
    "bad XML",
    (c: Connect) => c.domainDefineXml({ xml: "<domain" }),
    ErrorCode.XML_DETAIL,
    ErrorDomain.DOMAIN,
  ],
  [
    "no such network",
    (c: Connect) => c.networkLookupByName({ name: "none" }),
    ErrorCode.NO_NETWORK,
    ErrorDomain.NETWORK,
  ],
  [
    "unknown flags",
    (c: Connect) => c.domainDefineXmlFlags({ xml: "", flags: 2 ** 30 }),
    ErrorCode.INVALID_ARG,
    ErrorDomain.QEMU,
  ],
])("errors: %s", async (_, call, code, domain) => {
  await expect(call(await open())).rejects.toMatchObject({ name: "VirError", code, domain });
});

test("a read-only connection only looks", async () => {
  const socket = `${world.socket("virtqemud")}-ro`;
  const connect = await open({ readOnly: true }, `qemu:///system?socket=${socket}`);
  expect(await connect.listAllDomains()).toEqual([]);
  await expect(connect.domainDefineXml({ xml: "<domain/>" })).rejects.toMatchObject({
    code: ErrorCode.OPERATION_DENIED,
  });
});

test("networks and their events, through the same connection", async () => {
  const connect = await open();
  const events = connect.watch("network.lifecycle");
  const first = events.next();
  await connect.getType();
  const net = await connect.networkDefineXml({ xml: network({ name: "lan", subnet: 77 }) });
  expect((await within("the event", first)).value).toMatchObject({ event: 0, net: { name: "lan" } });
  await net.create();
  expect(await net.isActive()).toBe(true);
  expect(await net.getBridgeName()).toMatch(/./);
  expect(await net.getDhcpLeases()).toEqual([]);
  expect((await connect.listAllNetworks()).map(({ name }) => name)).toContain("lan");
  await net.destroy();
  await net.undefine();
  await events.return();
});

test("URIs that are refused by the daemon", async () => {
  const socket = `socket=${world.socket("virtqemud")}`;
  await expect(Connect.open(`qemu:///bogus?${socket}`)).rejects.toMatchObject({
    code: ErrorCode.INTERNAL_ERROR,
  });
  await expect(Connect.open(`qemu:///system?socket=${world.prefix}/none`)).rejects.toMatchObject({
    code: ErrorCode.SYSTEM_ERROR,
    int1: 2,
  });
});

/** The system's ssh is asked for a host that is this one. */
test.each(["native", "netcat"])("ssh with proxy=%s", async (proxy) => {
  const there = world.namespace.inside(["sh", "-c"]).join(" ");
  const ssh = script("ssh", `#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nexec ${there} "$3"\n`);
  const netcat = script(
    "nc",
    `#!${process.execPath}
const path = process.argv.at(-1);
if (path !== "-h") {
  const socket = require("node:net").connect(path);
  process.stdin.pipe(socket).pipe(process.stdout);
}
`,
  );
  const more = proxy === "netcat" ? `&netcat=${netcat}&socket=${world.socket("virtqemud")}` : "";
  const connect = await open({}, `qemu+ssh://localhost/system?command=${ssh}&proxy=${proxy}${more}`);
  expect(await connect.getType()).toBe("QEMU");
});

function script(name: string, text: string): string {
  const path = world.file(name, text);
  chmodSync(path, 0o755);
  return path;
}

test("ssh that fails says why", async () => {
  const ssh = script("no-ssh", "#!/bin/sh\necho 'Host key verification failed.' >&2\nexit 255\n");
  await expect(Connect.open(`qemu+ssh://localhost/system?command=${ssh}`)).rejects.toThrow(
    /Host key verification failed/,
  );
});

test("the daemon's death ends calls and loops", async () => {
  const connect = await Connect.open(world.uri);
  const loop = expect(connect.watch("domain.lifecycle").next()).rejects.toMatchObject({
    code: ErrorCode.SYSTEM_ERROR,
    domain: ErrorDomain.RPC,
  });
  await connect.getType();
  await world.restart("virtqemud");
  await loop;
  await expect(connect.getType()).rejects.toMatchObject({ domain: ErrorDomain.RPC });
  expect(connect.isAlive).toBe(false);
});
