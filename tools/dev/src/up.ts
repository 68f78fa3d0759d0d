import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { VirError } from "@libvirt-ts/errors";
import { lock, log, remote } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { runningPid, selected, type World } from "./world.ts";

const readyMs = 30_000;
const lookAgainMs = 5;
const logLines = 15;

/**
 * Starts daemons one after the other and waits for each until its socket answers a call.
 * @returns a text for each that did not come up; the others go on running
 */
export async function startDaemons(world: World, names: readonly string[]): Promise<string[]> {
  const failures: string[] = [];
  for (const name of selected(names)) {
    const failure = await startDaemon(world, name);
    if (failure === undefined)
      console.log(`${name}: pid ${runningPid(world.pidFile(name))}, ${world.socket(name)}`);
    else failures.push(`${name}: ${failure}`);
  }
  return failures;
}

async function startDaemon(world: World, name: string): Promise<string | undefined> {
  const bundle = world.bundle(name);
  if (!existsSync(bundle)) return `not built: ${bundle} is missing, run pnpm build`;
  if (runningPid(world.pidFile(name)) !== undefined) return undefined;
  mkdirSync(dirname(world.log(name)), { recursive: true });
  const output = openSync(world.log(name), "a", 0o600);
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...env } = process.env; // they cost every start 40 ms, or more
  const child = spawn(process.execPath, [bundle], {
    detached: true,
    stdio: ["ignore", output, output],
    env: { ...env, LIBVIRT_PREFIX: world.prefix },
  });
  closeSync(output);
  const why = await answering(child, world.socket(name), name);
  child.removeAllListeners();
  child.unref();
  return why === undefined ? undefined : `${why}\n${lastLines(world.log(name))}`;
}

/** @returns undefined once the daemon has answered a call, else why it will not */
async function answering(child: ChildProcess, socket: string, name: string): Promise<string | undefined> {
  let ended: string | undefined;
  child.once("exit", (code, signal) => {
    ended = `ended with ${signal ?? `exit code ${code}`}`;
  });
  child.once("error", (error) => {
    ended = error.message;
  });
  const until = Date.now() + readyMs;
  while (ended === undefined && Date.now() < until) {
    if (await answers(socket, name)) return undefined;
    await delay(lookAgainMs);
  }
  return ended ?? `no answer within ${readyMs / 1000} s`;
}

/** Any reply will do, a refusal too: the daemon serves. */
async function answers(socket: string, name: string): Promise<boolean> {
  let client: RpcClient;
  try {
    client = await RpcClient.connect(socket);
  } catch (error) {
    if (error instanceof VirError) return false;
    throw error;
  }
  try {
    if (name === "virtlogd") await client.call(log.procs.domainGetLogFilePosition, { path: "", flags: 0 });
    else if (name === "virtlockd") await client.call(lock.procs.restrict, { flags: 0 });
    else await client.call(remote.procs.authList, undefined);
    return true;
  } catch (error) {
    if (!(error instanceof VirError)) throw error;
    return client.isOpen;
  } finally {
    client.close();
  }
}

function lastLines(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-logLines).join("\n");
}
