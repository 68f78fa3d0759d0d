import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export interface ClusterOptions {
  /** What `build.sh` made. */
  readonly images: string;
  /** For sockets and logs. */
  readonly work: string;
  readonly hosts: number;
  /** An ext4 image that every host sees, read-only, as /payload. */
  readonly payload: string;
  /** The file server's lease, and the time it waits for old clients after its own start. */
  readonly leaseSeconds: number;
}

interface Answer {
  readonly status: number;
  readonly output: string;
}

interface Agent {
  readonly socket: Socket;
  readonly waiting: Map<string, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>;
}

const patienceMs = 120_000;

/**
 * Small guests on a network of their own that share a directory over NFS 4.2: host 1 is the server, the others mount it;
 * everywhere it is /share. The kernel of the machine that runs this needs no NFS, and no KVM.
 */
export class Cluster {
  readonly #o: ClusterOptions;
  readonly #port = 20_000 + (process.pid % 20_000);
  readonly #pids = new Map<number, number>();
  readonly #agents = new Map<number, Agent>();
  #serial = 0;

  constructor(options: ClusterOptions) {
    this.#o = options;
    mkdirSync(options.work, { recursive: true });
  }

  /** Resolves when every host runs commands and sees the share. */
  async up(): Promise<void> {
    const hosts = [...Array(this.#o.hosts)].map((_, index) => index + 1);
    for (const host of hosts) this.#start(host);
    await Promise.all(hosts.map((host) => this.#ready(host)));
  }

  /** Runs a shell command on a host. @returns what it printed. @throws Error when the host is gone */
  async run(host: number, command: string): Promise<string> {
    return (await this.#ask(host, command)).output.trim();
  }

  /** A power cut. */
  crash(host: number): void {
    const pid = this.#pids.get(host);
    this.#pids.delete(host);
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    this.#agents.get(host)?.socket.destroy();
  }

  /** Cuts a host off the network, or connects it again. */
  async link(host: number, on: boolean): Promise<void> {
    await this.run(host, `ip link set eth0 ${on ? "up" : "down"}`);
  }

  down(): void {
    for (const host of [...this.#pids.keys()]) this.crash(host);
  }

  #start(host: number): void {
    const { work } = this.#o;
    for (const file of ["agent", "console"]) rmSync(`${work}/host${host}.${file}`, { force: true });
    const log = openSync(`${work}/host${host}.qemu`, "w");
    const qemu = spawn("qemu-system-x86_64", this.#arguments(host), { stdio: ["ignore", log, log] });
    closeSync(log);
    qemu.unref();
    if (qemu.pid !== undefined) this.#pids.set(host, qemu.pid);
  }

  #arguments(host: number): string[] {
    const { images, work, payload, leaseSeconds } = this.#o;
    const role = host === 1 ? "server" : "client";
    const drive = (file: string) => [
      "-drive",
      `file=${file},if=virtio,format=raw,readonly=on,file.locking=off`,
    ];
    return [
      ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
      ...["-M", "q35", "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", "384"],
      ...["-kernel", `${images}/vmlinuz`, "-initrd", `${images}/initrd.gz`],
      "-append",
      `console=ttyS0 quiet loglevel=3 panic=-1 tsc=reliable mitigations=off random.trust_cpu=on nc.host=${host} nc.role=${role} nc.vers=4.2 nc.grace=${leaseSeconds}`,
      ...["-serial", `file:${work}/host${host}.console`],
      ...drive(`${images}/root.img`),
      ...drive(payload),
      ...["-device", "virtio-serial-pci"],
      ...["-chardev", `socket,id=a,path=${work}/host${host}.agent,server=on,wait=off`],
      ...["-device", "virtserialport,chardev=a,name=agent"],
      ...["-netdev", `socket,id=n,mcast=239.77.0.1:${this.#port},localaddr=127.0.0.1`],
      ...["-device", `virtio-net-pci,netdev=n,mac=52:54:00:77:00:0${host},romfile=`],
      ...["-device", "virtio-rng-pci"],
    ];
  }

  async #ready(host: number): Promise<void> {
    const until = Date.now() + patienceMs;
    while (Date.now() < until) {
      const answer = await this.#ask(host, "[ -e /share ]", 3000).catch(() => undefined); // it still boots
      if (answer?.status === 0) return;
      await delay(200);
    }
    throw new Error(`host ${host} does not come up: see ${this.#o.work}/host${host}.console`);
  }

  #ask(host: number, command: string, timeoutMs = patienceMs): Promise<Answer> {
    const agent = this.#agent(host);
    const id = `${process.pid}_${this.#serial++}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        agent.waiting.delete(id);
        reject(new Error(`no answer from host ${host}: ${command}`));
      }, timeoutMs);
      const settle =
        <T>(use: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          use(value);
        };
      agent.waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      agent.socket.write(`${id} ${Buffer.from(command).toString("base64")}\n`);
    });
  }

  #agent(host: number): Agent {
    const known = this.#agents.get(host);
    if (known) return known;
    const agent: Agent = { socket: connect(`${this.#o.work}/host${host}.agent`), waiting: new Map() };
    let rest = "";
    agent.socket.setEncoding("latin1").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [id = "", status, output = ""] = line.trim().split(" ");
        const answer = { status: Number(status), output: Buffer.from(output, "base64").toString() };
        agent.waiting.get(id)?.resolve(answer);
        agent.waiting.delete(id);
      }
    });
    const lost = (error: Error) => {
      this.#agents.delete(host);
      for (const { reject } of agent.waiting.values()) reject(error);
      agent.waiting.clear();
    };
    agent.socket.on("error", lost).on("close", () => lost(new Error(`host ${host} is gone`)));
    this.#agents.set(host, agent);
    return agent;
  }
}
