import { spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { QmpClient, QmpCommandError, type Transport } from "@libvirt-ts/qmp";
import { needsTcgProbe, probe, probeTcg } from "./probe.ts";
import { probeHostCpu } from "./probe-cpu.ts";
import type { QemuCaps } from "./qemu-caps.ts";

/** Oldest QEMU whose answers and options we know. */
export const minimumVersion = 6_002_000;

export interface ProbeBinaryOptions {
  /** Decided once for the whole driver; asking QEMU again could give another answer and spoil every cache entry. */
  kvm: boolean;
  /** Kernel release; stored only with `kvm`, so that the entry tells which decision it was made under. */
  kernelVersion?: string;
  /** Version of this program as a number (11.3.0 = 11_003_000) and the time it was installed, in seconds. */
  self: { version: number; ctime: number };
  env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds until a silent QEMU is killed. */
  timeoutMs?: number;
}

async function statEmulator(emulator: string) {
  try {
    return await stat(emulator);
  } catch (error) {
    // stat throws nothing else
    throw systemError(
      ErrorDomain.QEMU,
      error as NodeJS.ErrnoException,
      `Cannot check QEMU binary ${emulator}`,
    );
  }
}

/**
 * Runs a QEMU without a machine and asks it everything; a second one for TCG if the first had KVM, at the same time.
 * @throws VirError QEMU/SYSTEM_ERROR if there is no such file, QEMU/INTERNAL_ERROR with QEMU's stderr if it does not come up, QEMU/CONFIG_UNSUPPORTED if too old
 */
export async function probeBinary(emulator: string, options: ProbeBinaryOptions): Promise<QemuCaps> {
  const { ctimeMs } = await statEmulator(emulator);
  const origin = {
    binaryCtime: Math.floor(ctimeMs / 1000),
    selfCtime: options.self.ctime,
    selfVersion: options.self.version,
  };
  const isCommandError = (error: unknown) => error instanceof QmpCommandError;
  const main = withQemu(emulator, options.kvm ? "kvm:tcg" : "tcg", options, async (monitor) => {
    const caps = await probe(monitor, { emulator, origin, isCommandError });
    if (caps.version < minimumVersion) throw tooOld(caps);
    const own = caps.accel.tcg;
    if (own === undefined || own.hostCpu !== undefined) return caps;
    // `host` does not exist without acceleration; `max` takes its place.
    const ask = async <T>(name: string, args?: Record<string, unknown>) =>
      monitor.command(name, args).catch(() => undefined) as Promise<T | undefined>; // answers have QEMU's shape
    const hostCpu = await probeHostCpu(ask, caps.flags, caps.arch, "max");
    return hostCpu === undefined ? caps : { ...caps, accel: { ...caps.accel, tcg: { ...own, hostCpu } } };
  });
  const caps = await main;
  const { kvm, kernelVersion } = options;
  const stamped = kvm && kernelVersion !== undefined ? { ...caps, kernelVersion } : caps;
  if (!needsTcgProbe(caps)) return stamped;
  const tcg = await withQemu(emulator, "tcg", options, (monitor) =>
    probeTcg(monitor, caps, { isCommandError }),
  );
  return { ...stamped, accel: { ...stamped.accel, tcg } };
}

const tooOld = ({ version }: QemuCaps) =>
  new VirError(
    ErrorDomain.QEMU,
    ErrorCode.CONFIG_UNSUPPORTED,
    `QEMU version >= 6.2.0 is required, but ${Math.floor(version / 1_000_000)}.${Math.floor(version / 1000) % 1000}.${version % 1000} found`,
  );

/** The monitor is QEMU's stdin and stdout: it ends with us, whatever happens, and leaves no file behind. */
async function withQemu<T>(
  emulator: string,
  accel: string,
  { env, timeoutMs = 30_000 }: ProbeBinaryOptions,
  use: (monitor: QmpClient) => Promise<T>,
): Promise<T> {
  const args = [
    "-S",
    "-no-user-config",
    "-nodefaults",
    "-nographic",
    "-machine",
    `none,accel=${accel}`,
    "-qmp",
    "stdio",
  ];
  const child = spawn(emulator, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...env, LC_ALL: "C" } });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-8192);
  });
  const exited = new Promise<Error | undefined>((resolve) => {
    child.once("error", resolve);
    child.once("close", () => resolve(undefined));
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  const transport: Transport = {
    start(onData, onClose) {
      child.stdout.on("data", onData);
      child.stdin.on("error", () => {}); // the exit tells more
      void exited.then(onClose);
    },
    send: (bytes) => void child.stdin.write(bytes),
    close: () => void child.kill("SIGKILL"),
  };
  const monitor = new QmpClient(transport);
  try {
    await monitor.greeting;
    await monitor.command("qmp_capabilities");
    return await use(monitor);
  } catch (cause) {
    if (cause instanceof VirError && monitor.isOpen) throw cause;
    await exited;
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.INTERNAL_ERROR,
      `Failed to start QEMU binary ${emulator} for probing: ${stderr.trim() || "unknown error"}`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
    monitor.close();
    await exited;
  }
}
