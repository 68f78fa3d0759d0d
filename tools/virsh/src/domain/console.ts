import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { DomainConsoleFlags, DomainState } from "@libvirt-ts/api";
import { doing, flag, ShellError, text, uint } from "@libvirt-ts/cli";
import type { Domain } from "@libvirt-ts/client";
import { VirError } from "@libvirt-ts/errors";
import { parseXml } from "@libvirt-ts/xml";
import { type Context, command } from "../context.ts";
import { findDomain } from "../support/lookup.ts";
import { domain, flagsOf } from "../support/options.ts";
import { localDateTime } from "../support/time.ts";
import { at } from "../support/xml.ts";

/** @throws ShellError without a terminal */
export function needTerminal(): void {
  if (process.stdin.isTTY !== true)
    throw new ShellError("Cannot run interactive console without a controlling TTY");
}

interface Wanted {
  readonly devname?: string | undefined;
  readonly force?: boolean;
  readonly safe?: boolean;
}

export const console = command("console", {
  help: "talk to the console of a guest",
  options: {
    domain,
    devname: text("alias of the console; the first if absent"),
    force: flag("take it over"),
    safe: flag("only if consoles are locked"),
  },
  async run({ domain: name, devname, force, safe }, context) {
    const domain = await findDomain(context.connect, name);
    needTerminal();
    await attachConsole(context, domain, { devname, force, safe });
  },
});

/** Until the guest ends, or the user types the way out. */
export async function attachConsole(
  { out, shell }: Context,
  domain: Domain,
  { devname, force = false, safe = false }: Wanted,
): Promise<void> {
  const { state } = await domain.getState();
  if (state === DomainState.SHUTOFF) throw new ShellError("The domain is not running");
  const way = String.fromCharCode(shell.escape);
  const shown = shell.escape < 32 ? `^${String.fromCharCode(shell.escape ^ 0x40)}` : way;
  out.extra(`Connected to domain '${domain.name}'\n`);
  out.extra(`Escape character is ${shown}${shell.escape < 32 ? ` (Ctrl + ${shown.slice(1)})` : ""}\n`);
  const flags = flagsOf([
    [force, DomainConsoleFlags.FORCE],
    [safe, DomainConsoleFlags.SAFE],
  ]);
  const stream = await domain.openConsole({ devName: devname ?? null, flags });
  const { stdin, stdout } = process;
  const typed = (chunk: Buffer) => {
    const end = chunk.indexOf(shell.escape);
    if (end !== 0) stream.write(end < 0 ? chunk : chunk.subarray(0, end));
    if (end >= 0) stream.destroy();
  };
  stdin.setRawMode(true);
  stdin.resume();
  stdin.on("data", typed);
  try {
    for await (const chunk of stream) stdout.write(chunk as Buffer);
  } catch (error) {
    if (!stream.destroyed || isOther(error)) throw error;
  } finally {
    stdin.off("data", typed);
    stdin.setRawMode(false);
    stdin.pause();
    out.extra("\n");
  }
}

/** Not just that we have left. */
const isOther = (error: unknown): boolean =>
  !(error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE");
export const ttyconsole = command("ttyconsole", {
  help: "tell which terminal device is a guest's console",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const xml = parseXml(await (await findDomain(connect, name)).getXmlDesc());
    const first = at(xml, "devices", "console");
    const tty = first?.attrs.tty ?? (first === undefined ? undefined : at(first, "source")?.attrs.path);
    if (tty === undefined) throw new ShellError("");
    out.line(tty);
  },
});

export const screenshot = command("screenshot", {
  help: "take a picture of a guest's screen",
  options: { domain, file: text("where the picture goes"), screen: uint("number of the screen") },
  async run({ domain: name, file, screen = 0 }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const failure = `could not take a screenshot of ${name}`;
    const { mime, stream } = await doing(failure, domain.screenshot({ screen }));
    const path = file ?? `${domain.name}-${stamp(new Date())}${extensions[mime ?? ""] ?? ""}`;
    try {
      await pipeline(stream, createWriteStream(path));
    } catch (error) {
      if (file === undefined) await rm(path, { force: true });
      if (error instanceof VirError)
        throw new ShellError(`could not receive data from domain '${name}'`, { cause: error });
      throw new ShellError(`cannot create file ${path}`);
    }
    out.text(`Screenshot saved to ${path}, with type of ${mime}`);
  },
});

const extensions: Readonly<Record<string, string>> = {
  "image/png": ".png",
  "image/x-portable-pixmap": ".ppm",
};

/** "2026-01-31-14:05:09" */
const stamp = (when: Date): string => localDateTime(when.getTime() / 1000).replace(" ", "-");
