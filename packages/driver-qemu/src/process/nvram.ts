import { constants } from "node:fs";
import { access, copyFile, open, rename, rm } from "node:fs/promises";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import type { QemuDriver } from "../qemu-driver.ts";
import { giveToQemu } from "./ownership.ts";

/** The file with a guest's firmware variables; `undefined` where it has none or they lie elsewhere. */
export function nvramPath({ os }: Pick<DomainDef, "os">): string | undefined {
  const { nvram } = os;
  if (nvram === undefined) return undefined;
  if (nvram.path) return nvram.path;
  return nvram.type === "file" ? nvram.source?.file : undefined;
}

/**
 * Gives a guest firmware variables of its own, copied from the template, if it has none yet.
 * @param reset make them anew even if there are some
 * @throws VirError OPERATION_FAILED when there is nothing to copy from
 */
export async function prepareNvram(
  driver: QemuDriver,
  { os }: Pick<DomainDef, "os">,
  { reset }: { reset: boolean },
): Promise<void> {
  const path = nvramPath({ os });
  const { loader, nvram } = os;
  if (path === undefined || nvram === undefined) return;
  if (!reset && (await exists(path))) return;
  const { template, templateFormat = "raw", format = "raw" } = nvram;
  if (template === undefined)
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.OPERATION_FAILED,
      `unable to find any master var store for loader: ${loader?.path ?? ""}`,
    );
  if (templateFormat !== format)
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.OPERATION_FAILED,
      `Format mismatch: loader.nvram.format='${format}' template.format='${templateFormat}'`,
    );
  await copyWhole(driver, template, path);
}

/** Beside, synced, renamed: nobody ever sees half a set of variables. */
async function copyWhole(driver: QemuDriver, from: string, to: string): Promise<void> {
  const beside = `${to}.new`;
  try {
    await copyFile(from, beside);
    const file = await open(beside, "r+");
    try {
      await file.chmod(0o600);
      await file.sync();
    } finally {
      await file.close();
    }
    await giveToQemu(driver, beside);
    await rename(beside, to);
  } catch (error) {
    await rm(beside, { force: true });
    const cause = error as NodeJS.ErrnoException; // node:fs throws nothing else
    const isSource = cause.syscall === "copyfile" && cause.code === "ENOENT" && !(await exists(from));
    throw systemError(
      ErrorDomain.QEMU,
      cause,
      isSource ? `Failed to open file '${from}'` : `Failed to create file '${to}'`,
    );
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path, constants.F_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
