import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { readFact } from "@libvirt-ts/host";
import { LaunchError, native, type Step } from "@libvirt-ts/native";
import { replaceFile } from "@libvirt-ts/objects";
import type { Undo } from "@libvirt-ts/util/undo";
import { GuestProcess } from "../process/guest-process.ts";

/** Whom a program runs as. */
export interface Identity {
  uid: number;
  gid: number;
}

export interface HelperRequest {
  program: string;
  args: readonly string[];
  /** Descriptors the program gets, at the numbers its arguments name; the caller's to close. */
  fds: readonly number[];
  /** Where stdout and stderr go; absent: nowhere. */
  logFd?: number;
  /** Noted here before the program begins, so that a later daemon finds it. */
  pidFile: string;
  /** Absent: as we do. */
  identity?: Identity | undefined;
  env: Readonly<Record<string, string | undefined>>;
  /** Ends the program and removes the file. */
  undo: Undo;
}

/**
 * Starts a program that serves one guest for as long as that runs. If we die before it is noted it never begins.
 * @throws VirError when it cannot be executed
 */
export async function startHelper(request: HelperRequest): Promise<GuestProcess> {
  const { program, args, fds, logFd = null, pidFile, identity, env, undo } = request;
  const gate = native.pipe2();
  if (typeof gate === "number") throw systemError(ErrorDomain.QEMU, gate, "cannot create pipe");
  const [held, release] = gate;
  const launched = native.launch({
    file: program,
    argv: [program, ...args],
    env: environment(env, identity),
    cwd: "/",
    stdio: [null, logFd, logFd],
    keep: [...fds],
    steps: [{ do: "setsid" }, { do: "waitHandshake", fd: held }, ...become(identity)],
  });
  native.close(held);
  if (launched instanceof LaunchError) {
    native.close(release);
    throw failed(launched, program);
  }
  const helper = new GuestProcess(launched.pid, launched.pidfd);
  launched.ready.catch(() => {}); // awaited below
  undo.add(() => rm(pidFile, { force: true }));
  undo.add(() => helper.kill());
  try {
    await replaceFile(pidFile, `${launched.pid}\n${(await beginOf(launched.pid)) ?? ""}\n`, {
      domain: ErrorDomain.QEMU,
      failure: `cannot write pid file '${pidFile}'`,
      sync: false,
    });
    native.write(release, Uint8Array.of(0), 0, 1);
    await launched.ready;
    return helper;
  } catch (error) {
    helper.signal("SIGKILL");
    throw error instanceof LaunchError ? failed(error, program) : error;
  } finally {
    native.close(release);
  }
}

/**
 * Runs a program that makes something for a guest, to its end.
 * @param limitMs it is killed after this long
 * @throws VirError when it cannot be executed, INTERNAL_ERROR when it fails
 */
export async function runHelper(
  {
    program,
    args,
    log,
    identity,
    env,
  }: Pick<HelperRequest, "program" | "args" | "identity" | "env"> & { log: string },
  limitMs: number,
): Promise<void> {
  const launched = native.launch({
    file: program,
    argv: [program, ...args],
    env: environment(env, identity),
    cwd: "/",
    steps: [{ do: "setsid" }, ...become(identity)],
  });
  if (launched instanceof LaunchError) throw failed(launched, program);
  const running = new GuestProcess(launched.pid, launched.pidfd);
  const late = setTimeout(() => running.signal("SIGKILL"), limitMs);
  try {
    await launched.ready;
    await running.ended;
  } catch (error) {
    throw error instanceof LaunchError ? failed(error, program) : error;
  } finally {
    clearTimeout(late);
  }
  const { exit } = running;
  const how = exit && "code" in exit ? exit.code : -1;
  if (how === 0) return;
  throw new VirError(
    ErrorDomain.QEMU,
    ErrorCode.INTERNAL_ERROR,
    `Could not run '${program}'. exitstatus: ${how}; Check error log '${log}' for details.`,
  );
}

/** @returns the program noted in a file, if it is still the same process */
export async function findHelper(pidFile: string): Promise<GuestProcess | undefined> {
  const [pid, began] = await readFile(pidFile, "utf8").then(
    (text) => text.split("\n"),
    () => [], // no file, no program
  );
  if (pid === undefined || !/^[1-9]\d{0,9}$/.test(pid) || !began) return undefined;
  const found = GuestProcess.find(Number(pid));
  // Looked at once its number cannot pass to another any more.
  if (found && (await beginOf(found.pid)) === began) return found;
  found?.forget();
  return undefined;
}

/** A program by its name or path. @throws VirError SYSTEM_ERROR when there is none */
export function findProgram(name: string, path: string | undefined): string {
  const folders = name.startsWith("/") ? [""] : (path ?? "/usr/bin").split(":");
  const found = folders.map((folder) => join(folder, name)).find((each) => existsSync(each));
  if (found !== undefined) return found;
  throw systemError(ErrorDomain.NONE, constants.errno.ENOENT, `Unable to find '${name}' binary in $PATH`);
}

/** When a process began, in ticks since the host booted: with its number it is the process's own. */
async function beginOf(pid: number): Promise<string | undefined> {
  const text = await readFact(`/proc/${pid}/stat`);
  // Behind the name, which may hold anything, the 20th word.
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}

type Environment = HelperRequest["env"];

const isOther = (identity: Identity | undefined): identity is Identity =>
  identity !== undefined && identity.uid !== process.getuid?.();

const become = (identity: Identity | undefined): Step[] =>
  isOther(identity)
    ? [
        { do: "groups", gids: [identity.gid] },
        { do: "gid", value: identity.gid },
        { do: "uid", value: identity.uid },
      ]
    : [];

/** Our own folders are none of another user's. */
const environment = (env: Environment, identity: Identity | undefined): Environment =>
  isOther(identity) ? { PATH: env.PATH, LC_ALL: "C" } : env;

const failed = (error: LaunchError, program: string): VirError =>
  error.step === "exec"
    ? systemError(ErrorDomain.NONE, error.errno, `Cannot execute binary ${program}`)
    : new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, `cannot start ${program}: ${error.message}`, {
        cause: error,
      });
