import type { Stats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { writeAtomic } from "@libvirt-ts/util/write-atomic";
import { mechanism, type Verifier } from "./scram/verifier.ts";

/** Users by name. */
export type Verifiers = ReadonlyMap<string, Verifier>;

/**
 * One line a user, `NAME:SCRAM-SHA-256:ITERATIONS:SALT:STOREDKEY:SERVERKEY`, the last three in base64.
 * Lines that are empty or begin with "#" mean nothing.
 * @throws Error naming the line
 */
export function parseVerifiers(text: string): Verifiers {
  const users = new Map<string, Verifier>();
  for (const [i, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const [name = "", kind, count, ...keys] = line.split(":");
    const [salt, storedKey, serverKey] = keys.map((key) => Buffer.from(key, "base64"));
    const iterations = Number(count);
    const isWhole = keys.length === 3 && storedKey?.length === 32 && serverKey?.length === 32;
    if (!isUserName(name) || kind !== mechanism || !(iterations >= 1) || !isWhole || salt === undefined) {
      throw new Error(`line ${i + 1} is no user`); // the line itself is a secret
    }
    users.set(name, { salt, iterations, storedKey, serverKey });
  }
  return users;
}

export function formatVerifiers(users: Verifiers): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const lines = [...users].map(
    ([name, { salt, iterations, storedKey, serverKey }]) =>
      `${name}:${mechanism}:${iterations}:${base64(salt)}:${base64(storedKey)}:${base64(serverKey)}\n`,
  );
  return lines.join("");
}

/** Names that fit into a line. */
export const isUserName = (name: string): boolean => /^[^:#\p{Cc}][^:\p{Cc}]*$/u.test(name);

/** Replaces the file; nobody but its owner can read it. */
export const writeVerifiers = (path: string, users: Verifiers): Promise<void> =>
  writeAtomic(path, formatVerifiers(users), 0o600);

/** @returns no users if there is no file. @throws Error */
export async function readVerifiers(path: string): Promise<Verifiers> {
  try {
    return parseVerifiers(await readFile(path, "utf8"));
  } catch (error) {
    if (isMissing(error)) return new Map();
    throw error;
  }
}

/** A file of users as a server sees it: read again when it has changed. */
export class PasswordFile {
  readonly #path: string;
  #users: Verifiers = new Map();
  #version = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws Error when the file is malformed, or others than its owner may read it */
  async find(name: string): Promise<Verifier | undefined> {
    const found = await stat(this.#path).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (found === undefined) return undefined;
    if ((found.mode & 0o077) !== 0) throw new Error(`${this.#path} is open to others than its owner`);
    const version = versionOf(found);
    if (version !== this.#version) {
      this.#users = await readVerifiers(this.#path);
      this.#version = version;
    }
    return this.#users.get(name);
  }
}

const versionOf = ({ ino, mtimeMs, size }: Stats) => `${ino} ${mtimeMs} ${size}`;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";
