import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { ErrorDomain, systemError, type VirError } from "@libvirt-ts/errors";
import { HEADER_BYTES, parseSaveHeader, type SaveHeader, xmlOf } from "./save-header.ts";

/** A saved guest, open; the file stands where QEMU's data begin. */
export interface SaveFile extends SaveHeader {
  readonly file: FileHandle;
  /** Everything before QEMU's data. */
  readonly head: Buffer;
  readonly xml: string;
}

/**
 * Opens a saved guest. The caller closes the file.
 * @throws VirError SYSTEM_ERROR, OPERATION_FAILED
 */
export async function openSaveFile(path: string, mode: "r" | "r+" = "r"): Promise<SaveFile> {
  const file = await openFile(path, mode);
  try {
    // Read in order: QEMU goes on from where we stop.
    const bytes = await readNext(file, path, HEADER_BYTES);
    const header = parseSaveHeader(bytes);
    const head = Buffer.alloc(HEADER_BYTES + header.dataBytes);
    const data = await readNext(file, path, header.dataBytes);
    head.set(bytes);
    head.set(data, HEADER_BYTES);
    return { ...header, file, head, xml: xmlOf(data) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** @throws VirError SYSTEM_ERROR */
export async function writeHead({ file }: SaveFile, path: string, head: Buffer): Promise<void> {
  try {
    await file.write(head, 0, head.length, 0);
    await file.sync();
  } catch (error) {
    throw failure(error, "failed to write header data to", path);
  }
}

export async function openFile(path: string, mode: "r" | "r+" | "w"): Promise<FileHandle> {
  try {
    // What is no file must not hold up anybody: a pipe without a writer is read as empty.
    return await open(path, mode === "w" ? mode : modes[mode] | constants.O_NONBLOCK, 0o600);
  } catch (error) {
    const what = mode === "w" ? "Failed to create domain save file" : "Failed to open domain image file";
    throw failure(error, what, path);
  }
}

const modes = { r: constants.O_RDONLY, "r+": constants.O_RDWR };

async function readNext(file: FileHandle, path: string, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  try {
    while (filled < length) {
      const { bytesRead } = await file.read(bytes, filled, length - filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
  } catch (error) {
    throw failure(error, "Failed to read domain image file", path);
  }
  return bytes.subarray(0, filled);
}

function failure(error: unknown, what: string, path: string): VirError {
  const cause = error as NodeJS.ErrnoException; // node:fs throws nothing else
  return systemError(ErrorDomain.QEMU, cause, `${what} '${path}'`);
}
