import { chown, mkdir, readdir, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Tpm } from "@libvirt-ts/conf/domain";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import type { QemuDomain } from "../guest.ts";
import type { DriverPaths } from "../process/guest-paths.ts";
import type { Identity } from "./helper-process.ts";

export type EmulatedTpm = Extract<Tpm["backend"], { type: "emulator" }>;

/** The TPM of a guest that software plays. */
export function emulatedTpm({ devices }: Pick<QemuDomain["def"], "devices">): EmulatedTpm | undefined {
  for (const { backend } of devices.tpms) if (backend.type === "emulator") return backend;
  return undefined;
}

export const isTpm2 = ({ version }: Pick<EmulatedTpm, "version">): boolean => version !== "1.2";

/** Where a TPM keeps what it has to remember. */
export interface TpmState {
  kind: "dir" | "file";
  path: string;
  /** Ours, rather than a place the definition names. */
  isOwn: boolean;
}

export function tpmState(dirs: Pick<DriverPaths, "tpmState">, uuid: string, tpm: EmulatedTpm): TpmState {
  const { source } = tpm;
  if (source) return { kind: source.type, path: source.path, isOwn: false };
  return { kind: "dir", path: join(dirs.tpmState, uuid, isTpm2(tpm) ? "tpm2" : "tpm1.2"), isOwn: true };
}

/** As arguments name it. */
export const stateUri = ({ kind, path }: TpmState, dir: string, file: string): string =>
  kind === "dir" ? `${dir}${path}` : `${file}file://${path}`;

/**
 * Makes what a TPM remembers, unless it is there.
 * @param setup writes it; when it fails nothing of it stays
 */
export async function makeState(
  state: TpmState,
  identity: Identity | undefined,
  setup: (fresh: TpmState) => Promise<void>,
): Promise<void> {
  if (state.isOwn) return makeOwn(state, identity, setup);
  const isNew = await isEmpty(state);
  if (isNew) {
    if (state.kind === "dir") await mkdir(state.path, { recursive: true, mode: 0o700 });
    else await writeFile(state.path, "", { mode: 0o600 });
  }
  await give(state.path, identity);
  if (!isNew) return;
  try {
    await setup(state);
  } catch (error) {
    if (state.kind === "file") await rm(state.path, { force: true });
    else await clear(state.path);
    throw error;
  }
}

/** Beside, synced, renamed: there is a whole TPM or none. */
async function makeOwn(
  state: TpmState,
  identity: Identity | undefined,
  setup: (fresh: TpmState) => Promise<void>,
): Promise<void> {
  const folder = dirname(state.path);
  if (!(await isEmpty(state))) return give(state.path, identity);
  const fresh = { ...state, path: `${state.path}.new` };
  await rm(fresh.path, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o711 });
  await mkdir(fresh.path, { mode: 0o711 });
  try {
    await give(fresh.path, identity);
    await setup(fresh);
    await rm(state.path, { recursive: true, force: true });
    await rename(fresh.path, state.path);
  } catch (error) {
    await rm(fresh.path, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Removes what a guest's TPM remembers.
 * @throws VirError SYSTEM_ERROR
 */
export async function removeState(
  dirs: Pick<DriverPaths, "tpmState">,
  uuid: string,
  tpm: EmulatedTpm,
): Promise<void> {
  const state = tpmState(dirs, uuid, tpm);
  try {
    if (state.isOwn) await rm(dirname(state.path), { recursive: true, force: true });
    else if (state.kind === "dir") await clear(state.path);
    else await rm(state.path, { force: true });
  } catch (error) {
    const cause = error as NodeJS.ErrnoException; // node:fs throws nothing else
    throw systemError(ErrorDomain.NONE, cause, `Could not delete TPM state '${state.path}'`);
  }
}

/** Nothing there, or a folder or file without content. */
async function isEmpty({ kind, path }: TpmState): Promise<boolean> {
  try {
    return kind === "dir" ? (await readdir(path)).length === 0 : (await stat(path)).size === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true; // node:fs throws nothing else
    throw error;
  }
}

/** A folder that somebody made for it stays. */
async function clear(folder: string): Promise<void> {
  for (const name of await names(folder)) await unlink(join(folder, name));
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return []; // as above
    throw error;
  }
}

async function give(path: string, identity: Identity | undefined): Promise<void> {
  if (identity) await chown(path, identity.uid, identity.gid);
}
