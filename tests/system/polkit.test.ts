import { World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { as, hasPolkit, type Polkit, startPolkit, users } from "./support/polkit.ts";

/** Debian's polkitd decides who may use virtqemud, by the files that we ship. */
const rules = `
polkit.addRule(function (action, subject) {
  if (action.id.indexOf("org.libvirt.unix.") !== 0) return;
  if (subject.user === "${users.banned}") return polkit.Result.NO;
  if (subject.user === "${users.member}" && action.id === "org.libvirt.unix.manage") return polkit.Result.YES;
});
`;

describe.skipIf(!hasPolkit)("polkit", () => {
  let world: World;
  let polkit: Polkit;

  beforeAll(async () => {
    world = await World.create({ daemons: [] });
    polkit = await startPolkit(world, rules);
    await world.start("virtqemud", polkit.env);
  });
  afterAll(() => world.close());

  const virsh = async (user: string, ...options: string[]) => {
    const { code, stdout, stderr } = await world.run(as(user, ...world.virshCommand([...options, "uri"])));
    return code === 0 ? stdout.trim() : stderr;
  };
  const opened = /^qemu:\/\/\/system/;

  test("its policy files are well-formed: every action is known", async () => {
    const { stdout } = await world.run(["pkaction"], { env: polkit.env });
    expect(stdout.split("\n").filter((name) => name.startsWith("org.libvirt.")).length).toBe(108);
  });

  test.each<[string, string, RegExp]>([
    ["root, who is not asked", "root", opened],
    ["somebody whom a rule lets in", users.member, opened],
    [
      "somebody who would have to give a password, without anybody to ask for it",
      users.stranger,
      /authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'/,
    ],
    ["somebody whom a rule keeps out", users.banned, /authentication failed: access denied by policy/],
  ])("managing: %s", async (_, user, result) => {
    expect(await virsh(user)).toMatch(result);
  });

  test.each<[string, string, RegExp]>([
    ["anybody", users.stranger, opened],
    ["but for whom a rule keeps out", users.banned, /authentication failed: access denied by policy/],
  ])("watching: %s", async (_, user, result) => {
    const readOnly = `qemu:///system?socket=${world.socket("virtqemud")}-ro`;
    expect(await virsh(user, "-r", "-c", readOnly)).toMatch(result);
  });

  test("without polkitd nobody but root gets in, and it is told why", async () => {
    await polkit.daemon.stop("SIGKILL");
    expect(await virsh(users.member)).toMatch(/internal error: polkit does not answer/);
    expect(await virsh("root")).toMatch(opened);
  });
});
