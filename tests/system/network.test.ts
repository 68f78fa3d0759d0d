import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { remote } from "@libvirt-ts/protocol";
import type { RpcClient } from "@libvirt-ts/rpc/client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run, TestDaemon } from "./support/daemon.ts";
import { NetNamespace, until } from "./support/namespace.ts";

const p = remote.procs;
const uuid = "81ff0d90-c91e-6742-64da-4a736edb9a9b";
const networkXml = (name: string, body: string, attrs = "") =>
  `<network${attrs}><name>${name}</name>${body}</network>`;
const nat = (name: string, third: number, extra = "") =>
  networkXml(
    name,
    `<forward mode='nat'/><bridge stp='off'/><ip address='192.168.${third}.1' netmask='255.255.255.0'><dhcp><range start='192.168.${third}.2' end='192.168.${third}.99'/></dhcp></ip>${extra}`,
  );

let host: NetNamespace;
let prefix: string;
let daemon: TestDaemon;

const start = async () => {
  daemon = await TestDaemon.start("virtnetworkd", { prefix, wrap: host.enter });
};
const at = (path: string) => join(prefix, path);
const files = (path: string) => (existsSync(at(path)) ? readdirSync(at(path)).sort() : []);

/** Runs virsh; words of one argument stay together. */
async function virsh(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(
    "virsh",
    ["-q", "-c", `network:///system?socket=${daemon.socket}`, ...args],
    {
      LC_ALL: "C",
    },
  );
  if (code !== 0) throw new Error(stderr.trim());
  return stdout.trimEnd();
}

/** Rows of a table of virsh, each as its words. */
const rows = async (...args: string[]) =>
  (await virsh(...args))
    .split("\n")
    .filter(Boolean)
    .map((line) => line.trim().split(/\s+/));

let xmlFiles = 0;
function xmlFile(text: string): string {
  const path = at(`network-${xmlFiles++}.xml`);
  writeFileSync(path, text);
  return path;
}

async function connect(): Promise<RpcClient> {
  const client = await daemon.connect();
  await client.call(p.authList, undefined);
  await client.call(p.connectOpen, { name: "network:///system", flags: 0 });
  return client;
}

/** The rules of our chains, without those that only lead there. */
async function firewallRules(): Promise<string[]> {
  const { stdout } = await host.run("nft", "list", "ruleset");
  return stdout.split("\n").filter((line) => line.includes("counter") && !line.includes("jump"));
}

const dnsmasqPid = (name: string) => Number(readFileSync(at(`run/libvirt/network/${name}.pid`), "latin1"));

/** Nothing of any network is left on the host. */
async function expectNothing() {
  expect(await host.interfaces()).toEqual([]);
  expect(await firewallRules()).toEqual([]);
  expect(files("run/libvirt/network")).toEqual(["autostarted", "driver.pid"]);
  const { stdout } = await run("ps", ["-A", "-o", "stat,args"]);
  expect(
    stdout.split("\n").filter((line) => !line.startsWith("Z") && line.includes(`--conf-file=${prefix}`)),
  ).toEqual([]);
}

beforeAll(async () => {
  host = await NetNamespace.create();
});
afterAll(() => host.close());

beforeEach(async () => {
  prefix = mkdtempSync(join(tmpdir(), "libvirt-ts-network-"));
  chmodSync(prefix, 0o755); // dnsmasq reads its hosts files again as an unprivileged user
  await start();
});

afterEach(async () => {
  for (const [name = ""] of await rows("net-list")) await virsh("net-destroy", name);
  await daemon.stop();
  for (const name of await host.interfaces()) await host.ip("link", "delete", name);
  rmSync(prefix, { recursive: true });
});

test("a network from definition to removal, by virsh", async () => {
  const file = xmlFile(networkXml("one", `<uuid>${uuid}</uuid><ip address='192.168.31.1' prefix='24'/>`));
  await virsh("net-define", file);
  expect(await rows("net-list", "--all")).toEqual([["one", "inactive", "no", "yes"]]);
  expect(await rows("net-list")).toEqual([]);
  expect(files("etc/libvirt/qemu/networks")).toEqual(["autostart", "one.xml"]);
  expect(readFileSync(at("etc/libvirt/qemu/networks/one.xml"), "utf8")).toContain("virsh net-edit one");

  await virsh("net-autostart", "one");
  expect(files("etc/libvirt/qemu/networks/autostart")).toEqual(["one.xml"]);
  await virsh("net-start", "one");
  expect(await rows("net-info", "one")).toEqual([
    ["Name:", "one"],
    ["UUID:", uuid],
    ["Active:", "yes"],
    ["Persistent:", "yes"],
    ["Autostart:", "yes"],
    ["Bridge:", "virbr0"],
  ]);
  expect(await virsh("net-name", uuid)).toBe("one");
  expect(await virsh("net-uuid", "one")).toBe(uuid);
  expect(await virsh("net-dumpxml", "one")).toContain("<bridge name='virbr0' stp='on' delay='0'/>");
  expect(await host.interfaces()).toEqual(["virbr0"]);
  const status = readFileSync(at("run/libvirt/network/one.xml"), "utf8");
  expect(status).toContain("<firewall name='fwRemoval' backend='nftables'>");

  await virsh("net-undefine", "one");
  expect(await rows("net-list", "--all")).toEqual([["one", "active", "no", "no"]]);
  await virsh("net-destroy", "one");
  expect(await rows("net-list", "--all")).toEqual([]);
  expect(files("etc/libvirt/qemu/networks/autostart")).toEqual([]);
  expect(files("var/lib/libvirt/dnsmasq")).toEqual([]);
  await expectNothing();
});

test.each<[command: string, subject: string, message: string]>([
  ["net-start", "none", "Network not found: no network with matching name 'none'"],
  ["net-destroy", "one", "Requested operation is not valid: network 'one' is not active"],
  ["net-start", "two", "Requested operation is not valid: network is already active"],
  ["net-define", nat("one", 1), "operation failed: network 'one' already exists with uuid"],
  ["net-define", "<network><name>x</name>", "at line 1: "],
  ["net-define", networkXml("a/b", ""), "invalid char in name: /"],
  ["net-create", nat("three", 32), "internal error: Network is already in use by interface virbr1"],
])("%s of %s is refused", async (command, subject, message) => {
  const argument = subject.startsWith("<") ? xmlFile(subject) : subject;
  await virsh("net-define", xmlFile(networkXml("one", "<bridge name='virbr0'/>")));
  await virsh("net-create", xmlFile(nat("two", 32)));
  await expect(virsh(command, argument)).rejects.toThrow(message);
  expect(await host.interfaces()).toEqual(["virbr1"]);
});

test("a start that fails leaves nothing behind and says why", async () => {
  const options = `<dnsmasq:options xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'><dnsmasq:option value='no-such-option'/></dnsmasq:options>`;
  await expect(virsh("net-create", xmlFile(nat("broken", 33, options)))).rejects.toThrow(
    "bad option at line",
  );
  expect(await rows("net-list", "--all")).toEqual([]);
  expect(files("var/lib/libvirt/dnsmasq")).toEqual([]);
  await expectNothing();
});

test.each([
  ["isolated", networkXml("m", "<ip address='192.168.34.1' prefix='24'/>"), 3],
  ["open", networkXml("m", "<forward mode='open'/><ip address='192.168.34.1' prefix='24'/>"), 0],
  ["route", networkXml("m", "<forward mode='route'/><ip address='192.168.34.1' prefix='24'/>"), 5],
  ["nat", nat("m", 34), 10],
  ["without addresses", networkXml("m", ""), 3],
  ["both families", nat("m", 34, "<ip family='ipv6' address='fd00:34::1' prefix='64'/>"), 15],
])("mode %s: rules come and go", async (_mode, xml, count) => {
  await virsh("net-create", xmlFile(xml));
  expect(await firewallRules()).toHaveLength(count);
  await virsh("net-destroy", "m");
  await expectNothing();
});

test("entries are added to and removed from a running network and its definition", async () => {
  await virsh("net-define", xmlFile(nat("n", 35)));
  await virsh("net-start", "n");
  const before = dnsmasqPid("n");
  const entry = "<host mac='52:54:00:00:00:35' name='known' ip='192.168.35.35'/>";
  const update = (command: string, xml: string) =>
    virsh("net-update", "n", command, "ip-dhcp-host", xml, "--live", "--config");
  await update("add", entry);
  for (const form of [[], ["--inactive"]]) expect(await virsh("net-dumpxml", "n", ...form)).toContain(entry);
  const hosts = at("var/lib/libvirt/dnsmasq/n.hostsfile");
  expect(readFileSync(hosts, "utf8")).toBe("52:54:00:00:00:35,192.168.35.35,known\n");
  expect(dnsmasqPid("n")).toBe(before);
  await expect(update("add", entry)).rejects.toThrow("there is an existing dhcp host entry in network 'n'");
  await update("delete", entry);
  expect(readFileSync(hosts, "utf8")).toBe("");
  expect(await virsh("net-dumpxml", "n")).not.toContain("<host");
});

test("what an update touches follows: dnsmasq's configuration, its names, the firewall", async () => {
  await virsh("net-create", xmlFile(nat("n", 44)));
  const update = (section: string, xml: string) => virsh("net-update", "n", "add", section, xml, "--live");
  const before = dnsmasqPid("n");
  await update("dns-host", "<host ip='192.168.44.44'><hostname>fixed.example</hostname></host>");
  const asks = () => host.run("busybox", "nslookup", "fixed.example", "192.168.44.1");
  await until("the new name", async () => (await asks()).stdout.includes("192.168.44.44"));
  expect(dnsmasqPid("n")).toBe(before);
  await update("ip-dhcp-range", "<range start='192.168.44.100' end='192.168.44.110'/>");
  expect(dnsmasqPid("n")).not.toBe(before);
  expect(readFileSync(at("var/lib/libvirt/dnsmasq/n.conf"), "utf8")).toContain("dhcp-range=192.168.44.100,");
  await update("forward-interface", "<interface dev='uplink'/>");
  const rules = await firewallRules();
  expect(rules).toHaveLength(10);
  expect(rules.filter((rule) => rule.includes('ifname "uplink"'))).toHaveLength(7);
  await expect(update("forward-interface", "<interface dev='second'/>")).rejects.toThrow(
    "only one is supported",
  );
});

test("autostart happens once a boot", async () => {
  await virsh("net-define", xmlFile(networkXml("auto", "")));
  await virsh("net-autostart", "auto");
  await daemon.stop();
  await start();
  expect(await rows("net-list")).toEqual([]);
  await daemon.stop();
  rmSync(at("run/libvirt/network/autostarted")); // as after a boot
  await start();
  expect(await rows("net-list")).toEqual([["auto", "active", "yes", "yes"]]);
});

test("events, of one network and of all", async () => {
  const client = await connect();
  const seen: unknown[] = [];
  client.onEvent(p.networkEventLifecycle, ({ net, event }) => seen.push([net.name, event]));
  await client.call(p.connectNetworkEventRegisterAny, { eventID: 0, net: null });
  await expect(client.call(p.connectNetworkEventRegisterAny, { eventID: 0, net: null })).rejects.toThrow(
    "event callback already tracked",
  );
  await virsh("net-define", xmlFile(networkXml("e", "")));
  await virsh("net-start", "e");
  await virsh("net-destroy", "e");
  await virsh("net-undefine", "e");
  await until("four events", () => seen.length === 4);
  expect(seen).toEqual([0, 2, 3, 1].map((event) => ["e", event]));
  client.close();
});

describe("with guests", () => {
  let guest: NetNamespace;
  beforeEach(async () => {
    guest = await NetNamespace.create();
  });
  afterEach(() => guest.close());

  /** A guest's card on the bridge gets an address by DHCP. @returns the address */
  async function lease(bridge: string): Promise<string> {
    await host.connect(guest, { here: "veth0", there: "eth0" });
    await host.ip("link", "set", "veth0", "master", bridge);
    const client = [
      "busybox",
      "udhcpc",
      "-i",
      "eth0",
      "-f",
      "-q",
      "-n",
      "-t",
      "10",
      "-T",
      "1",
      "-s",
      "/bin/true",
    ];
    const { stderr } = await guest.run(...client);
    const address = /lease of (\S+) obtained/.exec(stderr)?.[1];
    if (!address) throw new Error(`no lease: ${stderr}`);
    await guest.ip("address", "add", `${address}/24`, "dev", "eth0");
    return address;
  }
  const pings = async (to: string) =>
    (await guest.run("busybox", "ping", "-c", "1", "-W", "2", to)).code === 0;

  test("a guest gets a lease, reaches the host, and the world by way of it", async () => {
    await virsh("net-create", xmlFile(nat("n", 36, "<ip family='ipv6' address='fd00:36::1' prefix='64'/>")));
    const address = await lease("virbr0");
    expect(address).toMatch(/^192\.168\.36\./);
    expect(await pings("192.168.36.1")).toBe(true);
    const [row] = await rows("net-dhcp-leases", "n");
    expect(row?.slice(2, 5)).toEqual([expect.stringMatching(/^[0-9a-f:]{17}$/), "ipv4", `${address}/24`]);
    await until("an IPv6 address by router advertisement", async () =>
      (await guest.ip("-6", "address")).includes("inet6 fd00:36:"),
    );
    const world = await NetNamespace.create();
    await host.connect(world, { here: "uplink", there: "eth0" });
    await host.ip("address", "add", "10.36.0.1/24", "dev", "uplink");
    await world.ip("address", "add", "10.36.0.2/24", "dev", "eth0");
    await guest.ip("route", "add", "default", "via", "192.168.36.1");
    // The world knows no way back to the guest: only masqueraded packets are answered.
    expect(await pings("10.36.0.2")).toBe(true);
    world.close();
  });

  test("kill -9: the network goes on, the next daemon takes it over", async () => {
    await virsh("net-define", xmlFile(nat("n", 37)));
    await virsh("net-start", "n");
    await lease("virbr0");
    const before = { pid: dnsmasqPid("n"), rules: (await firewallRules()).length };
    await daemon.stop("SIGKILL");
    expect(await pings("192.168.37.1")).toBe(true);
    await start();
    expect(await rows("net-list")).toEqual([["n", "active", "no", "yes"]]);
    expect(await pings("192.168.37.1")).toBe(true);
    expect({ pid: dnsmasqPid("n"), rules: (await firewallRules()).length }).toEqual(before);
    expect(await rows("net-dhcp-leases", "n")).toHaveLength(1);
    await virsh("net-destroy", "n");
    await host.ip("link", "delete", "veth0");
    await expectNothing();
  });
});

test("what was lost while no daemon ran is made good", async () => {
  await virsh("net-create", xmlFile(nat("n", 38)));
  await virsh("net-create", xmlFile(nat("gone", 39)));
  await daemon.stop("SIGKILL");
  process.kill(dnsmasqPid("n"), "SIGKILL");
  await host.run("nft", "flush", "ruleset");
  await host.ip("link", "delete", "virbr1");
  await start();
  expect(await rows("net-list", "--all")).toEqual([["n", "active", "no", "no"]]);
  expect(await firewallRules()).toHaveLength(10);
  expect(existsSync(`/proc/${dnsmasqPid("n")}`)).toBe(true);
  await virsh("net-destroy", "n");
  await expectNothing();
});

test("killed in the middle of starting and stopping, a network is whole or gone", async () => {
  await virsh("net-define", xmlFile(nat("n", 40)));
  for (let round = 0; round < 12; round++) {
    const wasActive = (await rows("net-list")).length === 1;
    const call = virsh(wasActive ? "net-destroy" : "net-start", "n").catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 8 + round * 4)); // somewhere in the middle
    await daemon.stop("SIGKILL");
    await call;
    await start();
    const isActive = (await rows("net-list")).length === 1;
    if (isActive) {
      expect(await host.interfaces()).toEqual(["virbr0"]);
      expect(await firewallRules()).toHaveLength(10);
      expect(existsSync(`/proc/${dnsmasqPid("n")}`)).toBe(true);
    } else {
      await expectNothing();
    }
  }
});

test("many networks at once, from several connections", async () => {
  const clients = await Promise.all([1, 2, 3, 4].map(connect));
  const all = <T>(work: (client: RpcClient, index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 12 }, (_, index) => work(clients[index % 4]!, index))); // four were made
  const made = await all((client, index) =>
    client.call(p.networkCreateXml, { xml: nat(`n${index}`, 60 + index) }),
  );
  expect(await host.interfaces()).toHaveLength(12);
  expect(await firewallRules()).toHaveLength(120);
  await all((client, index) => client.call(p.networkDestroy, { net: made[index]!.net })); // as many as were made
  for (const client of clients) client.close();
  await expectNothing();
});

test("SIGHUP: rules that were flushed come back, new definitions are read", async () => {
  await virsh("net-create", xmlFile(nat("n", 42)));
  await host.run("nft", "flush", "ruleset");
  writeFileSync(at("etc/libvirt/qemu/networks/late.xml"), networkXml("late", ""));
  daemon.process.kill("SIGHUP");
  await until("the rules", async () => (await firewallRules()).length === 10);
  await until("the definition", async () => (await rows("net-list", "--inactive")).length === 1);
});

test("ports of virsh", async () => {
  await virsh("net-create", xmlFile(nat("n", 43)));
  const port = xmlFile(
    `<networkport><uuid>${uuid}</uuid><owner><name>g</name><uuid>${uuid}</uuid></owner><mac address='52:54:00:00:00:43'/></networkport>`,
  );
  await virsh("net-port-create", "n", port);
  expect(await rows("net-port-list", "n")).toEqual([[uuid]]);
  expect(await virsh("net-port-dumpxml", "n", uuid)).toContain("<plug type='network' bridge='virbr0'/>");
  await virsh("net-port-delete", "n", uuid);
  expect(await rows("net-port-list", "n")).toEqual([]);
});

test("lists of the first libvirt, from Python", async () => {
  await virsh("net-define", xmlFile(networkXml("off", "")));
  await virsh("net-create", xmlFile(networkXml("on", "")));
  const script = `import libvirt
c = libvirt.open("network:///system?socket=${daemon.socket}")
print(c.numOfNetworks(), c.listNetworks(), c.numOfDefinedNetworks(), c.listDefinedNetworks())
n = c.networkLookupByName("on")
print(n.bridgeName(), n.isActive(), n.isPersistent(), n.autostart(), n.DHCPLeases())`;
  const { stdout, stderr } = await run("/usr/bin/python3", ["-c", script]);
  expect(stderr).toBe("");
  expect(stdout).toBe("1 ['on'] 1 ['off']\nvirbr1 1 0 0 []\n");
});

test("ports: given, found, kept over a restart, taken back", async () => {
  await virsh("net-create", xmlFile(nat("n", 41)));
  const portXml = `<networkport><owner><name>guest</name><uuid>${uuid}</uuid></owner><mac address='52:54:00:00:00:41'/></networkport>`;
  let client = await connect();
  const { net } = await client.call(p.networkLookupByName, { name: "n" });
  const { port } = await client.call(p.networkPortCreateXml, {
    network: net,
    xml: portXml,
    flags: 0,
  } as never);
  const { xml } = await client.call(p.networkPortGetXmlDesc, { port, flags: 0 });
  expect(xml).toContain("<plug type='network' bridge='virbr0'/>");
  const macs = at("var/lib/libvirt/dnsmasq/virbr0.macs");
  expect(JSON.parse(readFileSync(macs, "utf8"))).toEqual([{ domain: "guest", macs: ["52:54:00:00:00:41"] }]);
  client.close();
  await daemon.stop("SIGKILL");
  await start();
  client = await connect();
  const listed = await client.call(p.networkListAllPorts, { network: net, needResults: 1, flags: 0 });
  expect(listed.ret).toBe(1);
  expect(await virsh("net-dumpxml", "n")).toContain("<network connections='1'>");
  await client.call(p.networkPortDelete, { port, flags: 0 });
  await expect(client.call(p.networkPortDelete, { port, flags: 0 })).rejects.toThrow("does not exist");
  expect(JSON.parse(readFileSync(macs, "utf8"))).toEqual([]);
  client.close();
});
