import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { idleDomain, World, waitFor } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

let world: World;

beforeAll(async () => {
  world = await World.create({ daemons: ["virtqemud"], qemuConf: 'stdio_handler = "file"\n' });
  chmodSync(world.prefix, 0o711); // TPMs are played by a user of their own
});
afterAll(() => world.close());

const uuid = "c7a5fdbd-edaf-9455-926a-d65c16db1809";
const tpm = (backend = "") =>
  `<tpm model='tpm-crb'><backend type='emulator' version='2.0' ${backend}/></tpm>`;
const withTpm = (name: string, backend?: string) => idleDomain({ name, uuid, devices: tpm(backend) });
const state = () => join(world.prefix, "var/lib/libvirt/swtpm", uuid);
const sockets = () => join(world.prefix, "run/libvirt/qemu/swtpm");
const numberIn = (path: string) => Number(readFileSync(path, "utf8").split("\n")[0]);

/** The number of the only program noted in a folder. */
function helperIn(folder: string): number {
  const files = readdirSync(folder).filter((name) => name.endsWith(".pid"));
  expect(files).toHaveLength(1);
  return numberIn(join(folder, files[0] ?? ""));
}

/** Whether a process is there; one that only waits to be reaped is not. */
function isAlive(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) [ZX] /.test(readFileSync(file, "utf8"));
}

const commandOf = (pid: number) => commandLine(String(pid)).split("\0");

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return ""; // gone meanwhile
  }
}

test("a guest with a TPM: made once, played as long as the guest runs", async () => {
  await world.define(withTpm("vm"));
  await world.virsh("start", "vm", "--paused");
  const first = helperIn(sockets());
  expect(commandOf(first)).toContain(`dir=${state()}/tpm2,mode=0600`);
  const qmp = JSON.parse(await world.virsh("qemu-monitor-command", "vm", '{"execute":"query-tpm"}'));
  expect(qmp.return).toMatchObject([{ model: "tpm-crb", options: { type: "emulator" } }]);
  const made = statSync(join(state(), "tpm2")).ino;
  expect(readdirSync(join(state(), "tpm2"))).toContain("tpm2-00.permall");

  await world.restart("virtqemud");
  expect(await world.virsh("domstate", "vm")).toBe("paused");
  expect(isAlive(first)).toBe(true);
  await world.virsh("destroy", "vm");
  expect(isAlive(first)).toBe(false);
  expect(readdirSync(sockets())).toEqual([]);

  await world.virsh("start", "vm", "--paused");
  expect(statSync(join(state(), "tpm2")).ino).toBe(made);
  const second = helperIn(sockets());
  await world.virsh("destroy", "vm");
  expect(isAlive(second)).toBe(false);
});

test("a TPM goes with its guest or stays, as the caller says", async () => {
  expect((await world.tryVirsh("undefine", "vm", "--tpm", "--keep-tpm")).code).not.toBe(0);
  await world.virsh("undefine", "vm", "--keep-tpm");
  expect(existsSync(join(state(), "tpm2"))).toBe(true);
  await world.define(withTpm("vm", "persistent_state='yes'"));
  await world.virsh("undefine", "vm");
  expect(existsSync(join(state(), "tpm2"))).toBe(true);
  await world.define(withTpm("vm", "persistent_state='yes'"));
  await world.virsh("undefine", "vm", "--tpm");
  expect(existsSync(state())).toBe(false);
});

test.each([
  ["went while nobody watched", false],
  ["never came to be", true],
])("a program whose guest %s ends with the next daemon", async (_how, isUnknown) => {
  await world.define(withTpm("vm"));
  await world.virsh("start", "vm", "--paused");
  const pid = helperIn(sockets());
  const qemu = numberIn(join(world.prefix, "run/libvirt/qemu/vm.pid"));
  process.kill(pid, "SIGSTOP"); // so that it cannot end by itself
  await world.daemon("virtqemud").stop("SIGKILL");
  process.kill(qemu, "SIGKILL");
  if (isUnknown) rmSync(join(world.prefix, "run/libvirt/qemu/vm.xml"));
  await world.start("virtqemud");
  process.kill(pid, "SIGCONT");
  await waitFor("the TPM to end", () => !isAlive(pid));
  await waitFor("the end of the guest", async () => (await world.virsh("domstate", "vm")) === "shut off");
  expect(readdirSync(sockets())).toEqual([]);
  await world.virsh("undefine", "vm");
});

const folder = (more = "") =>
  idleDomain({
    name: "fs",
    more: "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>",
    devices: `<filesystem type='mount'><driver type='virtiofs'/><source dir='${world.prefix}/images'/><target dir='share'/>${more}</filesystem>`,
  });

test("a shared folder is served as long as the guest runs", async () => {
  await world.define(folder());
  await world.virsh("start", "fs", "--paused");
  const lib = join(world.prefix, "var/lib/libvirt/qemu");
  const own = () => join(lib, readdirSync(lib).find((name) => name.startsWith("domain-")) ?? "");
  const pid = numberIn(join(own(), "fs0-fs.pid"));
  expect(commandOf(pid)).toContain(`source=${world.prefix}/images`);
  await world.restart("virtqemud");
  expect(isAlive(pid)).toBe(true);
  expect(await world.virsh("dumpxml", "fs")).toContain("<binary path='/usr/lib/qemu/virtiofsd'/>");
  await world.virsh("destroy", "fs");
  expect(isAlive(pid)).toBe(false);
  await world.virsh("undefine", "fs");
});

test("nothing is left of a start that QEMU refuses", async () => {
  const refused = `<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
    <qemu:arg value='-nonsense'/></qemu:commandline>`;
  await world.define(idleDomain({ name: "vm", uuid, devices: tpm(), more: refused }));
  const { code, stderr } = await world.tryVirsh("start", "vm");
  expect(code).not.toBe(0);
  expect(stderr).toContain("-nonsense: invalid option");
  expect(readdirSync(sockets())).toEqual([]);
  const left = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(state()));
  expect(left.filter((pid) => isAlive(Number(pid)))).toEqual([]);
  await world.virsh("undefine", "vm");
});

test("a program that is not there", async () => {
  await world.define(folder("<binary path='/usr/bin/nobody-has-it'/>"));
  const { code, stderr } = await world.tryVirsh("start", "fs");
  expect(code).not.toBe(0);
  expect(stderr).toContain("Cannot execute binary /usr/bin/nobody-has-it: No such file or directory");
  expect(await world.virsh("domstate", "--reason", "fs")).toBe("shut off (failed)");
  await world.virsh("undefine", "fs");
});
