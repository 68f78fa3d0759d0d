import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Running, World, waitFor } from "@libvirt-ts/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** Debian's polkitd on a system bus of its own decides who may use virtqemud, by the files that we ship. */
const polkitd = "/usr/lib/polkit-1/polkitd";
const policies = fileURLToPath(new URL("../../packaging/polkit", import.meta.url));

const busConfig = (address: string) => `<!DOCTYPE busconfig PUBLIC
  "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type><listen>${address}</listen><auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
`;

/** Users of the machine that nothing else runs as. */
const users = { member: "nobody", stranger: "games", banned: "news" };
const rules = `
polkit.addRule(function (action, subject) {
  if (action.id.indexOf("org.libvirt.unix.") !== 0) return;
  if (subject.user === "${users.banned}") return polkit.Result.NO;
  if (subject.user === "${users.member}" && action.id === "org.libvirt.unix.manage") return polkit.Result.YES;
});
`;

describe.skipIf(!existsSync(polkitd))("polkit", () => {
  let world: World;
  const services: Running[] = [];

  beforeAll(async () => {
    world = await World.create({ daemons: [] });
    chmodSync(world.prefix, 0o755);
    const address = `unix:path=${world.prefix}/bus`;
    const env = { DBUS_SYSTEM_BUS_ADDRESS: address };
    writeFileSync(join(world.prefix, "bus.conf"), busConfig(address));
    mkdirSync(join(world.prefix, "rules"));
    writeFileSync(join(world.prefix, "rules/10-test.rules"), rules);
    const overlays = [
      `mount --bind ${policies} /usr/share/polkit-1/actions`,
      `mount --bind ${world.prefix}/rules /etc/polkit-1/rules.d`,
    ];
    await world.output(["sh", "-ec", overlays.join("\n")]);
    const bus = ["dbus-daemon", "--config-file", `${world.prefix}/bus.conf`, "--nofork", "--print-address"];
    services.push(world.namespace.start(bus));
    await services[0]?.saw(/unix:path/);
    services.push(world.namespace.start([polkitd, "--no-debug"], { env: world.environment(env) }));
    await waitFor("polkitd", async () =>
      (await world.run(["pkaction"], { env })).stdout.includes("org.libvirt.unix"),
    );
    await world.start("virtqemud", env);
  });
  afterAll(() => world.close());

  const virsh = async (user: string, ...options: string[]) => {
    const as = ["setpriv", `--reuid=${user}`, "--regid=nogroup", "--clear-groups"];
    const { code, stdout, stderr } = await world.run([...as, ...world.virshCommand([...options, "uri"])]);
    return code === 0 ? stdout.trim() : stderr;
  };
  const opened = /^qemu:\/\/\/system/;

  test("its policy files are well-formed: every action is known", async () => {
    const env = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${world.prefix}/bus` };
    const { stdout } = await world.run(["pkaction"], { env });
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
    services[1]?.process.kill("SIGKILL");
    await services[1]?.ended;
    expect(await virsh(users.member)).toMatch(/internal error: polkit does not answer/);
    expect(await virsh("root")).toMatch(opened);
  });
});
