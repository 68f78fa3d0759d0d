import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lock } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { bootDisk, bootDomain, Running, World, waitFor } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const tool = fileURLToPath(new URL("../../tools/virt-lock/dist/virt-lock.mjs", import.meta.url));
let world: World;
let image: string;
let qemu: number;

beforeAll(async () => {
  if (!existsSync(tool)) throw new Error(`${tool} is missing: run pnpm build`);
  world = await World.create({ qemuConf: 'lock_manager = "lockd"\n', daemons: [] });
  mkdirSync(`${world.prefix}/ledger`);
  writeFileSync(`${world.prefix}/etc/libvirt/virtlockd.conf`, `ledger_dir = "${world.prefix}/ledger"\n`);
  for (const name of ["virtlogd", "virtlockd", "virtqemud"] as const) await world.start(name);
  image = world.file("disk.img", bootDisk());
  await world.define(bootDomain({ name: "guest", disk: image }));
  await world.virsh("start", "guest");
  qemu = world.processes().find(({ command }) => command.includes("guest=guest,"))?.pid ?? 0;
});
afterAll(() => world?.close());

const argv = (args: string[]) => [process.execPath, tool, ...args];
const run = (...args: string[]) => world.run(argv(args));
const output = (...args: string[]) => world.output(argv(args));

test("list: the guest, its process and its image; also by the ledger, and as JSON", async () => {
  const row = new RegExp(`^held +exclusive +\\d+ s +\\S+ +guest +${qemu} +${image}$`, "m");
  expect(await output("list")).toMatch(row);
  await waitFor("the claim", async () =>
    row.test(await output("list", "--cluster", `${world.prefix}/ledger`)),
  );
  expect(JSON.parse(await output("list", "--json"))).toMatchObject([
    { file: image, state: "held", mode: "exclusive", holders: [{ name: "guest", pid: qemu }] },
  ]);
});

test("who: the lease's holder, and QEMU for its own lock on the image", async () => {
  const text = await output("who", image);
  expect(text).toMatch(new RegExp(`^lease \\(exclusive\\): domain 'guest', process ${qemu}, host '`, "m"));
  expect(text).toMatch(
    new RegExp(`^QEMU's image lock: process ${qemu} \\(qemu-system.*\\), domain 'guest'$`, "m"),
  );
  const free = world.file("free.img", "");
  expect(await run("who", free)).toEqual({ code: 1, stdout: "", stderr: "" });
});

test("info: everything; nothing to tell is an error", async () => {
  expect(await output("info", image)).toMatch(/^State: +held$/m);
  expect((await run("info", world.file("free.img", ""))).stderr).toMatch(/^virt-lock: nobody holds/);
});

test.each([
  [[], "required option"],
  [["--proof", "sure"], "is no proof"],
  [["--proof", "manual:"], "is no proof"],
  [["--proof", "manual:I am sure"], "stays|is not given up"],
  [["--proof", "fence:/bin/false"], "Command failed"],
  [["--proof", "fence:/bin/true"], "is not given up"],
])("break with %j is refused while the holder lives", async (proof, why) => {
  const { code, stderr } = await run("break", image, ...proof);
  expect([code, stderr]).toEqual([1, expect.stringMatching(why)]);
  expect(await output("list")).toContain(image);
});

test("watch: what happens to the guest's lock", async () => {
  const watching = new Running(world.namespace.inside(argv(["watch"])), { env: world.environment() });
  await waitFor("the watcher", async () => {
    await world.virsh("suspend", "guest");
    await world.virsh("resume", "guest");
    return /released[\s\S]*acquired/.test(watching.stdout);
  });
  expect(watching.stdout).toContain(`acquired ${image} guest (${qemu})`);
  expect(watching.stdout).toContain(`released ${image}`);
  watching.process.kill();
  await watching.ended;
});

test("doctor: a restart in place frees nothing; its probe goes with its owner", async () => {
  const text = await output("doctor", "--survival");
  expect(text).toMatch(/^good {2}SIGUSR1: the lock was never free; .* connections stayed$/m);
  expect(text).toMatch(/^good {2}end of the owner: its lock is free$/m);
  expect(text).not.toMatch(/^BAD/m);
});

test("who is refused learns the name of the guest", async () => {
  const client = await RpcClient.connect(world.socket("virtlockd"));
  const owner = { uuid: new Uint8Array(16), name: "other", id: 2, pid: world.namespace.pid };
  await client.call(lock.procs.register, { owner, flags: 0 });
  const refused = client.call(lock.procs.acquireResource, { path: "", name: image, flags: 0 });
  await expect(refused).rejects.toMatchObject({
    message: expect.stringMatching(`is locked \\(by domain 'guest', process ${qemu}, for \\d+ (s|min)\\)$`),
  });
  client.close();
});
