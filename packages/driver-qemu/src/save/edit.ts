import { formatDomain } from "@libvirt-ts/conf/domain";
import type { QemuDriver } from "../qemu-driver.ts";
import { savedDefinition, textToSave, wantedDefinition } from "./definition.ts";
import { openSaveFile, writeHead } from "./save-file.ts";
import { withDefinition } from "./save-header.ts";

/** @param o.secure with passwords @throws VirError */
export async function describeSaved(
  driver: QemuDriver,
  path: string,
  { secure }: { secure: boolean },
): Promise<string> {
  const { file, xml } = await openSaveFile(path);
  await file.close();
  return formatDomain(await savedDefinition(driver, xml), { inactive: true, secure });
}

/**
 * Changes what a saved guest will go on as, in the room its file has for that.
 * @param runs whether it runs then; default: as it was when it was saved
 * @throws VirError; the file is as before then
 */
export async function defineSaved(
  driver: QemuDriver,
  path: string,
  { xml, runs }: { xml: string; runs: boolean | undefined },
): Promise<void> {
  const saved = await openSaveFile(path, "r+");
  try {
    const wasRunning = runs ?? saved.wasRunning;
    if (xml === saved.xml && wasRunning === saved.wasRunning) return;
    const wanted = await wantedDefinition(driver, xml, await savedDefinition(driver, saved.xml));
    await writeHead(saved, path, withDefinition(saved.head, textToSave(wanted), wasRunning));
  } finally {
    await saved.file.close();
  }
}
