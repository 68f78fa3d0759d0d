import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, readFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import {
  bootDisk,
  bootDomain,
  type Census,
  census,
  type DaemonName,
  daemonNames,
  expectNoLeak,
  nic,
  peer,
  World,
  waitFor,
  warmUp,
  within,
} from "@libvirt-ts/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let world: World;
let before: Census;
let disk: string;

beforeAll(async () => {
  world = await World.create();
  disk = world.file("disk.img", bootDisk({ ticks: 1 }));
  world.file("bad.xml", "");
  for (const name of ["dying", "silent"]) world.file(`${name}.sh`, "");
  await world.output(["mkdir", ...["full", "crowded"].map((name) => `${world.prefix}/images/${name}`)]);
  await warmUp(world);
  await world.tryVirsh("start", "nobody");
  before = await census(world);
});
afterAll(() => world?.close());

const guest = (change: (xml: string) => string = (xml) => xml) => change(bootDomain({ name: "bad", disk }));
const devices = (xml: string) => guest((all) => all.replace("</devices>", `${xml}</devices>`));

/** What define says about XML that cannot be right. */
const malformed: readonly (readonly [what: string, xml: () => string, complaint: RegExp])[] = [
  ["nothing", () => "", /error: .*(Document is empty|Start tag expected|empty)/],
  ["no XML", () => "rubbish", /error: .*at line 1: Start tag expected, '<' not found\nrubbish\n\^/],
  ["cut off", () => guest().slice(0, 200), /error: at line \d+: /],
  [
    "another root",
    () => "<network/>",
    /error: XML error: (expecting root element of 'domain', not 'network'|unexpected root element <network>, expecting <domain>)/,
  ],
  [
    "no name",
    () => guest((xml) => xml.replace("<name>bad</name>", "")),
    /error: missing domain name information|error: (internal error: )?missing.*name/,
  ],
  [
    "a slash in the name",
    () => guest((xml) => xml.replace("<name>bad<", "<name>a/b<")),
    /name a\/b cannot contain '\/'/,
  ],
  [
    "a bad UUID",
    () => guest((xml) => xml.replace("<memory", "<uuid>1234</uuid><memory")),
    /malformed uuid element/,
  ],
  [
    "a bad number",
    () => guest((xml) => xml.replace("<vcpu>1<", "<vcpu>many<")),
    /error: XML error: (maximum vcpus count must be an integer|Invalid value for .*vcpu.*many)/,
  ],
  [
    "no memory",
    () => guest((xml) => xml.replace(/<memory.*<\/memory>/, "")),
    /error: (XML error: |missing element )?.*memory/,
  ],
  [
    "an unknown architecture",
    () => guest((xml) => xml.replace("x86_64", "pdp11")),
    /error: (unsupported configuration: Unknown architecture pdp11|.*pdp11)/,
  ],
  [
    "an unknown machine",
    () => guest((xml) => xml.replace("machine='pc'", "machine='nosuch'")),
    /error: (.*machine type 'nosuch'|XML error: No PCI buses available)/,
  ],
  [
    "no such emulator",
    () => guest((xml) => xml.replace("/usr/bin/qemu-system-x86_64", "/nonexistent/qemu")),
    /error: .*\/nonexistent\/qemu/,
  ],
  [
    "two disks in one place",
    () => devices(`<disk type='file'><source file='/x'/><target dev='vda'/></disk>`),
    /error: .*target 'vda' duplicated/,
  ],
  [
    "a bad address",
    () => devices("<interface type='user'><mac address='nonsense'/></interface>"),
    /error: .*nonsense/,
  ],
  [
    "a device twice at one address",
    () =>
      devices(
        ["a", "b"]
          .map(
            (n) =>
              `<disk type='file'><source file='/${n}'/><target dev='vd${n}' bus='virtio'/><address type='pci' domain='0' bus='0' slot='9' function='0'/></disk>`,
          )
          .join("")
          .replace("vda", "vdc"),
      ),
    /error: .*0000:00:09\.0/,
  ],
];

test.each(malformed)("define %s", async (_what, xml, complaint) => {
  const file = world.file("bad.xml", xml());
  const { code, stderr } = await world.tryVirsh("define", file);
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(complaint) });
});

/** What start says when the machine lacks something. */
const impossible: readonly (readonly [what: string, xml: () => string, complaint: RegExp])[] = [
  [
    "a disk that is not there",
    () => guest((xml) => xml.replace(disk, "/nonexistent.img")),
    /Cannot access storage file '\/nonexistent.img'.*No such file or directory/,
  ],
  [
    "a network that is not there",
    () => devices(nic({ network: "nosuch", mac: "52:54:00:00:00:66" })),
    /Network not found: no network with matching name 'nosuch'/,
  ],
  [
    "a bridge that is not there",
    () => devices("<interface type='bridge'><source bridge='nobr'/></interface>"),
    /error: (Cannot get interface MTU on 'nobr'|Unable to add bridge nobr port|.*nobr.*): No such device/,
  ],
  [
    "an image of another format",
    () => guest((xml) => xml.replace("type='raw'", "type='qcow2'")),
    /Image is not in qcow2 format/,
  ],
  [
    "a log in a directory that is not there",
    () =>
      guest((xml) => xml.replace("<serial type='pty'>", "<serial type='pty'><log file='/nonexistent/log'/>")),
    /error: .*\/nonexistent\/log.*No such file or directory/,
  ],
];

test.each(impossible)("start with %s", async (_what, xml, complaint) => {
  const { code, stderr } = await world.tryVirsh("create", world.file("bad.xml", xml()));
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(complaint) });
  expect(await world.virsh("list", "--all")).toBe("");
});

/** A QEMU that tells its abilities like the real one and does `act` when it is to run a guest. */
function emulator(name: string, act: string): string {
  const script = `#!/bin/sh\ncase "$*" in *guest=*) ${act};; esac\nexec /usr/bin/qemu-system-x86_64 "$@"\n`;
  const path = world.file(`${name}.sh`, script);
  chmodSync(path, 0o755);
  return path;
}

test.each([
  ["dying", "echo 'the machine is on fire' >&2; exit 1", /the machine is on fire/],
  ["silent", "exit 3", /error: .*monitor/],
])("a QEMU that ends at start: %s", async (name, act, complaint) => {
  const xml = guest((all) => all.replace("/usr/bin/qemu-system-x86_64", emulator(name, act)));
  const { code, stderr } = await world.tryVirsh("create", world.file("bad.xml", xml));
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(complaint) });
  expect(await world.virsh("list", "--all")).toBe("");
});

test("a full disk under a guest's log: the guest goes on, others keep their logs", async () => {
  const full = `${world.prefix}/images/full`;
  await world.output(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", full]);
  await world.run(["dd", "if=/dev/zero", `of=${full}/filler`, "bs=4k"]); // until there is no more room
  await world.define(bootDomain({ name: "full", disk, log: `${full}/console.log` }), "create");
  const other = `${world.prefix}/images/other.log`;
  const copy = world.file("copy.img", readFileSync(disk));
  await world.define(bootDomain({ name: "other", disk: copy, log: other }), "create");
  await waitFor("the other guest's log", () => /tick 0010/.test(readFileSync(other, "utf8")));
  const console = world.terminal("console", "full");
  await console.saw(/tick [0-9A-F]{4}\r\n[\s\S]*tick/);
  await console.stop();
  for (const name of ["full", "other"]) {
    expect(await world.virsh("domstate", name)).toBe("running");
    await world.virsh("destroy", name);
  }
  await world.output(["umount", full]);
  await world.output(["rm", other, `${world.prefix}/images/.other.log.idx`, copy]);
});

test("no room for a log at all: a clear error", async () => {
  const crowded = `${world.prefix}/images/crowded`;
  await world.output(["mount", "-t", "tmpfs", "-o", "nr_inodes=1", "tmpfs", crowded]);
  const xml = bootDomain({ name: "crowded", disk, log: `${crowded}/console.log` });
  const { code, stderr } = await world.tryVirsh("create", world.file("bad.xml", xml));
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/No space left on device/),
  });
  await world.output(["umount", crowded]);
});

describe.each(peer ? daemonNames.filter((name) => name !== "virtnetworkd") : daemonNames)(
  "bytes to %s",
  (name) => {
    test.each([
      ["half a length", Buffer.from([0, 0])],
      ["a length without more", length(28)],
      ["half a header", Buffer.concat([length(28), Buffer.alloc(7)])],
    ])("%s, then the end", async (_what, bytes) => {
      const socket = await connect(name);
      socket.end(bytes);
      await within("its end", closed(socket));
      await lives(name);
    });

    test.each([
      ["a length of nothing", length(0)],
      ["a packet shorter than a header", Buffer.concat([length(27), Buffer.alloc(23)])],
      ["a length beyond all bounds", length(0xffffffff)],
      ["a length just too long", length(33_554_432 + 5)],
      ["text", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
    ])("%s: the connection ends", async (_what, bytes) => {
      const socket = await connect(name);
      socket.write(bytes);
      await within("its end", closed(socket));
      await lives(name);
    });

    test("32 MiB of garbage", async () => {
      const before = resident(name);
      const socket = await connect(name);
      const end = closed(socket);
      const garbage = randomBytes(1 << 20);
      garbage.writeUInt32BE(32 << 20, 0); // as long as a packet may be
      for (let sent = 0; sent < 32 && !socket.destroyed; sent++) {
        if (!socket.write(garbage)) await Promise.race([once(socket, "drain"), end]);
      }
      socket.end();
      await within("its end", end);
      await lives(name);
      if (!peer) await waitFor("its memory to shrink", () => resident(name) - before < 96 << 10);
    });

    test("a known call with nonsense for arguments, an unknown one, an unknown program", async () => {
      const socket = await connect(name);
      const replies = collect(socket);
      const program = { virtlogd: 0x87539319, virtlockd: 0x0ea7beef }[name as string] ?? 0x20008086;
      const calls = [
        frame(program, 1, 1, randomBytes(2)),
        frame(program, 1, 9999, Buffer.alloc(0)),
        frame(0x12345678, 1, 1, Buffer.alloc(0)),
        frame(program, 99, 1, Buffer.alloc(0)),
      ];
      for (const call of calls) socket.write(call);
      await waitFor("four answers", () => replies().length === calls.length);
      for (const reply of replies()) expect(reply.readUInt32BE(24), "status: error").toBe(1);
      const text = Buffer.concat(replies()).toString("latin1");
      expect(text).toContain("unknown procedure: 9999");
      expect(text).toContain("Cannot find program 305419896 version 1");
      expect(text).toContain(`Cannot find program ${program | 0} version 99`); // printed as a signed number
      socket.destroy();
      await lives(name);
    });
  },
);

test.skipIf(peer)("nothing is left behind", () => expectNoLeak(world, before));

async function connect(name: DaemonName): Promise<Socket> {
  const socket = createConnection(world.socket(name));
  socket.on("error", () => {}); // it may be reset amid our writing
  await once(socket, "connect");
  return socket;
}

/** Resolves at its end, in order or not. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.resume().once("close", () => resolve()));
}

/** A daemon's process is the same, and a new connection is answered. */
async function lives(name: DaemonName): Promise<void> {
  expect(world.daemon(name).running).toBe(true);
  const socket = await connect(name);
  const replies = collect(socket);
  socket.write(frame(0x12345678, 1, 1, Buffer.alloc(0)));
  await waitFor(`an answer from ${name}`, () => replies().length === 1);
  socket.destroy();
}

function length(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function frame(program: number, version: number, procedure: number, payload: Buffer): Buffer {
  const header = [28 + payload.length, program, version, procedure, 0, 7, 0];
  return Buffer.concat([...header.map(length), payload]);
}

/** @returns the packets that came so far */
function collect(socket: Socket): () => Buffer[] {
  let bytes = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
  });
  return () => {
    const packets: Buffer[] = [];
    for (let at = 0; at + 4 <= bytes.length && at + bytes.readUInt32BE(at) <= bytes.length; ) {
      const end = at + bytes.readUInt32BE(at);
      packets.push(bytes.subarray(at, end));
      at = end;
    }
    return packets;
  };
}

/** KiB. */
function resident(name: DaemonName): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${world.daemon(name).pid}/status`, "utf8"))?.[1]);
}
