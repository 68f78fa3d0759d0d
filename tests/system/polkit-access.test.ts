import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bootDisk, bootDomain, type DaemonName, network, type Running, World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { as, hasPolkit, type Polkit, startPolkit, users } from "./support/polkit.ts";

/**
 * `access_drivers = ["polkit"]` in virtqemud and virtnetworkd, with Debian's polkitd: one user may look at what is
 * called "web" or "lan", and start it; another has only what the policy gives to everybody.
 */
const { member, stranger } = users;
const rules = `
polkit.addRule(function (action, subject) {
  if (subject.user === "root") return polkit.Result.YES;
  if (action.id === "org.libvirt.unix.manage") return polkit.Result.YES;
  if (subject.user !== "${member}") return;
  if (action.id.indexOf("org.libvirt.api.connect.") === 0) return polkit.Result.YES;
  var name = action.lookup("domain_name") || action.lookup("network_name");
  var driver = action.lookup("connect_driver");
  if (driver !== "QEMU" && driver !== "network") return polkit.Result.NO;
  if (name !== "web" && name !== "lan") return polkit.Result.NO;
  if (action.id === "org.libvirt.api.domain.start") return polkit.Result.YES;
  if (action.id === "org.libvirt.api.network.start") return polkit.Result.YES;
});
`;

const watching = `
import libvirt, sys
libvirt.virEventRegisterDefaultImpl()
c = libvirt.open(sys.argv[1])
tell = lambda conn, obj, event, detail, opaque: print(obj.name(), event)
c.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, tell, None)
c.networkEventRegisterAny(None, libvirt.VIR_NETWORK_EVENT_ID_LIFECYCLE, tell, None)
print("ready")
while True:
    libvirt.virEventRunDefaultImpl()`;

/** A daemon for each driver, and all in one. */
const machines: readonly { machine: string; guarded: readonly DaemonName[]; door: DaemonName }[] = [
  { machine: "split daemons", guarded: ["virtqemud", "virtnetworkd"], door: "virtproxyd" },
  { machine: "libvirtd", guarded: ["libvirtd"], door: "libvirtd" },
];

describe.skipIf(!hasPolkit).each(machines)("access_drivers of $machine", ({ guarded, door }) => {
  let world: World;
  let polkit: Polkit;

  beforeAll(async () => {
    world = await World.create({ daemons: ["virtlogd"] });
    polkit = await startPolkit(world, rules);
    for (const name of guarded) {
      writeFileSync(join(world.prefix, `etc/libvirt/${name}.conf`), 'access_drivers = [ "polkit" ]\n');
      await world.start(name, polkit.env);
    }
    await world.start(door, polkit.env);
    for (const name of ["web", "db"]) {
      const xml = bootDomain({ name, disk: world.file(`${name}.img`, bootDisk()) });
      await virsh("root", all(), "define", world.file(`${name}.xml`, xml));
    }
    for (const [subnet, name] of [[81, "lan"] as const, [82, "dmz"] as const]) {
      await virsh("root", all(), "net-define", world.file(`${name}.xml`, network({ name, subnet })));
    }
  });
  afterAll(() => world?.close());

  const all = () => `qemu:///system?socket=${world.socket(door)}`;
  const ways =
    door === "libvirtd" ? { "at once": all } : { "at once": () => world.uri, "through virtproxyd": all };
  const virsh = async (user: string, uri: string, ...args: string[]) => {
    const { code, stdout, stderr } = await world.run(as(user, "virsh", "-q", "-c", uri, ...args));
    const text = (code === 0 ? stdout : stderr).trim().replace(/\s+/g, " ");
    return code === 0 ? text : text.replace(/^.*(?=access denied)/, "");
  };
  const denied = "access denied: 'QEMU' denied access";
  // a network's own daemon asks under its own name
  const deniedNetwork = `access denied: '${door === "libvirtd" ? "QEMU" : "network"}' denied access`;

  describe.each(Object.entries(ways))("%s", (_, uri) => {
    test.each<[string, string, string[], string | RegExp]>([
      ["root sees all", "root", ["list", "--all", "--name"], "db web"],
      ["a member sees his", member, ["list", "--all", "--name"], "web"],
      ["in old lists too", member, ["list", "--inactive", "--name"], "web"],
      ["networks as well", member, ["net-list", "--all", "--name"], "lan"],
      ["root has both", "root", ["net-list", "--all", "--name"], "dmz lan"],
      ["statistics are of those he sees", member, ["domstats", "--state"], /^Domain: 'web' (?!.*'db')/],
      ["looking at his", member, ["domstate", "web"], "shut off"],
      ["at another's", member, ["domstate", "db"], "error: failed to get domain 'db'"],
      ["another's network", member, ["net-dumpxml", "dmz"], deniedNetwork],
      ["his network", member, ["net-dumpxml", "lan"], /<name>lan<\/name>/],
      ["no secrets with it", member, ["dumpxml", "web", "--security-info"], denied],
      ["nor changes", member, ["autostart", "web"], denied],
      ["nor those of networks", member, ["net-autostart", "lan"], deniedNetwork],
      ["who has no rule looks", stranger, ["domstate", "db"], "shut off"],
      ["and sees all", stranger, ["list", "--all", "--name"], "db web"],
      ["but starts nothing", stranger, ["start", "web"], denied],
      ["what is not there is not there", member, ["domstate", "nobody"], /failed to get domain 'nobody'/],
    ])("%s", async (_title, user, args, expected) => {
      const text = await virsh(user, uri(), ...args);
      if (typeof expected === "string") expect(text).toBe(expected);
      else expect(text).toMatch(expected);
    });

    test("events are of what one sees", async () => {
      const watcher: Running = world.namespace.start(as(member, "/usr/bin/python3", "-uc", watching, uri()), {
        env: world.environment(),
      });
      await watcher.saw(/^ready$/m);
      for (const [user, ...line] of [
        ["root", "start", "db"],
        [member, "start", "web"],
        ["root", "net-start", "dmz"],
        [member, "net-start", "lan"],
        ["root", "destroy", "db"],
        ["root", "destroy", "web"],
        ["root", "net-destroy", "dmz"],
        ["root", "net-destroy", "lan"],
      ] as const) {
        expect(await virsh(user, uri(), ...line)).toBe("");
      }
      await watcher.saw(/^lan 3$/m); // stopped, the last of all
      watcher.process.kill("SIGKILL");
      expect(watcher.stdout.trim().split("\n").sort()).toEqual(
        // resumed, started, shut down, stopped; started, stopped
        ["ready", "web 4", "web 2", "web 6", "web 5", "lan 2", "lan 3"].sort(),
      );
    });
  });

  test("python counts what it may see", async () => {
    const script = `
import libvirt, sys
c = libvirt.open(sys.argv[1])
print(c.numOfDefinedDomains(), c.listDefinedDomains(), c.numOfDefinedNetworks(), c.listDefinedNetworks())`;
    const { stdout } = await world.run(as(member, "/usr/bin/python3", "-c", script, all()));
    expect(stdout.trim()).toBe("1 ['web'] 1 ['lan']");
  });
});
