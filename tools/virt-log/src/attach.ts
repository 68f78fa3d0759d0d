import type { Readable } from "node:stream";
import { Connect } from "@libvirt-ts/client";
import type { LogReader } from "@libvirt-ts/log-manager/reading";
import { put } from "./output.ts";

export interface AttachOptions {
  readonly reader: LogReader;
  /** Of the console's log. */
  readonly path: string;
  /** Of the daemon that runs the guest. */
  readonly uri: string;
  readonly domain: string;
  /** How much of what the console said before is shown first, bytes. */
  readonly replayBytes: bigint;
  /** Takes the console from whoever has it. */
  readonly force: boolean;
  /** What is typed: a terminal, or anything else until it ends. */
  readonly input: Readable & { isTTY?: boolean; setRawMode?(on: boolean): unknown };
}

/** VIR_DOMAIN_CONSOLE_FORCE */
const flagForce = 1;
/** Control-] */
const leaveKey = 0x1d;

/**
 * A guest's console, what it said before included. What it says comes from its log, so that there is neither gap nor
 * repetition between then and now; the console itself is only typed into. Ends with control-], with the input, or with the guest.
 * @throws VirError the guest does not run, or its console has somebody already
 */
export async function attach({ reader, path, replayBytes, input, ...o }: AttachOptions): Promise<void> {
  const connect = await Connect.open(o.uri);
  try {
    const guest = await connect.domainLookupByName({ name: o.domain });
    const port = await guest.openConsole({ flags: o.force ? flagForce : 0 });
    const ended = new AbortController();
    const end = () => ended.abort();
    port.on("close", end).on("error", end).resume();
    input.setRawMode?.(true);
    input.on("end", end).on("data", (typed: Buffer) => {
      const leave = typed.indexOf(leaveKey);
      const keys = leave < 0 ? typed : typed.subarray(0, leave);
      if (keys.length > 0) port.write(keys);
      if (leave >= 0) end();
    });
    try {
      await show(reader, path, replayBytes, ended.signal);
    } finally {
      input.setRawMode?.(false);
      input.pause();
      port.destroy();
    }
  } finally {
    await connect.close();
  }
}

/** Shows the log until `signal`, and then what is left of it. */
async function show(reader: LogReader, path: string, tail: bigint, signal: AbortSignal): Promise<void> {
  let from: { inode: bigint; offset: bigint } | undefined;
  const pieces = async (options: Parameters<LogReader["read"]>[1]) => {
    for await (const { pos, data } of reader.read(path, options)) {
      from = { inode: pos.inode, offset: pos.offset + BigInt(data.length) };
      if (data.length > 0) await put(data);
    }
  };
  await pieces({ range: { tail }, follow: true, signal });
  await pieces({ range: from ? { from } : { tail } });
}
