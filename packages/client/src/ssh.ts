import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { streamSocket } from "@libvirt-ts/rpc/net";
import { isOn, type Plan } from "./uri.ts";

/** What a command said on its standard error, at most. */
const maxComplaint = 4_096;

/**
 * The system's ssh, running what reaches the daemon over there: libvirt's helper, which finds the socket itself, or
 * netcat.
 * @param socket on the other host, for netcat
 */
export function sshCommand(plan: Plan, socket: string, readOnly: boolean): string[] {
  const { host, port, user, params } = plan;
  const options = [
    ...(port === undefined ? [] : ["-p", `${port}`]),
    ...(user === undefined ? [] : ["-l", user]),
    ...(params.keyfile === undefined ? [] : ["-i", params.keyfile]),
    ...(isOn(plan, "no_tty") ? ["-T", "-o", "BatchMode=yes"] : []),
    ...(isOn(plan, "no_verify") ? ["-o", "StrictHostKeyChecking=no"] : []),
  ];
  return [
    params.command ?? "ssh",
    ...options,
    "-e",
    "none",
    "--",
    host,
    remoteScript(plan, socket, readOnly),
  ];
}

/** For the shell of the other host, which may be any: so it is given to a plain one. */
function remoteScript({ params, proxy, name }: Plan, socket: string, readOnly: boolean): string {
  const helper = `virt-ssh-helper ${readOnly ? "-r " : ""}${quoted(name)}`;
  const netcat = quoted(params.netcat ?? "nc");
  const relay = `if ${netcat} -h 2>&1 | grep -q -e ' -q '; then quit='-q 0'; fi; exec ${netcat} $quit -U ${quoted(socket)}`;
  const asked = params.netcat !== undefined || params.socket !== undefined;
  if (proxy === "native") return `sh -c ${quoted(`exec ${helper}`)}`;
  if (proxy === "netcat" || asked) return `sh -c ${quoted(relay)}`;
  return `sh -c ${quoted(`if command -v virt-ssh-helper >/dev/null 2>&1; then exec ${helper}; fi; ${relay}`)}`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A connection over standard input and output of a program. */
export async function openCommand(
  [file = "", ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ client: RpcClient; failure: (error: unknown) => Promise<unknown> }> {
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...env } });
  try {
    await once(child, "spawn"); // rejects with the error if that comes instead
  } catch (error) {
    throw systemError(ErrorDomain.RPC, error as NodeJS.ErrnoException, `Cannot run '${file}'`); // spawn's own
  }
  const closed = untilClosed(child);
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-maxComplaint);
  });
  const client = RpcClient.over(streamSocket(Duplex.from({ readable: child.stdout, writable: child.stdin })));
  void client.closed.then(() => end(child));
  return {
    client,
    async failure(error) {
      await closed;
      if (complaint.trim() === "" || !isLoss(error)) return undefined;
      const text = `End of file while reading data: ${complaint.trim()}: Input/output error`;
      return new VirError(ErrorDomain.RPC, ErrorCode.SYSTEM_ERROR, text, { cause: error, int1: 5 });
    },
  };
}

const isLoss = (error: unknown): boolean => error instanceof VirError && error.domain === ErrorDomain.RPC;

/** It ends by itself when its input does; what does not is made to. */
const graceMs = 2_000;

function end(child: ChildProcess): void {
  child.stdin?.end();
  const kill = setTimeout(() => child.kill("SIGKILL"), graceMs);
  kill.unref();
  child.once("exit", () => clearTimeout(kill));
}

/** Behind its end all it said has been read. But others may keep its output open: ssh leaves a process that shares connections. */
const leftoverMs = 250;

async function untilClosed(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once("close", resolve));
  await new Promise((resolve) => child.once("exit", resolve));
  await Promise.race([closed, sleep(leftoverMs)]);
}
