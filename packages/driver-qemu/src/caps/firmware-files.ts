import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type FirmwareDescriptor, parseFirmwareDescriptor } from "../fill/firmware-descriptor.ts";

/** Folders of descriptors; a file hides those of the same name in folders before it. */
const folders = ["/usr/share/qemu/firmware", "/etc/qemu/firmware"];

/**
 * The firmware descriptors of the host, in the order of their file names; an empty file hides its name.
 * @param userDir `$XDG_CONFIG_HOME/qemu/firmware` of an unprivileged daemon
 */
export async function readFirmwareDescriptors(root: string, userDir?: string): Promise<FirmwareDescriptor[]> {
  const files = new Map<string, string>();
  for (const folder of [...folders.map((f) => join(root, f)), ...(userDir === undefined ? [] : [userDir])]) {
    for (const name of await namesIn(folder)) if (name.endsWith(".json")) files.set(name, join(folder, name));
  }
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = await Promise.all(sorted.map(([, path]) => readFile(path, "utf8")));
  return texts.flatMap((text) => parseFirmwareDescriptor(text) ?? []);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
