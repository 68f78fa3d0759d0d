import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type FirmwareDescriptor, parseFirmwareDescriptor } from "../fill/firmware-descriptor.ts";

/**
 * Files of QEMU's interoperability formats (firmware, vhost-user programs): those of the distribution, of the
 * administrator, of the user. One hides those of its name in folders before it; an empty one hides its name altogether.
 * @param folders the one that counts least first; they need not exist
 * @returns paths in the order of their file names
 */
export async function descriptorFiles(folders: readonly string[]): Promise<string[]> {
  const files = new Map<string, string>();
  for (const folder of folders)
    for (const name of await namesIn(folder)) if (name.endsWith(".json")) files.set(name, join(folder, name));
  const paths = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return paths.filter((_, i) => sizes[i] !== 0);
}

/** The firmware of the host, as its descriptors tell. */
export class HostFirmware {
  readonly #folders: readonly string[];
  #descriptors: readonly FirmwareDescriptor[] = [];

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** As of the last look, best first. */
  get descriptors(): readonly FirmwareDescriptor[] {
    return this.#descriptors;
  }

  /** Looks again: packages come and go while a daemon runs. */
  async refresh(): Promise<readonly FirmwareDescriptor[]> {
    const files = await descriptorFiles(this.#folders);
    const texts = await Promise.all(files.map((path) => readFile(path, "utf8")));
    this.#descriptors = texts.flatMap((text) => parseFirmwareDescriptor(text) ?? []);
    return this.#descriptors;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
