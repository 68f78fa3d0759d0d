import { rm } from "node:fs/promises";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Guest, QemuDomain } from "../guest.ts";
import { runningGuest, startCpus, stopCpus } from "../process/cpus.ts";
import { stopGuest } from "../process/stop.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { textToSave, wantedDefinition } from "./definition.ts";
import { migrationEnd } from "./migration-end.ts";
import { openFile } from "./save-file.ts";
import { completeMark, formatSaveHead } from "./save-header.ts";

/** Bytes a second; more than any disk takes. */
const NO_LIMIT = 1e15;

export interface SaveOptions {
  api: string;
  path: string;
  /** Whether it runs after it has been restored; default: if it runs now. */
  runs?: boolean | undefined;
  /** What is restored, instead of what runs. */
  xml?: string | undefined;
}

/**
 * Writes a guest's memory into a file and ends it. When that fails, the guest goes on.
 * @throws VirError OPERATION_INVALID "domain is not running"; whatever keeps QEMU from writing
 */
export async function saveDomain(
  driver: QemuDriver,
  domain: QemuDomain,
  options: SaveOptions,
): Promise<void> {
  await domain.jobs.runAsync("save", { api: options.api }, (job) =>
    job.nested(async () => {
      const guest = runningGuest(domain);
      const { path } = options;
      const isRunning = domain.state.name === "running";
      const wanted =
        options.xml && (await wantedDefinition(driver, options.xml, domain.def, guest.facts.originalCpu));
      if (isRunning) await stopCpus(guest, "save");
      try {
        const xml = textToSave(wanted || domain.def);
        await writeMemory(guest, path, formatSaveHead(xml, options.runs ?? isRunning));
      } catch (error) {
        await rm(path, { force: true });
        if (isRunning && guest.isMonitorOpen) await startCpus(driver, domain, guest, "save canceled");
        throw error;
      }
      const end = { name: "shutoff", reason: "saved" } as const;
      guest.isBeingDestroyed = true;
      await stopGuest(driver, domain, guest, end, { event: "stopped", detail: "saved" });
    }),
  );
}

async function writeMemory(guest: Guest, path: string, head: Buffer): Promise<void> {
  const { monitor } = guest;
  const file = await openFile(path, "w");
  try {
    // QEMU writes on from where we stop: the position belongs to the open file.
    await file.write(head);
    await monitor.getfd("save", file.fd);
    await monitor.setMigrationLimit(NO_LIMIT);
    const end = await migrationEnd(guest, () => monitor.migrate("fd:save"));
    if (end !== "completed")
      throw new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_FAILED, `saving the guest ended as '${end}'`);
    await file.write(completeMark, 0, completeMark.length, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}
