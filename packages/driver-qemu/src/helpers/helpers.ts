import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Undo } from "@libvirt-ts/util/undo";
import type { QemuDomain } from "../guest.ts";
import type { GuestPaths } from "../process/guest-paths.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { findHelper } from "./helper-process.ts";
import { startSwtpm } from "./swtpm.ts";
import { emulatedTpm } from "./tpm-state.ts";
import { servedFilesystems, startVirtiofsd, virtiofsdPidFile } from "./virtiofsd.ts";

/**
 * Starts the programs a guest needs beside QEMU; QEMU connects to them.
 * @param run `undo` ends them
 * @throws VirError
 */
export async function startHelpers(
  driver: QemuDriver,
  domain: QemuDomain,
  run: { paths: GuestPaths; undo: Undo },
): Promise<void> {
  await startSwtpm(driver, domain, run);
  await startVirtiofsd(driver, domain, run);
}

/** Finds those an earlier daemon started, which end with their guest. */
export async function adoptHelpers(
  { def }: Pick<QemuDomain, "def">,
  paths: GuestPaths,
  teardown: Undo,
): Promise<void> {
  const files = servedFilesystems(def).map((fs) => virtiofsdPidFile(paths, fs));
  if (emulatedTpm(def)) {
    files.push(paths.tpm.pidFile);
    teardown.add(() => rm(paths.tpm.socket, { force: true }));
  }
  for (const file of files) {
    const helper = await findHelper(file);
    teardown.add(() => rm(file, { force: true }));
    if (helper) teardown.add(() => helper.kill());
  }
}

/** Ends the programs noted in a pid file, or in those of a folder. */
export async function endHelpers(path: string): Promise<void> {
  const inside = path.endsWith(".pid") ? [] : await readdir(path).catch(() => []); // not every path is a folder
  const files = [path, ...inside.map((name) => join(path, name))].filter((each) => each.endsWith(".pid"));
  for (const file of files) {
    const helper = await findHelper(file);
    helper?.signal("SIGTERM");
  }
}
