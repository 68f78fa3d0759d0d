import { rm } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { ErrorCode, VirError } from "@libvirt-ts/errors";
import { domainToRun } from "../driver/define.ts";
import type { QemuDomain } from "../guest.ts";
import { type StartOptions, startDomain } from "../process/start.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { savedDefinition, wantedDefinition } from "./definition.ts";
import { openSaveFile, type SaveFile } from "./save-file.ts";

const { ENOENT } = constants.errno;

export interface RestoreOptions {
  api: string;
  path: string;
  /** Whether it runs then; default: as it was when it was saved. */
  runs?: boolean | undefined;
  /** Instead of the definition in the file. */
  xml?: string | undefined;
}

/**
 * Brings a saved guest back; the file stays.
 * @throws VirError
 */
export async function restoreDomain(driver: QemuDriver, options: RestoreOptions): Promise<QemuDomain> {
  const saved = await openSaveFile(options.path);
  try {
    const source = await savedDefinition(driver, saved.xml);
    const def = options.xml === undefined ? source : await wantedDefinition(driver, options.xml, source);
    const domain = await domainToRun(driver, def);
    const paused = !(options.runs ?? saved.wasRunning);
    await startDomain(driver, domain, {
      api: options.api,
      definition: def,
      paused,
      saved: { fd: saved.file.fd, pausedAs: "restored" },
    });
    return domain;
  } finally {
    await saved.file.close();
  }
}

/**
 * Starts a domain, or brings it back when it was saved by libvirt's own choice of file; that file goes then.
 * @param options of a start; `paused` counts also for what was running when it was saved
 * @throws VirError; the file is still there then
 */
export async function startOrRestore(
  driver: QemuDriver,
  domain: QemuDomain,
  options: StartOptions & { anew?: boolean },
): Promise<void> {
  const path = managedImage(driver, domain);
  const saved =
    options.anew === true || domain.isActive ? undefined : await managedSave(driver, domain, path);
  if (!saved) {
    await startDomain(driver, domain, options);
    if (options.anew === true) await rm(path, { force: true });
    return;
  }
  try {
    await startDomain(driver, domain, {
      ...options,
      definition: await savedDefinition(driver, saved.xml),
      paused: options.paused || !saved.wasRunning,
      saved: { fd: saved.file.fd, pausedAs: options.paused ? "paused" : "restored" },
    });
  } finally {
    await saved.file.close();
  }
  await rm(path, { force: true });
}

/** Where libvirt itself keeps a saved guest. */
export const managedImage = ({ dirs }: QemuDriver, { name }: QemuDomain): string =>
  join(dirs.save, `${name}.save`);

/** One that was not written to its end is of no use to anybody: it goes, and the guest boots. */
async function managedSave(
  driver: QemuDriver,
  domain: QemuDomain,
  path: string,
): Promise<SaveFile | undefined> {
  try {
    return await openSaveFile(path);
  } catch (error) {
    if (!(error instanceof VirError)) throw error;
    if (error.code === ErrorCode.SYSTEM_ERROR && error.int1 === ENOENT) return undefined;
    if (error.code !== ErrorCode.OPERATION_FAILED) throw error;
    driver.log.warn({ err: error, domain: domain.name }, "a saved guest that cannot be used is removed");
    await rm(path, { force: true });
    return undefined;
  }
}
