import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Running, type World, waitFor } from "@libvirt-ts/testing";

const polkitd = "/usr/lib/polkit-1/polkitd";
const policies = fileURLToPath(new URL("../../../packaging/polkit", import.meta.url));

export const hasPolkit = existsSync(polkitd);

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
export const users = { member: "nobody", stranger: "games", banned: "news" };

export interface Polkit {
  /** For daemons that are to ask it. */
  readonly env: { readonly DBUS_SYSTEM_BUS_ADDRESS: string };
  /** The daemon itself: who ends it sees what happens without. */
  readonly daemon: Running;
}

/** Debian's polkitd on a system bus of the world's own; it decides by the actions that we ship and by `rules`. */
export async function startPolkit(world: World, rules: string): Promise<Polkit> {
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
  await world.namespace.start(bus).saw(/unix:path/);
  const daemon = world.namespace.start([polkitd, "--no-debug"], { env: world.environment(env) });
  await waitFor("polkitd", async () =>
    (await world.run(["pkaction"], { env })).stdout.includes("org.libvirt.unix"),
  );
  return { env, daemon };
}

/** Somebody's command; what he needs is in the command. */
export const as = (user: string, ...argv: string[]): string[] => [
  ...["setpriv", `--reuid=${user}`, "--regid=nogroup", "--clear-groups"],
  ...argv,
];
