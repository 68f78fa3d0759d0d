import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandOptions, type Result, Running, testEnvironment } from "./command.ts";
import { DaemonProcess } from "./daemon-process.ts";
import { Namespace, type Process } from "./namespace.ts";
import { peer, preparePeer } from "./peer.ts";

/** In the order they start. */
export const daemonNames = ["virtlogd", "virtlockd", "virtnetworkd", "virtqemud"] as const;
export type DaemonName = (typeof daemonNames)[number] | "virtproxyd" | "libvirtd";

export interface WorldOptions {
  /** Started at once; default: all. */
  daemons?: readonly DaemonName[];
  /** Lines of `qemu.conf`, beside those that let QEMU run as root without labels. */
  qemuConf?: string;
  /** The daemons use libvirt's own paths, which are laid over the machine's inside the world. */
  systemPaths?: boolean;
  /** Debian's own daemons in place of ours (libvirtd in place of virtqemud); needs `systemPaths`. */
  peers?: readonly ("virtqemud" | "virtlockd" | "virtlogd")[];
  /** Instead of a directory of its own; it must exist, and stays. */
  prefix?: string;
}

/** The places that a world of system paths has for itself. */
const relocated = ["/run", "/etc/libvirt", "/var/lib/libvirt", "/var/log/libvirt", "/var/cache/libvirt"];

/** Where the built daemons are: in this checkout, or in another that `LIBVIRT_DAEMONS` names. */
const bundles = process.env.LIBVIRT_DAEMONS ?? fileURLToPath(new URL("../../../daemons", import.meta.url));

const qemuConf = `user = "+0"
group = "+0"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
`;

/** Daemons below a directory of their own, in namespaces of their own; and clients that reach them. */
export class World {
  /** Short, since a socket's path has 107 bytes at most. */
  readonly prefix: string;
  readonly namespace: Namespace;
  readonly #systemPaths: boolean;
  readonly #peers: ReadonlySet<DaemonName>;
  readonly #daemons = new Map<DaemonName, DaemonProcess>();
  #outside: Namespace[] = [];

  private constructor(
    prefix: string,
    namespace: Namespace,
    { systemPaths, peers }: { systemPaths: boolean; peers: ReadonlySet<DaemonName> },
  ) {
    this.prefix = prefix;
    this.namespace = namespace;
    this.#systemPaths = systemPaths;
    this.#peers = peers;
  }

  static async create(o: WorldOptions = {}): Promise<World> {
    const prefix = o.prefix ?? mkdtempSync("/tmp/lv-");
    const systemPaths = peer || o.systemPaths === true;
    for (const path of [...relocated, "/run/lock", "/tmp", "/images"])
      mkdirSync(prefix + path, { recursive: true });
    writeFileSync(join(prefix, "etc/libvirt/qemu.conf"), qemuConf + (o.qemuConf ?? ""));
    const setup = systemPaths
      ? relocated.map((path) => `mkdir -p ${path} && mount --bind ${prefix}${path} ${path}`)
      : [];
    const peers = new Set<DaemonName>(peer ? daemonNames : o.peers);
    if (peers.size > 0) setup.push(...preparePeer(prefix));
    const world = new World(prefix, await Namespace.create(setup.join("\n")), { systemPaths, peers });
    try {
      for (const name of o.daemons ?? daemonNames) await world.start(name);
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  /** A daemon's program and arguments. */
  command(name: DaemonName): string[] {
    if (this.#peers.has(name)) return [name === "virtqemud" ? "/usr/sbin/libvirtd" : `/usr/sbin/${name}`];
    return [process.execPath, bundle(name)];
  }

  /** The environment of daemons and clients. */
  environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const prefix = this.#systemPaths ? {} : { LIBVIRT_PREFIX: this.prefix };
    return testEnvironment({
      HOME: join(this.prefix, "tmp"),
      TMPDIR: join(this.prefix, "tmp"),
      ...prefix,
      ...extra,
    });
  }

  /** Starts a daemon and waits until it answers. */
  start(name: DaemonName, env: NodeJS.ProcessEnv = {}): Promise<DaemonProcess> {
    return this.launch(name, env).ready();
  }

  /** Starts a daemon, unless it runs, and does not wait. */
  launch(name: DaemonName, env: NodeJS.ProcessEnv = {}): DaemonProcess {
    const { daemon } = processOf(name);
    const running = this.#daemons.get(daemon);
    if (running?.running) return running;
    const argv = this.namespace.inside(this.command(daemon));
    const log = join(this.prefix, `${daemon}.out`);
    const started = new DaemonProcess(argv, this.environment(env), this.socket(daemon), log);
    this.#daemons.set(daemon, started);
    return started;
  }

  /** @throws Error when it was not started */
  daemon(name: DaemonName): DaemonProcess {
    const found = this.#daemons.get(processOf(name).daemon);
    if (found === undefined) throw new Error(`${name} was not started`);
    return found;
  }

  /** Ends a daemon at once and starts it again. */
  async restart(name: DaemonName, signal: NodeJS.Signals = "SIGKILL"): Promise<DaemonProcess> {
    await this.daemon(name).stop(signal);
    return this.start(name);
  }

  /** Where a daemon's clients connect, as seen from outside. */
  socket(name: DaemonName): string {
    const forAll =
      name === "virtproxyd" ||
      name === "libvirtd" ||
      (this.#peers.has(name) && processOf(name).daemon === "virtqemud");
    return join(this.prefix, "run/libvirt", `${forAll ? "libvirt" : name}-sock`);
  }

  /** A path of libvirt's as the daemons of this world call it. */
  path(systemPath: string): string {
    return this.#systemPaths ? systemPath : this.prefix + systemPath;
  }

  /** A file of the test's own, made with `content`. */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.prefix, "images", name);
    writeFileSync(path, content);
    return path;
  }

  get uri(): string {
    return `qemu:///system?socket=${this.socket("virtqemud")}`;
  }

  /** How to a daemon's `driver:///path`. */
  uriOf(name: DaemonName, driver: string, path: string): string {
    return `${driver}+unix:///${path}?socket=${this.socket(name)}`;
  }

  /** Runs a program inside. */
  run(argv: readonly string[], o: CommandOptions = {}): Promise<Result> {
    return this.namespace.run(argv, { ...o, env: this.environment(o.env) });
  }

  /** @returns what a program inside printed. @throws Error when it fails */
  async output(argv: readonly string[], o: CommandOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(argv, o);
    if (code !== 0) throw new Error(`${argv.join(" ")}: exit status ${code}\n${stderr}${stdout}`);
    return stdout;
  }

  tryVirsh(...args: string[]): Promise<Result> {
    return this.run(this.virshCommand(args));
  }

  /** @returns what it printed, without blank space at the ends. @throws Error with what it complained about */
  async virsh(...args: string[]): Promise<string> {
    return (await this.output(this.virshCommand(args))).trim();
  }

  virshCommand(args: readonly string[]): string[] {
    return ["virsh", "-q", "-c", this.uri, ...args];
  }

  /** A virsh that goes on, on a terminal of its own. */
  terminal(...args: string[]): Running {
    const quoted = this.virshCommand(args).map((word) => `'${word}'`);
    const argv = ["script", "--quiet", "--return", "--command", quoted.join(" "), "/dev/null"];
    return new Running(this.namespace.inside(argv), { env: this.environment({ TERM: "dumb" }) });
  }

  /** Defines a domain or network from its XML. */
  async define(
    xml: string,
    command: "define" | "create" | "net-define" | "net-create" = "define",
  ): Promise<void> {
    await this.virsh(command, this.file("definition.xml", xml));
  }

  /** Everything that runs in the world: daemons, guests, dnsmasq, clients. */
  processes(): Process[] {
    return this.namespace.processes();
  }

  /** What a daemon wrote to its output. */
  daemonOutput(name: DaemonName): Promise<string> {
    return readFile(join(this.prefix, `${processOf(name).daemon}.out`), "utf8");
  }

  /** A second machine beside this one, joined by a cable; its addresses are up to the caller. */
  async neighbour(cable: { here: string; there: string }): Promise<Namespace> {
    const other = await Namespace.create();
    this.#outside.push(other);
    await this.output(["ip", "link", "add", cable.here, "type", "veth", "peer", "name", cable.there]);
    await this.output(["ip", "link", "set", cable.there, "netns", `${other.pid}`]);
    return other;
  }

  /** Ends everything and removes the directory. */
  async close(): Promise<void> {
    for (const other of this.#outside) await other.close();
    await this.namespace.close();
    rmSync(this.prefix, { recursive: true, force: true });
  }
}

/** Which process serves. */
function processOf(name: DaemonName): { daemon: DaemonName } {
  return { daemon: peer && name === "virtnetworkd" ? "virtqemud" : name };
}

function bundle(name: DaemonName): string {
  const path = join(bundles, name, "dist", `${name}.js`);
  if (!existsSync(path)) throw new Error(`${path} is missing: run pnpm build`);
  return path;
}
