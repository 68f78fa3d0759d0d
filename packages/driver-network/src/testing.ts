import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Run } from "@libvirt-ts/host";
import type { Logger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { NetworkDriver } from "./driver.ts";
import { recover } from "./recover.ts";
import { type NetworkDirs, type NetworkHost, networkDirs } from "./world.ts";

/** For tests: a host that only exists as files and as a record of the programs that were run. */
export class FakeHost implements NetworkHost {
  readonly root: string;
  readonly dirs: NetworkDirs;
  /** `PROGRAM ARGUMENTS`, then the lines of its input. */
  readonly programs: string[] = [];
  /** Interfaces that exist: made and removed by `ip`. */
  readonly interfaces = new Set<string>();
  readonly warnings: unknown[] = [];
  /** Programs whose record matches fail with this text. */
  failing: { record: RegExp; stderr: string } | undefined;
  readonly native: NetworkHost["native"];
  readonly log: Logger;
  /** Firewall rules: `FAMILY TABLE CHAIN WORDS` by handle. */
  readonly rules = new Map<number, string>();
  #handle = 0;
  #random = 0;

  private constructor(root: string) {
    this.root = root;
    this.dirs = networkDirs({ etc: `${root}/etc`, run: `${root}/run`, lib: `${root}/lib` }, "/helper");
    this.native = { ...native, ifIndex: (name) => (this.interfaces.has(name) ? 7 : -19) };
    const note = (...what: unknown[]) => void this.warnings.push(what);
    const quiet = () => {};
    const log = { debug: quiet, info: quiet, warn: note, error: note, child: () => log };
    this.log = log as unknown as Logger; // the four methods the driver uses
  }

  static async create(): Promise<FakeHost> {
    const root = await mkdtemp(join(tmpdir(), "network-"));
    const host = new FakeHost(root);
    await host.file("proc/net/route", "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n");
    await host.file("proc/sys/kernel/random/boot_id", "boot-1\n");
    await host.file("proc/sys/net/ipv4/ip_forward", "0\n");
    await host.file("proc/sys/net/ipv6/conf/all/forwarding", "0\n");
    return host;
  }

  async driver(): Promise<NetworkDriver> {
    const driver = new NetworkDriver({ host: this, dirs: this.dirs });
    await recover(driver);
    return driver;
  }

  async file(path: string, text: string): Promise<void> {
    await mkdir(join(this.root, path, ".."), { recursive: true });
    await writeFile(join(this.root, path), text);
  }

  remove = (): Promise<void> => rm(this.root, { recursive: true });

  now = (): number => 1_700_000_000_000;
  random = (size: number): Uint8Array => Buffer.alloc(size, ++this.#random);

  run: Run = async (file, args, { input = "" } = {}) => {
    const record = [`${file} ${args.join(" ")}`, ...input.split("\n").filter(Boolean)].join("\n");
    this.programs.push(record);
    if (this.failing?.record.test(record)) return { status: 1, stdout: "", stderr: this.failing.stderr };
    const made = /^link add name (\S+)/m.exec(record)?.[1];
    if (made) this.interfaces.add(made);
    const gone = /link delete dev (\S+)/.exec(record)?.[1];
    if (gone) this.interfaces.delete(gone);
    if (file === "nft") return this.#nft(args, input);
    return { status: 0, stdout: "", stderr: "" };
  };

  /** As much of nft as the driver uses: a change is all or nothing. */
  #nft(args: readonly string[], input: string): { status: number; stdout: string; stderr: string } {
    if (args.includes("list")) return { status: 0, stdout: this.#listing(args.at(-2) ?? ""), stderr: "" };
    const deleted = [...input.matchAll(/^delete rule .* handle (\d+)$/gm)].map(([, handle]) =>
      Number(handle),
    );
    if (deleted.some((handle) => !this.rules.has(handle)))
      return { status: 1, stdout: "", stderr: "No such file" };
    for (const handle of deleted) this.rules.delete(handle);
    for (const [, place = ""] of input.matchAll(/^flush chain (.*)$/gm))
      for (const [handle, rule] of this.rules) if (rule.startsWith(`${place} `)) this.rules.delete(handle);
    const echo = [...input.matchAll(/^insert rule (.*)$/gm)].map(([line, rule = ""]) => {
      this.rules.set(++this.#handle, rule);
      return `${line} # handle ${this.#handle}\n`;
    });
    return { status: 0, stdout: echo.join(""), stderr: "" };
  }

  #listing(family: string): string {
    const lines = [...this.rules].flatMap(([handle, rule]) => {
      const [, of, chain, words] = /^(\S+) \S+ (\S+) (.*)$/.exec(rule) ?? [];
      return of === family ? [`\tchain ${chain} {`, `\t\t${words} # handle ${handle}`, "\t}"] : [];
    });
    return [`table ${family} libvirt_network {`, ...lines, "}", ""].join("\n");
  }
}
