import { readFileSync } from "node:fs";
import {
  linuxDomain,
  linuxGuest,
  network,
  nic,
  output,
  patienceMs,
  World,
  waitFor,
  within,
} from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const leave = "\x1d"; // Ctrl-]
const mac = "52:54:00:00:00:10";
const bootMs = 2 * patienceMs;

let world: World;
let log: string;
let disk: string;
let address: string;

/** One guest through its whole life; the tests build on one another. */
beforeAll(async () => {
  world = await World.create({ qemuConf: 'lock_manager = "lockd"\n' });
  log = `${world.prefix}/images/console.log`;
  disk = `${world.prefix}/images/disk.qcow2`;
  await output(["qemu-img", "create", "-q", "-f", "qcow2", disk, "16M"]);
  await world.define(network({ name: "lan", subnet: 95, forward: "nat" }), "net-define");
  await world.virsh("net-start", "lan");
  const devices = `<disk type='file' device='disk'>
    <driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/>
  </disk>
  ${nic({ network: "lan", mac })}
  <memballoon model='virtio'/>
  <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>`;
  await world.define(linuxDomain({ name: "guest", machine: "q35", guest: linuxGuest(), devices, log }));
  await world.virsh("start", "guest");
});
afterAll(() => world?.close());

test("it boots, its output is in the log, its address is a lease of ours", async () => {
  const said = await waitFor(
    "the guest's address",
    () => readFileSync(log, "utf8").match(/guest address (192\.168\.95\.\d+)\/24[\s\S]*guest ready/),
    bootMs,
  );
  address = said[1] ?? "";
  expect(await world.virsh("net-dhcp-leases", "lan")).toMatch(
    new RegExp(`${mac} +ipv4 +${address}/24 +${mac.replaceAll(":", "")} +`),
  );
  expect(await world.virsh("domifaddr", "guest", "--source", "lease")).toMatch(
    new RegExp(`^vnet\\d+ +${mac} +ipv4 +${address}/24$`),
  );
});

test("the host, and the world behind the host, have a way to and from it", async () => {
  const outside = await world.neighbour({ here: "uplink", there: "eth0" });
  await world.output(["ip", "address", "add", "203.0.113.1/24", "dev", "uplink"]);
  await world.output(["ip", "link", "set", "uplink", "up"]);
  await outside.run(["ip", "address", "add", "203.0.113.2/24", "dev", "eth0"]);
  await outside.run(["ip", "link", "set", "eth0", "up"]);
  expect(await world.output(["ping", "-c", "2", "-i", "0.2", "-W", "5", address])).toContain(
    " 0% packet loss",
  );
  const said = await shell("ping -c 2 203.0.113.2", /packet loss/);
  expect(said).toContain(" 0% packet loss");
});

test("the console is interactive", async () => {
  expect(await shell("echo $((6*7))-answers", /\d-answers/)).toMatch(/42-answers/);
  expect(await shell("head -c 6 /dev/zero | wc -c", /\b6\b/)).toMatch(/\b6\b/);
});

test("what it writes to its disk is in the image", async () => {
  await shell("echo written by the guest > /dev/vda; sync; echo synced $?", /synced 0/);
  await world.virsh("suspend", "guest"); // nobody writes while we look
  const image = await output([
    "qemu-img",
    "dd",
    "-U",
    "-f",
    "qcow2",
    "-O",
    "raw",
    "bs=512",
    "count=1",
    `if=${disk}`,
    `of=${disk}.raw`,
  ]);
  expect(image).toBe("");
  expect(readFileSync(`${disk}.raw`, "latin1")).toContain("written by the guest");
  await world.virsh("resume", "guest");
  expect(await world.virsh("domstate", "guest", "--reason")).toBe("running (unpaused)");
});

test("shutdown is asked for by ACPI; the log has every byte until the last", async () => {
  // Leaves a program that prints without end; the power button ends the machine amid its output.
  const console = world.terminal("console", "guest");
  await typed(console, "i=0; while :; do i=$((i+1)); echo line $i; done", /line 200\r/);
  await world.virsh("shutdown", "guest");
  await waitFor("the end of the guest", async () => (await world.virsh("domstate", "guest")) === "shut off");
  await within("the end of the console", console.ended);
  expect(await world.virsh("domstate", "guest", "--reason")).toBe("shut off (shutdown)");
  const shown = console.stdout.slice(console.stdout.indexOf("line 1\r"));
  const logged = await waitFor("the whole log", () => {
    const text = readFileSync(log, "utf8");
    return text.endsWith(shown.slice(-20)) && text;
  });
  expect(logged.slice(logged.lastIndexOf("line 1\r")).slice(0, shown.length)).toBe(shown);
  expect(logged).toMatch(/line \d+\r\n([^\n]*\r\n)*[^\n]*$/);
});

test("a second run appends to nothing of the first: the log starts anew", async () => {
  await world.virsh("start", "guest");
  await waitFor("the guest", () => readFileSync(log, "utf8").includes("guest ready"), bootMs);
  expect(readFileSync(log, "utf8")).not.toContain("line 1\r");
  await world.virsh("destroy", "guest");
  await world.virsh("net-destroy", "lan");
});

/** Types a command at the guest's shell. @returns what followed it, until `pattern` is in it */
async function shell(command: string, pattern: RegExp): Promise<string> {
  const console = world.terminal("console", "guest");
  const said = await typed(console, command, pattern);
  console.write(leave);
  await console.ended;
  return said;
}

async function typed(
  console: ReturnType<World["terminal"]>,
  command: string,
  pattern: RegExp,
): Promise<string> {
  await waitFor("a prompt", () => {
    console.write("\r");
    return /# (\x1b\[6n)?$/.test(console.stdout);
  });
  const from = console.stdout.length;
  console.write(`${command}\r`);
  const after = () => {
    const text = console.stdout.slice(from);
    return text.slice(text.indexOf("\n") + 1);
  };
  await waitFor(`${pattern}`, () => pattern.test(after()));
  return after();
}
