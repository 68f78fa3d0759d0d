import { type FileHandle, open } from "node:fs/promises";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { HEADER_BYTES, parseSaveHeader, type SaveHeader, xmlOf } from "./save-header.ts";

/** A saved guest, open; the file stands where QEMU's data begin. */
export interface SaveFile extends SaveHeader {
  readonly file: FileHandle;
  readonly xml: string;
}

/**
 * Opens a saved guest. The caller closes the file.
 * @throws VirError SYSTEM_ERROR, OPERATION_FAILED
 */
export async function openSaveFile(path: string): Promise<SaveFile> {
  const file = await openFile(path, "r");
  try {
    // Read in order: QEMU goes on from where we stop.
    const header = parseSaveHeader(await readNext(file, HEADER_BYTES));
    const xml = xmlOf(await readNext(file, header.dataBytes));
    return { ...header, file, xml };
  } catch (error) {
    await file.close();
    throw error;
  }
}

export async function openFile(path: string, mode: "r" | "w"): Promise<FileHandle> {
  try {
    return await open(path, mode, 0o600);
  } catch (error) {
    const cause = error as NodeJS.ErrnoException; // node:fs throws nothing else
    const what = mode === "r" ? "Failed to open domain image file" : "Failed to create domain save file";
    throw systemError(ErrorDomain.QEMU, cause, `${what} '${path}'`);
  }
}

async function readNext(file: FileHandle, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
