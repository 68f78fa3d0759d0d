import { chmodSync, chownSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Running, World } from "@libvirt-ts/testing";

const program = "/usr/sbin/sshd";

export interface SshOptions {
  readonly port: number;
  /** What commands over there find by name. */
  readonly path: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The key that every user of the world's ssh servers is known by.
 * @param owners ids of those who use it: each has a copy, as ssh takes nobody else's
 * @returns the files, in this order
 */
export async function makeSshKeys(world: World, owners: readonly number[]): Promise<string[]> {
  const folder = join(world.prefix, "ssh");
  mkdirSync(folder, { mode: 0o755 });
  for (const name of ["host", "user"])
    await world.output(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)]);
  return owners.map((id) => {
    const copy = join(folder, `key-${id}`);
    copyFileSync(join(folder, "user"), copy);
    chownSync(copy, id, id);
    return copy;
  });
}

/** OpenSSH's server on a port of the world's loopback interface, with keys of its own; it ends with the world. */
export async function startSshd(world: World, { port, path, env = {} }: SshOptions): Promise<Running> {
  const at = (name: string) => join(world.prefix, "ssh", name);
  // sshd wants it, and the world has a /run of its own
  mkdirSync(join(world.prefix, "run/sshd"), { recursive: true });
  chmodSync(join(world.prefix, "run/sshd"), 0o755);
  const variables = Object.entries({ PATH: path, ...env }).map(([name, value]) => `${name}=${value}`);
  const config = `
Port ${port}
ListenAddress 127.0.0.1
HostKey ${at("host")}
PidFile ${at(`${port}.pid`)}
AuthorizedKeysFile ${at("user.pub")}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
SetEnv ${variables.join(" ")}
`;
  writeFileSync(at(`${port}.conf`), config);
  const server = world.namespace.start([program, "-D", "-e", "-f", at(`${port}.conf`)], {
    env: world.environment(),
  });
  await server.saw(/Server listening/);
  return server;
}
