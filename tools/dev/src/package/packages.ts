import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DaemonAbout } from "@libvirt-ts/daemon";
import { root } from "../docs/documents.ts";
import { compressed, type Deb, type Entry, folder } from "./deb.ts";
import { commonScripts, daemonScripts, toolScripts } from "./scripts.ts";

/** What differs from daemon to daemon and no other file says. */
interface Needs {
  /** Packages of libvirt's that have a program or unit of the same name. */
  readonly rivals: string;
  readonly depends?: string;
  readonly recommends?: string;
  /** Daemons whose other configuration files go along. */
  readonly settingsOf?: readonly string[];
  /** Folders below tools/ whose program goes along. */
  readonly tools?: readonly string[];
}

const rivals = (...names: string[]) => ["libvirt-daemon", "libvirt-daemon-system", ...names].join(", ");
const node = "nodejs (>= 20.19)";

const needs: Readonly<Record<string, Needs>> = {
  virtlogd: { rivals: rivals("libvirt-daemon-log"), tools: ["virt-log"] },
  virtlockd: { rivals: rivals("libvirt-daemon-lock"), tools: ["virt-lock"] },
  virtnetworkd: {
    rivals: rivals("libvirt-daemon-driver-network"),
    depends: "dnsmasq-base, nftables, iproute2, libvirt-ts-common",
  },
  virtproxyd: { rivals: rivals("libvirt-daemon-common"), tools: ["virt-ssh-helper"] },
  libvirtd: {
    rivals: [
      rivals("libvirt-daemon-common", "libvirt-daemon-driver-network", "libvirt-daemon-driver-qemu"),
      ...["virtproxyd", "virtnetworkd", "virtqemud"].map((name) => `libvirt-ts-${name}`),
    ].join(", "),
    depends: "dnsmasq-base, nftables, iproute2, libvirt-ts-common, libvirt-ts-virtlogd",
    settingsOf: ["virtqemud"],
    tools: ["virt-ssh-helper"],
    recommends: "libvirt-ts-virtlockd, qemu-system-x86 | qemu-system, qemu-utils",
  },
  virtqemud: {
    rivals: rivals("libvirt-daemon-driver-qemu"),
    depends: "libvirt-ts-common, libvirt-ts-virtlogd",
    recommends: "libvirt-ts-virtlockd, libvirt-ts-virtnetworkd, qemu-system-x86 | qemu-system, qemu-utils",
  },
};

const home = "/usr/lib/libvirt-ts";

type Facts = Pick<Deb, "version" | "architecture">;

/** Every package that can be built. @throws Error naming what has not been built yet */
export async function packages(facts: Facts): Promise<Deb[]> {
  const daemons = await Promise.all(
    Object.entries(needs).map(([name, need]) => daemonPackage(name, need, facts)),
  );
  return [...daemons, commonPackage(facts), clientsPackage(facts)];
}

async function daemonPackage(name: string, need: Needs, facts: Facts): Promise<Deb> {
  const { about } = (await import(`${root}/daemons/${name}/src/about.ts`)) as { about: DaemonAbout };
  const source = join(root, "daemons", name);
  const own = `${home}/${name}`;
  const units = readdirSync(join(source, "systemd")).filter((file) => /\.(service|socket)$/.test(file));
  // nobody listens on the network unless an administrator says so
  const sockets = units.filter((file) => file.endsWith(".socket") && !/-(tcp|tls)\.socket$/.test(file));
  const files: Record<string, Entry> = {
    ...program(join(source, "dist"), own, `${name}.js`),
    [`/usr/sbin/${name}`]: { link: `${own}/${name}.js` },
    [`/usr/share/man/man8/${name}.8.gz`]: compressed(join(source, `${name}.8`)),
    [`/usr/share/doc/libvirt-ts-${name}/copyright`]: { from: join(root, "LICENSE") },
  };
  for (const tool of need.tools ?? []) {
    Object.assign(files, program(join(root, "tools", tool, "dist"), own, `${tool}.mjs`));
    files[`/usr/bin/${tool}`] = { link: `${own}/${tool}.mjs` };
  }
  for (const unit of units)
    files[`/usr/lib/systemd/system/${unit}`] = { from: join(source, "systemd", unit) };
  if (existsSync(join(source, "systemd/notify-reload.conf")))
    files[`${own}/notify-reload.conf`] = { from: join(source, "systemd/notify-reload.conf") };
  Object.assign(files, settings(source));
  for (const other of need.settingsOf ?? [])
    Object.assign(files, settings(join(root, "daemons", other), new RegExp(`^${other}\\.`)));
  return {
    ...facts,
    name: `libvirt-ts-${name}`,
    summary: about.summary,
    description: about.description,
    relations: {
      ...(need.depends && { Depends: need.depends }),
      Recommends: [node, need.recommends].filter(Boolean).join(", "),
      Conflicts: need.rivals,
      Replaces: need.rivals,
    },
    files,
    scripts: daemonScripts({ name, folder: own, kind: about.kind, sockets }),
  };
}

/** Configuration files in a daemon's folder, and their lenses. @param without files of such names */
function settings(source: string, without = /^$/): Record<string, Entry> {
  const files = readdirSync(source).filter((file) => !without.test(file));
  return Object.fromEntries(
    files.flatMap((file): [string, Entry][] => {
      const from = join(source, file);
      if (file.endsWith(".conf")) return [[`/etc/libvirt/${file}`, { from, conffile: true }]];
      return file.endsWith(".aug") ? [[`/usr/share/augeas/lenses/${file}`, { from }]] : [];
    }),
  );
}

/** The files of a bundle; what is run has the package's own Node in its first line. */
function program(dist: string, own: string, main: string): Record<string, Entry> {
  const path = join(dist, main);
  if (!existsSync(path)) throw new Error(`${path} is missing: run pnpm build`);
  const files = folder(dist, own);
  for (const [target, entry] of Object.entries(files)) {
    if (!("from" in entry)) continue;
    if (target === `${own}/${main}`) files[target] = { text: withNode(entry.from, own), mode: 0o755 };
    else if (isProgram(target)) files[target] = { ...entry, mode: 0o755 };
  }
  return files;
}

const isProgram = (path: string) => !/\.(node|cjs|cache|json|conf)$/.test(path);

function withNode(path: string, own: string): string {
  return readFileSync(path, "latin1").replace(/^#!.*\n/, `#!${own}/node\n`);
}

function commonPackage(facts: Facts): Deb {
  const polkit = join(root, "packaging/polkit");
  return {
    ...facts,
    architecture: "all",
    name: "libvirt-ts-common",
    summary: "libvirt daemons: who may use them",
    description: "Actions and rules for polkit, and the group whose members manage guests.",
    relations: {
      Conflicts: "libvirt-daemon-system",
      Replaces: "libvirt-daemon-system",
      Recommends: "polkitd | policykit-1",
    },
    files: {
      "/usr/share/polkit-1/actions/org.libvirt.unix.policy": {
        from: join(polkit, "org.libvirt.unix.policy"),
      },
      "/usr/share/polkit-1/actions/org.libvirt.api.policy": { from: join(polkit, "org.libvirt.api.policy") },
      "/usr/share/polkit-1/rules.d/60-libvirt.rules": { from: join(polkit, "60-libvirt.rules") },
      "/usr/share/doc/libvirt-ts-common/copyright": { from: join(root, "LICENSE") },
    },
    scripts: commonScripts,
  };
}

function clientsPackage(facts: Facts): Deb {
  const own = `${home}/clients`;
  return {
    ...facts,
    name: "libvirt-ts-clients",
    summary: "libvirt tools: a shell, and passwords of remote users",
    description:
      "virsh-ts is libvirt's shell, beside virsh of libvirt-clients. virt-passwd keeps the file of users that log in over the network by SASL.",
    relations: { Recommends: `${node}, libvirt-clients` },
    files: {
      ...program(join(root, "tools/virt-passwd/dist"), own, "virt-passwd.mjs"),
      "/usr/sbin/virt-passwd": { link: `${own}/virt-passwd.mjs` },
      ...program(join(root, "tools/virsh/dist"), own, "virsh.mjs"),
      "/usr/bin/virsh-ts": { link: `${own}/virsh.mjs` },
      "/usr/share/doc/libvirt-ts-clients/copyright": { from: join(root, "LICENSE") },
    },
    scripts: toolScripts(own),
  };
}
