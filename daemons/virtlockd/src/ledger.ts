import { promises } from "node:fs"; // loaded when first used
import { join } from "node:path";
import { type Claim, formatClaim, parseClaim } from "./claim.ts";
import type { ThisHost } from "./this-host.ts";

/** Below a lockspace's directory. */
const folder = ".ledger";
/** Of a file; anything longer is no claim. */
const maxBytes = 262_144;
/** Files looked at in one directory. */
const maxFiles = 16_384;

interface LedgerOptions {
  readonly host: ThisHost;
  /** For the default lockspace; absent: nothing is written down there. */
  readonly directory?: string | undefined;
  /** A file could not be written or removed. */
  readonly onError: (error: unknown, file: string) => void;
}

/**
 * Who holds what, beside the locks, for other hosts and their people to read. Each host writes only files of its own
 * (`HASH.MACHINE.json`), so none has to wait for another. Nothing here is ever waited for by who locks: changes are
 * written aside, one after the other per directory, only the last state of each file; a dead file server costs one
 * thread.
 */
export class Ledger {
  readonly host: ThisHost;
  readonly #onError: LedgerOptions["onError"];
  readonly #directories = new Map<string, string>();
  readonly #wanted = new Map<string, Map<string, Claim | undefined>>();
  readonly #writing = new Map<string, Promise<void>>();

  constructor({ host, directory, onError }: LedgerOptions) {
    this.host = host;
    this.#onError = onError;
    if (directory !== undefined) this.#directories.set("", directory);
  }

  /** A lockspace that other hosts share has its ledger below its directory. */
  add(space: string): void {
    this.#directories.set(space, join(space, folder));
  }

  /** Whether locks of a lockspace are written down. */
  has(space: string): boolean {
    return this.#directories.has(space);
  }

  write(claim: Claim): void {
    this.#put(claim.space, claim.name, claim);
  }

  remove(space: string, name: string): void {
    this.#put(space, name, undefined);
  }

  /** Resolves when all is written. */
  async settled(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing.values());
  }

  /** What all hosts say of one resource. */
  async claimsTo(space: string, name: string): Promise<Claim[]> {
    const directory = this.#directories.get(space);
    if (directory === undefined) return [];
    const prefix = `${await hashOf(name)}.`;
    const claims = await readClaims(directory, (file) => file.startsWith(prefix));
    return claims.filter((claim) => claim.name === name);
  }

  /** What all hosts say, in the ledger of a lockspace's directory, or in that directory itself. */
  async claimsIn(directory: string): Promise<Claim[]> {
    return [...(await readClaims(join(directory, folder))), ...(await readClaims(directory))];
  }

  /** What one host says in the ledger of a lockspace. */
  async claimsOf(space: string, machineId: string): Promise<Claim[]> {
    const directory = this.#directories.get(space);
    return directory === undefined
      ? []
      : readClaims(directory, (file) => file.endsWith(`.${machineId}.json`));
  }

  /** Removes claims of ours to what we do not hold. @param isHeld by lockspace and name */
  async tidy(isHeld: (space: string, name: string) => boolean): Promise<void> {
    for (const space of this.#directories.keys()) {
      for (const { name } of await this.claimsOf(space, this.host.machineId))
        if (!isHeld(space, name)) this.remove(space, name);
    }
  }

  /** Takes a claim of another host out, leaving beside it what justified that. */
  async strike(claim: Claim, proof: string): Promise<void> {
    const directory = this.#directories.get(claim.space);
    if (directory === undefined) return;
    const file = join(directory, await fileOf(claim.name, claim.host.machineId));
    const record = { ...claim, proof, by: this.host, at: Date.now() };
    await promises.writeFile(`${file.slice(0, -".json".length)}.broken`, `${JSON.stringify(record)}\n`);
    await promises.rm(file, { force: true });
  }

  #put(space: string, name: string, claim: Claim | undefined): void {
    const directory = this.#directories.get(space);
    if (directory === undefined) return;
    const wanted = this.#wanted.get(directory) ?? new Map<string, Claim | undefined>();
    wanted.set(name, claim);
    this.#wanted.set(directory, wanted);
    if (this.#writing.has(directory)) return;
    const writing = this.#flush(directory, wanted).finally(() => this.#writing.delete(directory));
    this.#writing.set(directory, writing);
  }

  async #flush(directory: string, wanted: Map<string, Claim | undefined>): Promise<void> {
    await undefined; // what is asked for in the same turn is written once
    for (let next = first(wanted); next; next = first(wanted)) {
      const [name, claim] = next;
      wanted.delete(name);
      const file = join(directory, await fileOf(name, this.host.machineId));
      try {
        if (claim) await replace(directory, file, formatClaim(claim));
        else await promises.rm(file, { force: true });
      } catch (error) {
        this.#onError(error, file);
      }
    }
  }
}

function first<K, V>(map: ReadonlyMap<K, V>): [K, V] | undefined {
  for (const entry of map) return entry;
  return undefined;
}

/** Not flushed to disk: after a power cut the claim means nothing. */
async function replace(directory: string, file: string, content: string): Promise<void> {
  await promises.mkdir(directory, { recursive: true, mode: 0o700 });
  await promises.writeFile(`${file}.new`, content, { mode: 0o600 });
  await promises.rename(`${file}.new`, file);
}

/** Loaded with the first claim: node:crypto costs a daemon 2 MB. */
async function hashOf(name: string): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("sha256").update(name).digest("hex");
}

async function fileOf(name: string, machineId: string): Promise<string> {
  return `${await hashOf(name)}.${machineId}.json`;
}

async function readClaims(directory: string, isWanted = (_file: string) => true): Promise<Claim[]> {
  const claims: Claim[] = [];
  const files = (await namesIn(directory)).filter((file) => file.endsWith(".json") && isWanted(file));
  for (const file of files.slice(0, maxFiles)) {
    const claim = parseClaim(await textOf(join(directory, file)));
    if (claim && file === (await fileOf(claim.name, claim.host.machineId))) claims.push(claim);
  }
  return claims;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await promises.readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** @returns "" for what is gone, no file (a pipe would not answer), or too long */
async function textOf(file: string): Promise<string> {
  try {
    const about = await promises.lstat(file);
    return about.isFile() && about.size <= maxBytes ? await promises.readFile(file, "utf8") : "";
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}

/** node:fs throws nothing else. */
function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}
