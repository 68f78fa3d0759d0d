import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { readNumber } from "@libvirt-ts/host";

const SECTOR = 512n;
const HEADER_SIZE = 512;

/** Sizes of an image in bytes, named as the API does. */
export interface ImageSize {
  /** What the guest sees. */
  capacity: bigint;
  /** What is taken up in the host. */
  allocation: bigint;
  /** Where the file or device ends. */
  physical: bigint;
}

interface HeaderField {
  magic: string;
  offset: number;
  endian: "big" | "little";
  unit?: bigint;
}

/** Where image formats keep the size the guest sees; formats not named here are taken as they lie. */
const headers: Readonly<Record<string, HeaderField>> = {
  qcow: { magic: "QFI\xfb", offset: 24, endian: "big" },
  qcow2: { magic: "QFI\xfb", offset: 24, endian: "big" },
  qed: { magic: "QED\0", offset: 48, endian: "little" },
  vmdk: { magic: "KDMV", offset: 12, endian: "little", unit: SECTOR },
  vpc: { magic: "conectix", offset: 48, endian: "big" },
};

/** The guest's size as a header of that format tells; undefined when it is no such header. */
export function headerCapacity(format: string, header: Uint8Array): bigint | undefined {
  const field = headers[format];
  if (!field) return undefined;
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.byteLength);
  const { magic, offset, endian, unit = 1n } = field;
  if (bytes.length < offset + 8 || bytes.toString("latin1", 0, magic.length) !== magic) return undefined;
  return (endian === "big" ? bytes.readBigUInt64BE(offset) : bytes.readBigUInt64LE(offset)) * unit;
}

/**
 * Looks at an image that nobody needs to have open.
 * @param root folder below which /sys is
 * @throws VirError SYSTEM_ERROR when it cannot be opened
 */
export async function readImageSize(path: string, format: string, root = ""): Promise<ImageSize> {
  let file: FileHandle | undefined;
  try {
    // A FIFO in the place of an image must not make us wait for its other end.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const facts = await file.stat({ bigint: true });
    const physical = facts.isBlockDevice() ? await deviceSize(root, Number(facts.rdev)) : facts.size;
    const allocation = facts.isBlockDevice() ? physical : facts.blocks * SECTOR;
    const header = Buffer.alloc(HEADER_SIZE);
    const { bytesRead } = format in headers ? await file.read(header, 0, HEADER_SIZE, 0) : { bytesRead: 0 };
    const capacity = headerCapacity(format, header.subarray(0, bytesRead)) ?? physical;
    return { capacity, allocation, physical };
  } catch (error) {
    // node:fs throws nothing else
    throw systemError(ErrorDomain.QEMU, error as NodeJS.ErrnoException, `Failed to open file '${path}'`);
  } finally {
    await file?.close();
  }
}

/** Bytes of a block device: the kernel counts sectors, whatever the device's own block size. */
async function deviceSize(root: string, device: number): Promise<bigint> {
  // Linux's layout of device numbers: 12 bits major, 20 bits minor, in pieces.
  const major = (device >>> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  const sectors = await readNumber(`${root}/sys/dev/block/${major}:${minor}/size`);
  return BigInt(sectors ?? 0) * SECTOR;
}
