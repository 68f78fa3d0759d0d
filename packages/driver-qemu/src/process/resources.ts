import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { ChardevSource, DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { native } from "@libvirt-ts/native";
import type { DeviceFd, Resources, SecretRequest, TapResources } from "../command/types.ts";

const BACKLOG = 1;

/** Descriptors opened for a guest before its process exists, found again by the builder of the command line. */
export class GuestResources implements Resources {
  monitorFd = -1;
  readonly masterKey: Uint8Array;
  readonly #byUse = new Map<string, number>();
  readonly #taps = new Map<string, TapResources>();

  constructor(masterKey: Uint8Array) {
    this.masterKey = masterKey;
  }

  put(use: "file" | "log" | "listen" | DeviceFd, alias: string, fd: number): void {
    this.#byUse.set(`${use} ${alias}`, fd);
  }

  putTap(alias: string, tap: TapResources): void {
    this.#taps.set(alias, tap);
  }

  chardevFile = (alias: string): number => this.#find("file", alias);
  chardevLog = (alias: string): number => this.#find("log", alias);
  chardevListen = (alias: string): number => this.#find("listen", alias);

  tap(alias: string): TapResources {
    const tap = this.#taps.get(alias);
    if (!tap) throw missing(`tap of ${alias}`);
    return tap;
  }

  device = (alias: string, what: DeviceFd): number => this.#find(what, alias);

  fdGroup(name: string): readonly number[] {
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.INVALID_ARG,
      `file descriptor group '${name}' was not associated with the domain`,
    );
  }

  secret({ type }: SecretRequest): Uint8Array {
    throw missing(`secret for ${type}`);
  }

  random = (bytes: number): Uint8Array => randomBytes(bytes);

  /** QEMU has its own copies now, or never will. */
  close(): void {
    for (const fd of this.#byUse.values()) native.close(fd);
    for (const { fds, vhostFds } of this.#taps.values())
      for (const fd of [...fds, ...vhostFds]) native.close(fd);
    if (this.monitorFd >= 0) native.close(this.monitorFd);
    this.monitorFd = -1;
    this.#byUse.clear();
    this.#taps.clear();
  }

  #find(use: string, alias: string): number {
    const fd = this.#byUse.get(`${use} ${alias}`);
    if (fd === undefined) throw missing(`${use} of ${alias}`);
    return fd;
  }
}

const missing = (what: string) => new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, `missing ${what}`);

/** The host ends of the guest's character devices, each once: a console may be the twin of a serial port. */
export function chardevs({ devices }: DomainDef): { alias: string; source: ChardevSource }[] {
  const all = [...devices.serials, ...devices.parallels, ...devices.channels, ...devices.consoles];
  const seen = new Map<string, ChardevSource>();
  for (const { alias, source } of all) if (alias !== undefined && !seen.has(alias)) seen.set(alias, source);
  return [...seen].map(([alias, source]) => ({ alias, source }));
}

/**
 * A listening UNIX socket for QEMU; a stale one is replaced.
 * @throws VirError SYSTEM_ERROR
 */
export async function listenOn(path: string): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  const fd = native.socketUnix("stream");
  if (fd < 0) throw systemError(ErrorDomain.QEMU, fd, "Unable to create UNIX socket");
  const done = native.bind(fd, path) || native.listen(fd, BACKLOG);
  if (done < 0) {
    native.close(fd);
    throw systemError(ErrorDomain.QEMU, done, `Unable to bind to UNIX socket path '${path}'`);
  }
  return fd;
}
