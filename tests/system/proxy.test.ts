import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatVerifiers } from "@libvirt-ts/access/passwords";
import { makeVerifier } from "@libvirt-ts/access/scram";
import { DomainEventType } from "@libvirt-ts/api";
import { Connect, Domain, type OpenOptions } from "@libvirt-ts/client";
import { ErrorCode, ErrorDomain } from "@libvirt-ts/errors";
import { remote } from "@libvirt-ts/protocol";
import {
  bootDisk,
  bootDomain,
  DaemonProcess,
  network,
  output,
  type Result,
  run,
  World,
  waitFor,
  within,
} from "@libvirt-ts/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { makeCertificates } from "./support/certificates.ts";

/**
 * Debian's clients and ours come to the daemons through virtproxyd, over all its sockets. It runs outside of the world's
 * network, so that this process can reach it.
 */
let world: World;
let proxy: DaemonProcess;
const at = (name: string) => join(world.prefix, "images", name);
const ports = { tcp: 26_509, tls: 26_514 };

beforeAll(async () => {
  world = await World.create();
  makeCertificates(at(""), { host: "127.0.0.1" });
  await start({ auth_tcp: "none", auth_tls: "none" });
});
afterAll(async () => {
  await proxy?.stop();
  await world?.close();
});

/** Starts virtproxyd, in place of one that runs. */
async function start(keys: Record<string, string>): Promise<void> {
  await proxy?.stop();
  const config = {
    tcp_port: `${ports.tcp}`,
    tls_port: `${ports.tls}`,
    listen_addr: "127.0.0.1",
    ca_file: at("cacert.pem"),
    cert_file: at("servercert.pem"),
    key_file: at("serverkey.pem"),
    ...keys,
  };
  const lines = Object.entries(config).map(([key, value]) => `${key} = "${value}"\n`);
  const file = join(world.prefix, "etc/libvirt/virtproxyd.conf");
  writeFileSync(file, `listen_tcp = 1\nlisten_tls = 1\n${lines.join("")}`);
  const log = join(world.prefix, "virtproxyd.out");
  proxy = new DaemonProcess(
    world.command("virtproxyd"),
    world.environment(),
    world.socket("virtproxyd"),
    log,
  );
  await proxy.ready();
}

/** Each way a client may come. */
const ways = {
  unix: () => `qemu:///system?socket=${world.socket("virtproxyd")}`,
  tcp: () => `qemu+tcp://127.0.0.1:${ports.tcp}/system`,
  tls: () => `qemu+tls://127.0.0.1:${ports.tls}/system?pkipath=${at("")}`,
};

const virsh = (uri: string, ...args: string[]): Promise<Result> =>
  run(["virsh", "-q", "-c", uri, ...args], { env: world.environment() });

describe.each(Object.entries(ways))("by %s", (_, uri) => {
  test("virsh: a guest's life, networks too", async () => {
    const said = async (...args: string[]) => {
      const { code, stdout, stderr } = await virsh(uri(), ...args);
      expect([code, stderr.trim()]).toEqual([0, ""]);
      return stdout.trim().replace(/\s+/g, " ");
    };
    const xml = bootDomain({ name: "demo", disk: world.file("demo.img", bootDisk()) });
    await said("define", world.file("demo.xml", xml));
    await said("start", "demo");
    expect(await said("domstate", "demo")).toBe("running");
    expect(await said("list")).toMatch(/^\d+ demo running$/);
    expect(await said("net-list", "--all")).toBe("");
    await said("destroy", "demo");
    await said("undefine", "demo");
    expect(await said("uri")).toContain("/system");
  });

  test("python", async () => {
    const script =
      "import libvirt,sys; c = libvirt.open(sys.argv[1]); print(c.getType(), c.isAlive(), c.isEncrypted())";
    const text = await output(["/usr/bin/python3", "-c", script, uri()]);
    expect(text).toMatch(/^QEMU 1 [01]$/m);
  });
});

test("virsh may only look when it says so", async () => {
  for (const uri of [ways.unix(), ways.tcp()]) {
    const { code, stderr } = await virsh(uri, "-r", "define", world.file("any.xml", "<domain/>"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/read only access prevents virDomainDefineXML/);
  }
  const { stderr } = await virsh(
    `qemu:///system?socket=${world.socket("virtproxyd")}-ro`,
    "net-create",
    at("any.xml"),
  );
  expect(stderr).toMatch(/read only access prevents virNetworkCreateXML/);
});

test.each([
  ["gopher:///system", /no connection driver available for gopher:\/\/\/system/],
  ["qemu:///bogus", /unexpected qemu URI path '\/bogus', try qemu:\/\/\/system/],
  ["lxc:///system", /Failed to connect socket to '.*virtlxcd-sock': No such file/],
])("%s", async (name, message) => {
  await expect(Connect.open(`remote:///?socket=${world.socket("virtproxyd")}&name=${name}`)).rejects.toThrow(
    message,
  );
});

test("networks have a daemon of their own; no name is that of the hypervisor", async () => {
  const socket = `socket=${world.socket("virtproxyd")}`;
  const net = await open(`network:///system?${socket}`);
  expect(await net.getType()).toBe("network");
  const any = await open(`remote:///?${socket}`);
  expect([await any.getType(), await any.getUri()]).toEqual(["QEMU", "qemu:///system"]);
});

test("events and consoles, ours by TLS", async () => {
  const connect = await open(ways.tls());
  const seen: number[] = [];
  await connect.on("domain.lifecycle", ({ event }) => seen.push(event));
  const nets: string[] = [];
  await connect.on("network.lifecycle", ({ net }) => nets.push(net.name));
  const xml = bootDomain({ name: "tls", disk: world.file("tls.img", bootDisk()) });
  const domain = await connect.domainCreateXml({ xmlDesc: xml });
  expect(domain).toBeInstanceOf(Domain);
  const console = await domain.openConsole({ flags: 1 });
  console.on("error", () => {});
  let text = "";
  console.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  console.write("hello");
  await waitFor("an echo", () => text.includes("hello"));
  await domain.destroy();
  await waitFor("the end", () => seen.at(-1) === DomainEventType.STOPPED);
  const net = await connect.networkDefineXml({ xml: network({ name: "lan", subnet: 78 }) });
  await net.undefine();
  await waitFor("both events", () => nets.length === 2);
});

test("TLS: no certificate, no entry", async () => {
  mkdirSync(at("empty"), { recursive: true });
  const { code, stderr } = await virsh(
    `qemu+tls://127.0.0.1:${ports.tls}/system?pkipath=${at("empty")}`,
    "list",
  );
  expect([code, stderr]).toEqual([1, expect.stringMatching(/certificate/)]);
});

test("virt-admin: servers, clients, new certificates", async () => {
  const socket = join(world.prefix, "run/libvirt/libvirt-admin-sock");
  const admin = (...args: string[]) =>
    output(["virt-admin", "-q", "-c", `libvirtd:///system?socket=${socket}`, ...args]);
  const connect = await open(ways.tls());
  expect((await admin("server-list")).replace(/\s+/g, " ").trim()).toBe("0 virtproxyd 1 admin");
  expect(await admin("client-list", "virtproxyd")).toMatch(/\btls\b/);
  const [id = ""] = /\d+/.exec(await admin("client-list", "virtproxyd")) ?? [];
  expect(await admin("client-info", "virtproxyd", id)).toMatch(/tls_x509_dname\s*: CN=client/);
  await admin("server-update-tls", "virtproxyd");
  await admin("client-disconnect", "virtproxyd", id);
  expect(await within("the end", connect.closed)).toMatchObject({ domain: ErrorDomain.RPC });
});

test("virtqemud dies: the client is told, keeps its connection, and comes back by opening anew", async () => {
  const connect = await open(ways.unix());
  const { transport } = connect.session;
  await transport.call(remote.procs.connectRegisterCloseCallback, undefined);
  const told = new Promise((resolve) =>
    transport.onEvent(remote.procs.connectEventConnectionClosed, resolve),
  );
  await world.restart("virtqemud");
  expect(await within("the event", told)).toEqual({ reason: 1 });
  expect(connect.isAlive).toBe(true);
  await expect(connect.getType()).rejects.toMatchObject({
    code: ErrorCode.INTERNAL_ERROR,
    domain: ErrorDomain.RPC,
  });
  expect(await (await open(ways.unix())).getType()).toBe("QEMU");
});

test("SASL inside TLS, and never on plain TCP", async () => {
  const file = join(world.prefix, "etc/libvirt/sasl-users");
  writeFileSync(file, formatVerifiers(new Map([["fred", await makeVerifier("secret")]])), { mode: 0o600 });
  await start({ auth_tcp: "sasl", auth_tls: "sasl" });
  const login = (password: string) => ({ credentials: () => ({ user: "fred", password }) });
  expect(await (await open(ways.tls(), login("secret"))).getType()).toBe("QEMU");
  const refused = { code: ErrorCode.AUTH_FAILED };
  await expect(Connect.open(ways.tls(), login("wrong"))).rejects.toMatchObject(refused);
  await expect(Connect.open(ways.tcp(), login("secret"))).rejects.toMatchObject(refused);
  const groups = "[credentials-me]\nauthname=fred\npassword=secret\n[auth-libvirt-default]\ncredentials=me\n";
  const env = world.environment({ LIBVIRT_AUTH_FILE: world.file("auth.conf", groups) });
  expect(await output(["virsh", "-q", "-c", ways.tls(), "domcapabilities"], { env })).toContain(
    "<domainCapabilities>",
  );
  expect(await (await open(ways.tls(), { env })).getType()).toBe("QEMU");
});

async function open(uri: string, options?: OpenOptions): Promise<Connect> {
  const connect = await Connect.open(uri, options);
  onTestFinished(() => connect.close());
  return connect;
}
