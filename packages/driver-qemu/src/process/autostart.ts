import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { QemuDriver } from "../qemu-driver.ts";
import { startOrRestore } from "../save/restore.ts";

/** Starts the domains marked for it, once a boot: the mark that it was done does not survive one. */
export async function autostart(driver: QemuDriver): Promise<void> {
  const marker = join(driver.dirs.state, "autostarted");
  if (await exists(marker)) return;
  await writeFile(marker, "", { mode: 0o600 });
  for (const domain of [...driver.domains]) {
    if (!domain.autostart || domain.isActive) continue;
    try {
      await startOrRestore(driver, domain, { api: "autostart", paused: false });
    } catch (error) {
      driver.log.error({ err: error, domain: domain.name }, "cannot autostart domain");
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false; // not there, or not ours to see: then it is not there for us
  }
}
