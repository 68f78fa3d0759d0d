import { readdir, readFile } from "node:fs/promises";
import type { NetworkDef } from "@libvirt-ts/conf/network";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { runOrThrow } from "@libvirt-ts/host";
import { READABLE } from "@libvirt-ts/native";
import { writeAtomic } from "@libvirt-ts/util/write-atomic";
import { internalError } from "../errors.ts";
import { removeFile } from "../mac-map.ts";
import type { NetworkDirs, NetworkHost } from "../world.ts";
import { dnsmasqConf, hostsFiles, needsDnsmasq } from "./conf.ts";
import { addnHostsFile, dhcpHostsFile } from "./hosts.ts";

const graceMs = 5_000;
const startMs = 30_000;

/** The dnsmasq processes of networks: they outlive this daemon, their pid files are the only link to them. */
export class Dnsmasq {
  readonly #host: NetworkHost;
  readonly #dirs: NetworkDirs;

  constructor(host: NetworkHost, dirs: NetworkDirs) {
    this.#host = host;
    this.#dirs = dirs;
  }

  /** Starts a network's dnsmasq, if it needs one; returns when it answers. */
  async start(def: NetworkDef, bridge: string): Promise<void> {
    if (!needsDnsmasq(def)) return;
    await this.#writeFiles(def, bridge);
    const { dnsmasq, leasesHelper } = this.#dirs;
    // It writes its pid file and is ready before the process started here ends.
    await runOrThrow(
      this.#host.run,
      "dnsmasq",
      [`--conf-file=${this.#confFile(def.name)}`, "--leasefile-ro", `--dhcp-script=${leasesHelper}`],
      {
        env: { VIR_BRIDGE_NAME: bridge, LIBVIRT_DNSMASQ_DIR: dnsmasq },
        timeoutMs: startMs,
        domain: ErrorDomain.NETWORK,
      },
    );
    if ((await this.find(def.name)) === undefined) {
      throw internalError(`dnsmasq of network '${def.name}' ended right after its start`);
    }
  }

  /** The pid of a network's dnsmasq, if it runs. */
  async find(name: string): Promise<number | undefined> {
    const pid = Number(await readText(this.pidFile(name)));
    return Number.isInteger(pid) && pid > 1 && (await this.#isOurs(pid, name)) ? pid : undefined;
  }

  /** Ends what runs for a network even if it never came to write a pid file (its start was cut off). */
  async sweep(name: string): Promise<void> {
    for (const entry of await readdir(`${this.#host.root}/proc`)) {
      const pid = Number(entry);
      if (pid > 1 && (await this.#isOurs(pid, name))) await this.#end(pid);
    }
    await this.stop(name);
  }

  /** A pid may have been given to another program since it was written down. */
  async #isOurs(pid: number, name: string): Promise<boolean> {
    const proc = `${this.#host.root}/proc/${pid}`;
    // Not `exe`: it has given up root, and that link of another user's process takes a capability to read.
    const [comm, commandLine] = await Promise.all([readText(`${proc}/comm`), readText(`${proc}/cmdline`)]);
    const isOurs = commandLine?.split("\0").includes(`--conf-file=${this.#confFile(name)}`) ?? false;
    return comm === "dnsmasq\n" && isOurs;
  }

  /** Tells a running dnsmasq what changed in its hosts files, or in all of its configuration. */
  async refresh(def: NetworkDef, bridge: string, what: "hosts" | "all"): Promise<void> {
    const pid = await this.find(def.name);
    if (pid === undefined || what === "all" || !needsDnsmasq(def)) {
      await this.stop(def.name);
      return this.start(def, bridge);
    }
    await this.#writeFiles(def, bridge);
    this.#signal(pid, "SIGHUP");
  }

  /** Ends a network's dnsmasq and removes its files; the leases stay. */
  async stop(name: string): Promise<void> {
    const pid = await this.find(name);
    if (pid !== undefined) await this.#end(pid);
    const { hosts, names } = hostsFiles(name, this.#dirs.dnsmasq);
    for (const path of [this.pidFile(name), this.#confFile(name), hosts, names]) await removeFile(path);
  }

  pidFile(name: string): string {
    return `${this.#dirs.status}/${name}.pid`;
  }

  #confFile(name: string): string {
    return `${this.#dirs.dnsmasq}/${name}.conf`;
  }

  async #writeFiles(def: NetworkDef, bridge: string): Promise<void> {
    const { dnsmasq } = this.#dirs;
    const { hosts, names } = hostsFiles(def.name, dnsmasq);
    const conf = dnsmasqConf(def, bridge, { stateDir: dnsmasq, pidFile: this.pidFile(def.name) });
    await Promise.all([
      writeAtomic(this.#confFile(def.name), conf),
      // Read again by an unprivileged process.
      writeAtomic(hosts, dhcpHostsFile(def), 0o644),
      writeAtomic(names, addnHostsFile(def), 0o644),
    ]);
  }

  #signal(pid: number, signal: "SIGHUP" | "SIGKILL"): void {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // process.kill throws nothing else
    }
  }

  async #end(pid: number): Promise<void> {
    const { native, log } = this.#host;
    const pidfd = native.pidfdOpen(pid);
    if (pidfd === -3) return; // ESRCH: gone meanwhile
    if (pidfd < 0) throw systemError(ErrorDomain.NETWORK, -pidfd, `cannot watch dnsmasq process ${pid}`);
    try {
      native.pidfdSignal(pidfd, 15);
      if (await this.#hasEnded(pidfd, graceMs)) return;
      log.warn({ dnsmasqPid: pid }, "dnsmasq does not end, killing it");
      native.pidfdSignal(pidfd, 9);
      await this.#hasEnded(pidfd, graceMs);
    } finally {
      native.close(pidfd);
    }
  }

  #hasEnded(pidfd: number, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const poll = new this.#host.native.Poll(pidfd);
      const finish = (ended: boolean) => {
        clearTimeout(deadline);
        poll.close();
        resolve(ended);
      };
      const deadline = setTimeout(() => finish(false), timeoutMs);
      const result = poll.start(READABLE, () => finish(true));
      if (result < 0) finish(false);
    });
  }
}

async function readText(path: string): Promise<string | undefined> {
  return orUndefined(readFile(path, "latin1"));
}

/** A file of a process may vanish between two looks, or belong to somebody else. */
async function orUndefined(reading: Promise<string>): Promise<string | undefined> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // node:fs throws nothing else
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES") return undefined;
    throw error;
  }
}
