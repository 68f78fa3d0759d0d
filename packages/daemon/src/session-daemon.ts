import { accessSync, constants } from "node:fs";
import { dirname, join } from "node:path";

/** Seconds without clients after which a daemon started on the way ends: what libvirt's clients say. */
const idleSeconds = 120;

/**
 * How a user's daemon starts another one that nobody runs yet, as libvirt's clients do: found in the folder that
 * `VIRTLOGD_PATH` (of each by its name) or LIBVIRTD_PATH names, beside this very program, or where packages put it.
 * @returns resolves when the daemon serves, or could not be started: its socket tells
 */
export function sessionDaemon(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): () => Promise<void> {
  let starting: Promise<void> | undefined;
  return () => {
    starting ??= start(name, env).finally(() => {
      starting = undefined;
    });
    return starting;
  };
}

async function start(name: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { spawn } = await import("node:child_process"); // here only: it costs a running daemon 2 MB
  const program = findProgram(name, env);
  if (program === undefined) return;
  await new Promise<void>((resolve) => {
    const args = ["--daemon", `--timeout=${idleSeconds}`];
    const child = spawn(program, args, { stdio: "ignore", env: { ...env } });
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
}

/** @param own the program that runs */
export function findProgram(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  own: string | undefined = process.argv[1],
): string | undefined {
  const folders = [env[`${name.toUpperCase()}_PATH`], env.LIBVIRTD_PATH, own && dirname(own), "/usr/sbin"];
  return folders.flatMap((folder) => (folder ? [join(folder, name)] : [])).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // whatever the reason: it cannot be started
  }
}
