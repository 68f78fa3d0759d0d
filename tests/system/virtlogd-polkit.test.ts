import { mkdirSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { native } from "@libvirt-ts/native";
import { log } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { as, hasPolkit, startPolkit, users } from "./support/polkit.ts";

const tool = fileURLToPath(new URL("../../tools/virt-log/dist/virt-log.mjs", import.meta.url));

/** One may see and read his own guest's log, and see that there is another. */
const rules = `
polkit.addRule(function (action, subject) {
  if (action.id.indexOf("org.libvirt.api.") !== 0) return;
  var name = action.lookup("domain_name");
  if (subject.user !== "${users.member}" || action.lookup("connect_driver") !== "virtlogd") return polkit.Result.NO;
  if (name === "mine") return polkit.Result.YES;
  if (name === "other" && action.id === "org.libvirt.api.domain.getattr") return polkit.Result.YES;
  return polkit.Result.NO;
});
`;

describe.skipIf(!hasPolkit)("polkit says whose logs a member of log_readers may see and read", () => {
  let world: World;
  const fds: number[] = [];

  beforeAll(async () => {
    world = await World.create({ daemons: [] });
    const polkit = await startPolkit(world, rules);
    writeFileSync(
      `${world.prefix}/etc/libvirt/virtlogd.conf`,
      'log_readers = "nogroup"\naccess_drivers = ["polkit"]\n',
    );
    await world.start("virtlogd", polkit.env);
    const client = await RpcClient.connect(world.socket("virtlogd"));
    for (const name of ["mine", "other", "secret"]) {
      const path = pathOf(name);
      mkdirSync(dirname(path), { recursive: true });
      const dom = { uuid: new Uint8Array(16).fill(name.length), name };
      const opened = await client.callWithFds(log.procs.domainOpenLogFile, {
        driver: "qemu",
        dom,
        path,
        flags: 0,
      });
      for (const fd of opened.fds) writeSync(fd, `said by ${name}\n`);
      fds.push(...opened.fds);
      await client.call(log.procs.domainGetLogFilePosition, { path, flags: 0 });
    }
    client.close();
  });
  afterAll(async () => {
    for (const fd of fds) native.close(fd);
    await world?.close();
  });

  const pathOf = (name: string) => `${world.prefix}/var/log/libvirt/qemu/${name}.log`;
  const virtLog = async (user: string, ...args: string[]) => {
    const socket = `${world.socket("virtlogd")}-read`;
    const { code, stdout, stderr } = await world.run(
      as(user, process.execPath, tool, "--socket", socket, ...args),
    );
    return { code, stdout, stderr };
  };

  test("those that he may not see are not in the list", async () => {
    const { stdout } = await virtLog(users.member, "--json", "list");
    const listed = stdout
      .trim()
      .split("\n")
      .flatMap((row) => JSON.parse(row) as { domain: string } | { domain: string }[]);
    expect(listed.map(({ domain }) => domain).sort()).toEqual(["mine", "other"]);
  });

  test.each<[string, string, string, object]>([
    ["his own", "show", "mine", { code: 0, stdout: "said by mine\n" }],
    ["one that he may only see", "show", "other", { code: 2, stdout: "", stderr: /access denied/ }],
    ["one that he may not see", "show", "secret", { code: 2, stdout: "", stderr: /access denied/ }],
    ["its files", "info", "secret", { code: 2, stdout: "", stderr: /access denied/ }],
    ["to follow it", "follow", "secret", { code: 2, stdout: "", stderr: /access denied/ }],
    ["what is no log", "show", "/etc/shadow", { code: 2, stdout: "", stderr: /is no log/ }],
  ])("reading: %s", async (_, command, name, { stderr, ...expected }: { stderr?: RegExp }) => {
    const result = await virtLog(users.member, command, name.startsWith("/") ? name : pathOf(name));
    expect(result).toMatchObject(expected);
    expect(result.stderr).toMatch(stderr ?? /^$/);
  });

  test("nobody writes there: the socket has no other program", async () => {
    const client = await RpcClient.connect(`${world.socket("virtlogd")}-read`);
    const args = { path: pathOf("mine"), flags: 0 };
    await expect(client.call(log.procs.domainGetLogFilePosition, args)).rejects.toThrow(
      /Cannot find program/,
    );
    client.close();
  });
});
