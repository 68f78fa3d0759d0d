import { promises, type Stats } from "node:fs"; // loaded when first used: node:fs/promises costs every start 3 ms

/** Names of users and groups by number, as the files of this machine say. */
export interface Accounts {
  /** @returns undefined for numbers without a name */
  userName(uid: number): Promise<string | undefined>;
  groupName(gid: number): Promise<string | undefined>;
}

/**
 * Looks into /etc/passwd and /etc/group, which are read again when they have changed.
 * differs: directory services (NSS) are not asked; a name unknown to the files is left out.
 */
export function fileAccounts(root = ""): Accounts {
  const users = new NameFile(`${root}/etc/passwd`);
  const groups = new NameFile(`${root}/etc/group`);
  return { userName: (uid) => users.name(uid), groupName: (gid) => groups.name(gid) };
}

/** `name:password:number:...` a line. */
class NameFile {
  readonly #path: string;
  #names: ReadonlyMap<number, string> = new Map();
  #version = "";

  constructor(path: string) {
    this.#path = path;
  }

  async name(number: number): Promise<string | undefined> {
    try {
      const version = versionOf(await promises.stat(this.#path));
      if (version !== this.#version) {
        this.#names = parseNames(await promises.readFile(this.#path, "utf8"));
        this.#version = version;
      }
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      return undefined; // no file, no names
    }
    return this.#names.get(number);
  }
}

const versionOf = ({ ino, mtimeMs, size }: Stats) => `${ino} ${mtimeMs} ${size}`;

/** The first name of a number counts. */
export function parseNames(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [name = "", , digits = ""] = line.split(":");
    if (name === "" || name.startsWith("#") || !/^\d+$/.test(digits)) continue;
    const number = Number(digits);
    if (!names.has(number)) names.set(number, name);
  }
  return names;
}
