import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { access, constants, mkdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeAtomic } from "@libvirt-ts/util/write-atomic";
import { formatQemuCaps, parseQemuCaps } from "./cache-xml.ts";
import { type ProbeBinaryOptions, probeBinary } from "./probe-binary.ts";
import type { QemuCaps } from "./qemu-caps.ts";

export interface CapsCacheOptions extends ProbeBinaryOptions {
  /** `<cache>/qemu/capabilities` */
  dir: string;
  /** Told of every probe; what goes wrong with the cache files is not an error of the caller. */
  onWarning?: (error: unknown, what: string) => void;
  probe?: typeof probeBinary;
  /** Any clock in milliseconds. */
  now: () => number;
}

/** So long a binary that was looked at counts as the same. */
const TRUST_MS = 1000;

/**
 * Capabilities by path of the binary: memory, then file, then a probe. Concurrent callers share one probe. The
 * binary behind an answer from memory was looked at within the last second.
 */
export class CapsCache {
  readonly #options: CapsCacheOptions;
  readonly #known = new Map<string, QemuCaps>();
  /** When the binaries of those in memory were looked at. */
  readonly #lookedAt = new Map<string, number>();
  readonly #pending = new Map<string, Promise<QemuCaps>>();

  constructor(options: CapsCacheOptions) {
    this.#options = options;
  }

  /** @throws VirError if the binary is missing or cannot be probed */
  get(emulator: string): Promise<QemuCaps> {
    const running = this.#pending.get(emulator);
    if (running !== undefined) return running;
    const known = this.#known.get(emulator);
    const age = this.#options.now() - (this.#lookedAt.get(emulator) ?? 0);
    if (known !== undefined && age >= 0 && age < TRUST_MS) return Promise.resolve(known);
    const lookup = this.#lookUp(emulator).finally(() => this.#pending.delete(emulator));
    this.#pending.set(emulator, lookup);
    return lookup;
  }

  /** Without waiting or checking the binary: what is in memory. */
  peek(emulator: string): QemuCaps | undefined {
    return this.#known.get(emulator);
  }

  async #lookUp(emulator: string): Promise<QemuCaps> {
    const { now, probe = probeBinary } = this.#options;
    const lookedAt = now();
    const known = this.#known.get(emulator) ?? (await this.#load(emulator));
    const isFresh = known !== undefined && (await this.#isFresh(known));
    const caps = isFresh ? known : await probe(emulator, this.#options);
    this.#known.set(emulator, caps);
    this.#lookedAt.set(emulator, lookedAt);
    if (!isFresh) await this.#store(emulator, caps);
    return caps;
  }

  /** KVM is compared by the driver's own decision, never by what QEMU found: the two may disagree for ever. */
  async #isFresh(caps: QemuCaps): Promise<boolean> {
    const { self, kvm, kernelVersion } = this.#options;
    if (caps.origin.selfCtime !== self.ctime || caps.origin.selfVersion !== self.version) return false;
    if (caps.kernelVersion !== (kvm ? kernelVersion : undefined)) return false;
    const now = await stat(caps.emulator).catch(() => undefined); // who probes it says what is wrong
    return now !== undefined && Math.floor(now.ctimeMs / 1000) === caps.origin.binaryCtime;
  }

  #file(emulator: string): string {
    return join(this.#options.dir, `${createHash("sha256").update(emulator).digest("hex")}.xml`);
  }

  async #load(emulator: string): Promise<QemuCaps | undefined> {
    try {
      const caps = parseQemuCaps(await readFile(this.#file(emulator), "utf8"));
      return caps.emulator === emulator ? caps : undefined;
    } catch (error) {
      if (!isMissing(error)) this.#options.onWarning?.(error, "capability cache file ignored");
      return undefined;
    }
  }

  async #store(emulator: string, caps: QemuCaps) {
    const file = this.#file(emulator);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeAtomic(file, formatQemuCaps(caps));
    } catch (error) {
      this.#options.onWarning?.(error, "capability cache file not written");
    }
  }
}

const isMissing = (error: unknown) => error instanceof Error && "code" in error && error.code === "ENOENT";

/** What QEMU calls architectures that have another name with us. */
const emulatorNames: Readonly<Record<string, string>> = {
  i686: "i386",
  armv6l: "arm",
  armv7l: "arm",
  ppc64le: "ppc64",
};

/** Where QEMU binaries are looked for; first hit wins. */
export async function findEmulator(
  arch: string,
  path: string,
  hostArch: string,
): Promise<string | undefined> {
  const names = [`qemu-system-${emulatorNames[arch] ?? arch}`];
  const candidates = path.split(":").flatMap((dir) => names.map((name) => join(dir, name)));
  if (arch === hostArch) candidates.push("/usr/libexec/qemu-kvm");
  for (const candidate of candidates) {
    // A hundred places at each start of the daemon: most are told apart without a turn of the thread pool.
    if (!existsSync(candidate)) continue;
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // whatever the reason (a folder of the path may be anything): not a program for us
    }
  }
  return undefined;
}
