import { writeFile } from "node:fs/promises";
import { ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { LaunchError, native, READABLE, RLIM_INFINITY, type Step } from "@libvirt-ts/native";
import type { Bitmap } from "@libvirt-ts/util/bitmap";
import type { CommandLine } from "../command/types.ts";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { affinityMask } from "../stats/affinity.ts";
import { GuestProcess } from "./guest-process.ts";
import { lockOwner } from "./locks.ts";
import { lockedMemoryBytes, unlimitedLock } from "./memlock.ts";

/** Group members may write to what QEMU makes. */
const UMASK = 0o002;

export interface LaunchRequest {
  line: CommandLine;
  /** Processors of the host it may run on; undefined: all. */
  cpus: Bitmap | undefined;
  /** Where stdout and stderr go. */
  logFd: number;
  pidFile: string;
  /** Runs when the process exists and before it becomes QEMU: what must be known if we die now. */
  beforeExec(process: GuestProcess): Promise<void>;
}

/**
 * Starts QEMU: a child with its own session, its own connection to the lock daemon and the rights of QEMU's user.
 * It is held back before it becomes QEMU until we have written down that it exists.
 * @throws VirError when it cannot be started; then nothing of it is left
 */
export async function launchQemu(
  driver: QemuDriver,
  domain: QemuDomain,
  { line, cpus, logFd, pidFile, beforeExec }: LaunchRequest,
): Promise<GuestProcess> {
  const holder = await driver.locks.prepareHolder();
  const gate = pipe();
  const started = pipe();
  const steps: Step[] = [{ do: "setsid" }, { do: "umask", value: UMASK }, ...limits(driver, domain)];
  if (cpus) steps.push({ do: "affinity", mask: affinityMask(cpus) });
  if (holder) steps.push(...holder.steps);
  steps.push(
    { do: "notify", fd: started.write },
    { do: "waitHandshake", fd: gate.read },
    ...identity(driver),
  );
  const launched = native.launch({
    file: line.program,
    argv: [line.program, ...line.args],
    env: Object.fromEntries(line.env),
    cwd: "/",
    stdio: [null, logFd, logFd],
    keep: [...line.fds, ...(holder?.keep ?? [])],
    steps,
  });
  native.close(gate.read);
  native.close(started.write);
  if (launched instanceof LaunchError) {
    closeAll(gate.write, started.read);
    holder?.close();
    throw failed(launched, line.program);
  }
  const process = new GuestProcess(launched.pid, launched.pidfd);
  launched.ready.catch(() => {}); // awaited below
  try {
    await readable(started.read);
    // Nothing to read: the child has failed on its way here.
    if (native.read(started.read, Buffer.alloc(1), 0, 1) !== 1) await launched.ready;
    if (holder) await holder.register(lockOwner(domain, launched.pid));
    await Promise.all([writeFile(pidFile, String(launched.pid), { mode: 0o644 }), beforeExec(process)]);
    native.write(gate.write, Uint8Array.of(0), 0, 1);
    await launched.ready;
    return process;
  } catch (error) {
    process.signal("SIGKILL");
    throw error instanceof LaunchError ? failed(error, line.program) : error;
  } finally {
    closeAll(gate.write, started.read);
    holder?.close();
  }
}

function limits({ settings }: QemuDriver, { def }: QemuDomain): Step[] {
  const steps: Step[] = [];
  const locked = lockedMemoryBytes(def);
  const both = (resource: "core" | "nproc" | "nofile" | "memlock", value: bigint | number) =>
    steps.push({ do: "rlimit", resource, soft: value, hard: value });
  if (settings.max_processes > 0) both("nproc", settings.max_processes);
  if (settings.max_files > 0) both("nofile", settings.max_files);
  if (settings.max_core !== undefined)
    both("core", settings.max_core === "unlimited" ? RLIM_INFINITY : BigInt(settings.max_core));
  if (locked > 0n) both("memlock", locked === unlimitedLock ? RLIM_INFINITY : locked);
  return steps;
}

/** Nothing to give up when QEMU runs as we do. */
function identity({ user, paths }: QemuDriver): Step[] {
  if (!paths.privileged || user.uid === 0) return [];
  return [
    { do: "groups", gids: user.groups },
    { do: "gid", value: user.gid },
    { do: "uid", value: user.uid },
  ];
}

function pipe(): { read: number; write: number } {
  const ends = native.pipe2();
  if (typeof ends === "number") throw systemError(ErrorDomain.QEMU, ends, "cannot create pipe");
  return { read: ends[0], write: ends[1] };
}

function closeAll(...fds: number[]): void {
  for (const fd of fds) native.close(fd);
}

function readable(fd: number): Promise<void> {
  return new Promise((resolve) => {
    const poll = new native.Poll(fd);
    poll.start(READABLE, () => {
      poll.close();
      resolve();
    });
  });
}

function failed(error: LaunchError, program: string): VirError {
  if (error.step === "exec")
    return systemError(ErrorDomain.QEMU, error.errno, `cannot execute binary ${program}`);
  if (error.step === "connect")
    return systemError(ErrorDomain.QEMU, error.errno, "Failed to connect socket to the lock daemon");
  return new VirError(
    ErrorDomain.QEMU,
    ErrorCode.INTERNAL_ERROR,
    `cannot start ${program}: ${error.message}`,
    {
      cause: error,
    },
  );
}
