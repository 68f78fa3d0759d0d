import { open } from "node:fs/promises";

/** "QFI" and 0xfb: the first bytes of a qcow2 image. */
const MAGIC = 0x514649fb;
const HEADER_BYTES = 16;
/** Where the header says at which offset the name of the backing file is; 0 = there is none. */
const BACKING_OFFSET_AT = 8;

/** Whether a qcow2 image stands on another. False for what is no such image, or cannot be read. */
export async function hasBackingFile(path: string): Promise<boolean> {
  const header = Buffer.alloc(HEADER_BYTES);
  try {
    const file = await open(path);
    try {
      await file.read(header, 0, HEADER_BYTES, 0);
    } finally {
      await file.close();
    }
  } catch {
    return false; // whoever opens it in earnest tells why it cannot
  }
  return header.readUInt32BE(0) === MAGIC && header.readBigUInt64BE(BACKING_OFFSET_AT) !== 0n;
}
