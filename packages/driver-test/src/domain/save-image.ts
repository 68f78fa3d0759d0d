import { readFile, rename, writeFile } from "node:fs/promises";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { broken } from "../errors.ts";

const MAGIC = Buffer.from("TestGuestMagic\0");
const LENGTH_SIZE = 4;
const MAX_XML = 10 * 1024 * 1024;

/** @throws VirError SYSTEM_ERROR that begins with `what` */
export async function writeFileOrSay(path: string, parts: readonly Buffer[], what: string): Promise<void> {
  const partial = `${path}.new`;
  try {
    await writeFile(partial, Buffer.concat([MAGIC, ...parts]), { mode: 0o600 });
    await rename(partial, path);
  } catch (error) {
    throw systemError(ErrorDomain.TEST, error as NodeJS.ErrnoException, what); // what the file system throws
  }
}

/** A saved guest: what it is, and nothing of its memory. */
export function encodeImage(xml: string): Buffer[] {
  const text = Buffer.from(xml);
  const length = Buffer.alloc(LENGTH_SIZE);
  length.writeInt32LE(text.length);
  return [length, text];
}

/** The definition in a saved guest. @throws VirError SYSTEM_ERROR, INTERNAL_ERROR */
export async function readImage(path: string): Promise<string> {
  let image: Buffer;
  try {
    image = await readFile(path);
  } catch (error) {
    const what = `cannot read domain image '${path}'`;
    throw systemError(ErrorDomain.TEST, error as NodeJS.ErrnoException, what); // as above
  }
  const start = MAGIC.length + LENGTH_SIZE;
  if (!image.subarray(0, MAGIC.length).equals(MAGIC)) throw broken("mismatched header magic");
  if (image.length < start) {
    const what = `failed to read metadata length in '${path}'`;
    throw systemError(ErrorDomain.TEST, 0, what);
  }
  const length = image.readInt32LE(MAGIC.length);
  if (length < 1 || length > MAX_XML) throw broken("length of metadata out of range");
  if (image.length < start + length) throw broken(`incomplete metadata in '${path}'`);
  return image.toString("utf8", start, start + length);
}
