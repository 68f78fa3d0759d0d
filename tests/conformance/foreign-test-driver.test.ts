import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { remote } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { type DaemonName, World, type WorldOptions } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asLater } from "./as-later.ts";

/** Unmodified clients on `test+unix:///default`: served by our libvirtd and by libvirt's, they say the same. */
const sides = {
  theirs: { daemon: "virtqemud", options: { systemPaths: true, peers: ["virtqemud"], daemons: [] } },
  ours: { daemon: "libvirtd", options: { daemons: [] } },
} as const satisfies Record<string, { daemon: DaemonName; options: WorldOptions }>;
type Side = keyof typeof sides;
const worlds = new Map<Side, World>();

beforeAll(async () => {
  for (const side of ["theirs", "ours"] as const) {
    const { daemon, options } = sides[side];
    const world = await World.create(options);
    worlds.set(side, world);
    writeFileSync(join(world.prefix, "etc/libvirt/libvirtd.conf"), 'auth_unix_rw = "none"\n');
    await world.start(daemon);
  }
});
afterAll(async () => {
  for (const world of worlds.values()) await world.close();
});

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** What a command says, with what differs from world to world left out. */
async function said(side: Side, command: (uri: string, folder: string) => string[]): Promise<string[]> {
  const world = worlds.get(side);
  if (world === undefined) throw new Error("no such world");
  const uri = world.uriOf(sides[side].daemon, "test", "default");
  const { code, stdout, stderr } = await world.run(command(uri, join(world.prefix, "images")), {
    timeoutMs: 60_000,
  });
  const text = asLater(`${stdout}${stderr}exit status ${code}`)
    .replaceAll(uri, "URI")
    .replaceAll(world.prefix, "PREFIX")
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
    .replaceAll(/(52:54:00|00:16:3e)(:[0-9a-f]{2}){3}/g, "MAC")
    .replaceAll(/00:00:00|\d\d:\d\d:\d\d|\d+ B\/s/g, "TIME");
  return text.trim().split("\n");
}

async function same(command: (uri: string, folder: string) => string[]): Promise<string[]> {
  const theirs = await said("theirs", command);
  const ours = await said("ours", command);
  expect(ours).toEqual(theirs);
  return ours;
}

const groups = {
  "test-driver": ["host", "vcpus", "tuning", "stats", "guest", "iothreads", "stopped", "saved"],
  "test-driver-objects": ["networks", "interfaces", "storage", "devices"],
  "test-driver-moments": momentGroups(),
};

/** As the script itself lists them. */
function momentGroups(): string[] {
  const text = readFileSync(file("test-driver-moments.py"), "utf8");
  return [...text.matchAll(/^def (\w+)\(\):/gm)].map(([, name = ""]) => name);
}

let calls = 0;
test.each(Object.entries(groups).flatMap(([script, names]) => names.map((name) => [script, name] as const)))(
  "python: %s, %s",
  async (script, group) => {
    const lines = await same((uri, folder) => ["/usr/bin/python3", file(`${script}.py`), uri, group, folder]);
    expect(lines.at(-1)).toBe("exit status 0");
    calls += lines.length - 1;
  },
);

test("these are many calls", () => {
  console.log(`${calls} calls of Python's binding`);
  expect(calls).toBeGreaterThanOrEqual(150);
});

test("perl: Sys::Virt", async () => {
  const lines = await same((uri) => ["/usr/bin/perl", file("sys-virt-test-driver.pl"), uri]);
  expect(lines.length).toBeGreaterThan(50);
});

const guest = ["--memory", "64", "--disk", "none", "--network", "none", "--graphics", "none"];
const install = [
  ...guest,
  "--osinfo",
  "detect=off,require=off",
  "--import",
  "--boot",
  "hd",
  "--noautoconsole",
];

test.each<[string, string, ...string[]]>([
  ["virt-install --print-xml", "virt-install", "--name", "one", ...install, "--print-xml"],
  ["virt-install --import", "virt-install", "--name", "one", ...install],
  [
    "virt-install with a disk of a pool",
    "virt-install",
    ...["--name", "two", ...install.slice(2), "--memory", "64"],
    ...["--disk", "pool=default-pool,size=1", "--print-xml"],
  ],
  ["virt-xml --edit", "virt-xml", "test", "--edit", "--metadata", "title=first"],
  ["virt-xml --add-device", "virt-xml", "test", "--add-device", "--disk", "/more.img,size=1", "--print-xml"],
  ["virt-xml --print-diff", "virt-xml", "test", "--edit", "--vcpus", "4", "--print-diff"],
])("%s", async (_, tool, ...args) => {
  const lines = await same((uri) => [`/usr/bin/${tool}`, "--connect", uri, ...args]);
  expect([lines.at(-1), lines]).toEqual(["exit status 0", expect.anything()]);
});

const domain = (name: string, devices: string) =>
  `<domain type='test'><name>${name}</name><memory>1024</memory><os><type arch='i686'>hvm</type></os><devices>${devices}</devices></domain>`;
const disk = "<disk type='file' device='disk'><source file='/default-pool/v.img'/><target dev='vda'/></disk>";

/** A client that keeps the host there, with guests that can be cloned: "plain", and "stored" with a volume. */
async function addGuests(side: Side): Promise<() => void> {
  const world = worlds.get(side);
  if (world === undefined) throw new Error("no such world");
  const client = await RpcClient.connect(world.socket(sides[side].daemon));
  const p = remote.procs;
  await client.call(p.authList, undefined);
  await client.call(p.connectOpen, { name: "test:///default", flags: 0 });
  const { pool } = await client.call(p.storagePoolLookupByName, { name: "default-pool" });
  const xml = "<volume><name>v.img</name><capacity unit='M'>8</capacity></volume>";
  await client.call(p.storageVolCreateXml, { pool, xml, flags: 0 });
  await client.call(p.domainDefineXml, { xml: domain("plain", "") });
  await client.call(p.domainDefineXml, { xml: domain("stored", disk) });
  return () => client.close();
}

test.each([
  ["plain", "--auto-clone"],
  ["plain", "--auto-clone", "--print-xml"],
  ["stored", "--auto-clone"],
  ["stored", "--file", "/default-pool/w.img", "--print-xml"],
])("virt-clone of %s %s %s", async (original, ...args) => {
  const release = [await addGuests("theirs"), await addGuests("ours")];
  const lines = await same((uri) => [
    ...["/usr/bin/virt-clone", "--connect", uri, "--original", original, "--name", "copy"],
    ...args,
  ]);
  for (const go of release) go();
  expect([lines.at(-1), lines]).toEqual(["exit status 0", expect.anything()]);
});
