import { unlink } from "node:fs/promises";
import { writeAtomic } from "@libvirt-ts/util/write-atomic";

/** Which MAC addresses a domain has on a bridge: what NSS modules look up names by. */
export class MacMap {
  readonly #macs = new Map<string, string[]>();

  static from(entries: readonly { domain: string; macs: readonly string[] }[]): MacMap {
    const map = new MacMap();
    for (const { domain, macs } of entries) for (const mac of macs) map.add(domain, mac);
    return map;
  }

  /** @param text a `.macs` file */
  static parse(text: string): MacMap {
    return MacMap.from(JSON.parse(text) as { domain: string; macs: string[] }[]); // a file of our own
  }

  add(domain: string, mac: string): void {
    const macs = this.#macs.get(domain) ?? [];
    if (!macs.includes(mac)) macs.push(mac);
    this.#macs.set(domain, macs);
  }

  remove(domain: string, mac: string): void {
    const macs = (this.#macs.get(domain) ?? []).filter((known) => known !== mac);
    if (macs.length > 0) this.#macs.set(domain, macs);
    else this.#macs.delete(domain);
  }

  lookup(domain: string): readonly string[] {
    return this.#macs.get(domain) ?? [];
  }

  /** The content of a `.macs` file. */
  format(): string {
    const entries = [...this.#macs]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([domain, macs]) => ({ domain, macs }));
    return `${JSON.stringify(entries, undefined, 2)}\n`;
  }

  async save(path: string): Promise<void> {
    await writeAtomic(path, this.format(), 0o644);
  }
}

/** Removes a file; one that is gone is fine. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error; // node:fs throws nothing else
  }
}
