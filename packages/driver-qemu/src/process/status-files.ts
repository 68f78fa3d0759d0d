import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ErrorDomain } from "@libvirt-ts/errors";
import { replaceFile } from "@libvirt-ts/objects";
import type { QemuDomain } from "../guest.ts";

interface Entry {
  isDirty: boolean;
  writing: Promise<void> | undefined;
}

/**
 * The status file of each running guest, rewritten whenever something in it changed. Many changes at once end in
 * one write. Nothing is synced to disk: the folder does not survive a reboot, and neither do the guests.
 */
export class StatusFiles {
  readonly #folder: string;
  readonly #format: (domain: QemuDomain) => string;
  readonly #report: (error: unknown) => void;
  readonly #entries = new Map<string, Entry>();

  /** @param report told of files that cannot be written */
  constructor(folder: string, format: (domain: QemuDomain) => string, report: (error: unknown) => void) {
    this.#folder = folder;
    this.#format = format;
    this.#report = report;
  }

  file(name: string): string {
    return join(this.#folder, `${name}.xml`);
  }

  /** Something about the running guest has changed, perhaps in its definition: writes soon. */
  save(domain: QemuDomain): void {
    domain.noteChange();
    const entry = this.#entries.get(domain.uuid) ?? { isDirty: false, writing: undefined };
    this.#entries.set(domain.uuid, entry);
    entry.isDirty = true;
    entry.writing ??= this.#write(domain, entry);
    entry.writing.catch(this.#report);
  }

  /**
   * Writes, and settles when the file says what is true now.
   * @throws VirError SYSTEM_ERROR when it cannot be written
   */
  async flush(domain: QemuDomain): Promise<void> {
    this.save(domain);
    await this.#entries.get(domain.uuid)?.writing;
  }

  async remove(domain: QemuDomain): Promise<void> {
    const entry = this.#entries.get(domain.uuid);
    this.#entries.delete(domain.uuid);
    if (entry) entry.isDirty = false;
    await entry?.writing?.catch(() => {}); // reported already; it goes now
    await rm(this.file(domain.name), { force: true });
  }

  /** What an earlier daemon left: names and texts. */
  async load(): Promise<{ name: string; text: string }[]> {
    await mkdir(this.#folder, { recursive: true });
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(".xml")).sort();
    return Promise.all(
      names.map(async (file) => ({
        name: file.slice(0, -".xml".length),
        text: await readFile(join(this.#folder, file), "utf8"),
      })),
    );
  }

  async #write(domain: QemuDomain, entry: Entry): Promise<void> {
    try {
      // Waits for the end of the current turn, so that changes made together are written together.
      await Promise.resolve();
      while (entry.isDirty) {
        entry.isDirty = false;
        const path = this.file(domain.name);
        await replace(path, this.#format(domain));
      }
    } finally {
      entry.writing = undefined;
    }
  }
}

const replace = (path: string, text: string): Promise<void> =>
  replaceFile(path, text, {
    domain: ErrorDomain.QEMU,
    failure: `cannot write status file '${path}'`,
    sync: false,
  });
