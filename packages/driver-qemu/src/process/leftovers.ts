import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { endHelpers } from "../helpers/helpers.ts";
import type { QemuDriver } from "../qemu-driver.ts";

/**
 * Removes the folders, and ends the programs, of guests that no status file speaks of: a former daemon made them for a start it did not live
 * to note. To be called when all status files have been read, and none was left out.
 */
export async function removeLeftovers({ dirs, domains, log }: QemuDriver): Promise<void> {
  const used = new Set(
    [...domains].flatMap(({ live }) => {
      if (!live) return [];
      const { lib, channel, memoryBacking, tpm } = live.facts.paths;
      return [lib, channel, memoryBacking, tpm.socket, tpm.pidFile];
    }),
  );
  const places: [folder: string, name: RegExp][] = [
    [dirs.lib, /^domain-\d+-./],
    [dirs.channel, /^\d+-./],
    [dirs.ram, /^\d+-./],
    [dirs.tpm, /^\d+-.*-swtpm\.(sock|pid)$/],
  ];
  for (const [folder, name] of places) {
    for (const entry of await readdir(folder)) {
      const path = join(folder, entry);
      if (!name.test(entry) || used.has(path)) continue;
      await endHelpers(path);
      log.info({ path }, "removing what was made for a guest that never ran");
      await rm(path, { recursive: true, force: true });
    }
  }
}
