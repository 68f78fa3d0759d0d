import { closeSync, writeSync } from "node:fs";
import type { LogPosition } from "@libvirt-ts/log-manager";
import type { CommandLine } from "../command/types.ts";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";

/** As much of QEMU's last words as an error may carry. */
const TAIL_BYTES = 128 * 1024;

/** Where QEMU's stdout and stderr go, until the descriptor is QEMU's alone. */
export interface GuestLog {
  /** For QEMU; ours to close. */
  readonly fd: number;
  writeHeader(text: string): void;
  /** What QEMU wrote since the header. */
  tail(): Promise<string>;
  close(): void;
}

/** Opens `<name>.log`. */
export async function openGuestLog(
  { logs }: QemuDriver,
  { uuid, name }: QemuDomain,
  path: string,
): Promise<GuestLog> {
  const { fd, position } = await logs.open({ driver: "qemu", uuid, name, path });
  let start: LogPosition = position;
  return {
    fd,
    writeHeader: (text) => {
      start = { ...position, offset: position.offset + BigInt(writeSync(fd, text)) };
    },
    tail: async () => filtered(await logs.read(path, start, TAIL_BYTES)),
    close: () => closeSync(fd),
  };
}

/** Leaves out what QEMU says of healthy things. */
const filtered = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !line.includes("char device redirected to"))
    .join("\n")
    .trimEnd();

export interface HeaderFacts {
  /** When, in milliseconds. */
  now: number;
  libvirtVersion: string;
  qemuVersion: string;
  kernel: string;
  hostname: string;
}

/** The opening of a run in a guest's log: who started what on which host, then the command, an option a line. */
export function logHeader(
  { now, libvirtVersion, qemuVersion, kernel, hostname }: HeaderFacts,
  line: CommandLine,
): string {
  const facts = `${logTime(now)}: starting up libvirt version: ${libvirtVersion}, qemu version: ${qemuVersion}, kernel: ${kernel}, hostname: ${hostname}`;
  const words = [...line.env.map(([name, value]) => `${name}=${quoted(value)}`), line.program];
  const options: string[] = [];
  for (const arg of line.args) {
    if (arg.startsWith("-") || options.length === 0) options.push(quoted(arg));
    else options[options.length - 1] += ` ${quoted(arg)}`;
  }
  return `${facts}\n${[...words, ...options].join(" \\\n")}\n`;
}

/** `2026-11-23 08:16:39.879+0000` */
export const logTime = (ms: number): string =>
  `${new Date(ms).toISOString().replace("T", " ").replace("Z", "")}+0000`;

/** As a shell would have to read it. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
