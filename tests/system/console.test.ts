import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bootDisk, bootDomain, Running, World, waitFor } from "@libvirt-ts/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

const tool = fileURLToPath(new URL("../../tools/virt-log/dist/virt-log.mjs", import.meta.url));

let world: World;
const name = "vm";
/** Ctrl and ], as virsh wants it. */
const leave = "\x1d";

beforeAll(async () => {
  world = await World.create({ daemons: ["virtlogd", "virtqemud"] });
  await world.virsh("domcapabilities"); // so that no test pays for looking at QEMU
});
afterAll(() => world.close());

beforeEach(async () => {
  const disk = world.file("vm.img", bootDisk({ banner: "hello" }));
  await world.define(bootDomain({ name, disk, log: join(world.prefix, "var/log/vm-console.log") }));
});
afterEach(async () => {
  await world.tryVirsh("destroy", name);
  await world.virsh("undefine", name);
});

/** A talkative virsh on a terminal: it says when the console is open. */
function session(...args: string[]): Running {
  const words = world.virshCommand(args).filter((word) => word !== "-q");
  const command = words.map((word) => `'${word}'`).join(" ");
  const argv = ["script", "--quiet", "--return", "--command", command, "/dev/null"];
  return new Running(world.namespace.inside(argv), { env: world.environment({ TERM: "dumb" }) });
}

const logged = () => readFileSync(join(world.prefix, "var/log/vm-console.log"), "latin1");
/** What the guest has got of `attached`. */
const dots = () => logged().split(".").length;

/** A session whose keys reach the guest: virsh throws away what is typed before its terminal is ready. */
async function attached(...args: string[]): Promise<Running> {
  const terminal = session(...args);
  await terminal.saw(/Escape character is \^\]/);
  const before = dots();
  await waitFor("the guest's echo", () => {
    terminal.write(".");
    return dots() > before;
  });
  return terminal;
}

/** Goes out: virsh looks only at the first of the keys that come together. */
async function left(terminal: Running): Promise<number | null> {
  let code: number | null | undefined;
  void terminal.ended.then((result) => {
    code = result.code;
  });
  await waitFor("the end of the session", () => {
    if (code === undefined) terminal.write(leave);
    return code !== undefined;
  });
  return code ?? null;
}

const state = () => world.virsh("domstate", "--reason", name);

test("both ways, and out again", async () => {
  const terminal = await attached("start", "--console", name);
  await terminal.saw(/hello/);
  terminal.write("ping");
  await terminal.saw(/ping/);
  expect(await left(terminal)).toBe(0);
  expect(await state()).toBe("running (booted)");
  expect(logged()).toContain("ping");
});

test("the terminal virsh names is the guest's", async () => {
  await world.virsh("start", name);
  const tty = await world.virsh("ttyconsole", name);
  expect(tty).toMatch(/^\/dev\/pts\/\d+$/);
});

test("one at a time, unless by force", async () => {
  await world.virsh("start", name);
  await waitFor("the guest", () => logged().includes("hello"));
  const first = await attached("console", name);
  const { code, stderr } = await session("console", name).ended.then(({ code, stdout }) => ({
    code,
    stderr: stdout,
  }));
  expect(code).not.toBe(0);
  expect(stderr).toContain("Active console session exists for this domain");
  const second = await attached("console", "--force", name);
  await first.ended;
  expect(await left(second)).toBe(0);
  const third = await attached("console", name);
  expect(await left(third)).toBe(0);
});

test("a guest that goes off ends the session", async () => {
  await world.virsh("start", name);
  await waitFor("the guest", () => logged().includes("hello"));
  const terminal = await attached("console", name);
  terminal.write("Q"); // the guest goes off
  await terminal.ended;
  await waitFor("the end", async () => (await state()) === "shut off (shutdown)");
});

test("a new daemon opens the console again", async () => {
  await world.virsh("start", name);
  await waitFor("the guest", () => logged().includes("hello"));
  const terminal = await attached("console", name);
  await world.restart("virtqemud");
  await terminal.stop("SIGKILL"); // virsh does not leave by itself
  const again = await attached("console", name);
  again.write("back");
  await again.saw(/back/);
  expect(await left(again)).toBe(0);
});

test("our own tool shows what was said before, then goes on with no gap; control-] leaves it", async () => {
  await world.virsh("start", name);
  await waitFor("the guest", () => logged().includes("hello"));
  const uri = `qemu:///system?socket=${world.socket("virtqemud")}`;
  const socket = `${join(world.prefix, "run/libvirt/virtlogd-admin-sock")}`;
  const words = [
    process.execPath,
    tool,
    "--socket",
    socket,
    "attach",
    name,
    "--connect",
    uri,
    "--replay",
    "1",
  ];
  const attachedTool = new Running(world.namespace.inside(words), { env: world.environment() });
  await attachedTool.saw(/hello/); // which virsh does not show
  await waitFor("the guest's echo", () => {
    attachedTool.write(".");
    return logged().includes("..");
  });
  attachedTool.write(leave);
  const { code, stdout } = await attachedTool.ended;
  expect(code).toBe(0);
  expect(logged().startsWith(stdout.slice(0, 50))).toBe(true);
  expect(logged()).toContain(stdout); // neither gap nor repetition
  const again = await attached("console", name);
  expect(await left(again)).toBe(0);
});

test("nobody there", async () => {
  expect((await session("console", name).ended).stdout).toContain("The domain is not running");
});
