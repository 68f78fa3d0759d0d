import { promisify } from "node:util";
import { crc32, deflateRaw, gunzip } from "node:zlib";
import type { FileCalls } from "./file-calls.ts";

/**
 * A compressed backup is a gzip file of many members (RFC 1952), one for every 256 KiB, so that any place in it is found
 * without unpacking what is before. `zcat` reads it as any other. The extra field of each member says what file it was.
 */
export function compressedName(path: string): string {
  return `${path}.gz`;
}

/** The file a backup was made from. */
export interface Origin {
  /** What positions in the log name it by, still. */
  readonly inode: bigint;
  /** Bytes, unpacked. */
  readonly size: number;
}

/** Bytes of the log in a member, except the last. */
export const blockBytes = 256 * 1024;
/** Most a member of so many bytes may take: what cannot be packed is stored, with 5 bytes for every 16 KiB at worst. */
const maxMemberBytes = blockBytes + 1024;
/** Identification, flags (extra field), no time, unknown system. */
const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255]);
/** Extra field: its length, "LV", and the length of inode (u64), size (u64), member length (u32), block length (u32). */
const fields = Buffer.from([28, 0, 0x4c, 0x56, 24, 0]);
const factsAt = head.length + fields.length;
const headerBytes = factsAt + 24;
/** Checksum and length of the block. */
const trailerBytes = 8;

interface Member extends Origin {
  readonly memberBytes: number;
  readonly bytes: number;
}

// inside functions, so that node:zlib is loaded for the first backup and not at the start
const deflate = (bytes: Uint8Array) => promisify<Uint8Array, Buffer>(deflateRaw)(bytes);
const inflate = (bytes: Uint8Array, maxOutputLength: number) =>
  promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip)(bytes, { maxOutputLength });

/** A block of a log as one member of a gzip file. Packed in the thread pool. */
export async function packBlock(block: Uint8Array, origin: Origin): Promise<Buffer> {
  const packed = await deflate(block);
  const member = Buffer.alloc(headerBytes + packed.length + trailerBytes);
  head.copy(member);
  fields.copy(member, head.length);
  member.writeBigUInt64LE(origin.inode, factsAt);
  member.writeBigUInt64LE(BigInt(origin.size), factsAt + 8);
  member.writeUInt32LE(member.length, factsAt + 16);
  member.writeUInt32LE(block.length, factsAt + 20);
  packed.copy(member, headerBytes);
  member.writeUInt32LE(crc32(block), member.length - 8);
  member.writeUInt32LE(block.length, member.length - 4);
  return member;
}

/** @returns undefined for a file that we did not make. @throws Error of node:fs */
export async function readOrigin(fd: number, calls: FileCalls): Promise<Origin | undefined> {
  return readMember(fd, 0, calls);
}

/** Reads a compressed backup at any place; holds one block of it. */
export class GzipReader {
  readonly origin: Origin;
  readonly #fd: number;
  readonly #calls: FileCalls;
  /** Where the members known so far begin; the last is where the next one is. */
  readonly #begins: number[] = [0];
  #block: { number: number; bytes: Buffer } | undefined;

  constructor(fd: number, origin: Origin, calls: FileCalls) {
    this.#fd = fd;
    this.origin = origin;
    this.#calls = calls;
  }

  /** @returns bytes read; 0 at the end, or behind the last block that is sound. @throws Error of node:fs */
  async readAt(into: Uint8Array, at: number): Promise<number> {
    const number = Math.floor(at / blockBytes);
    if (into.length === 0 || at >= this.origin.size) return 0;
    const block = await this.#load(number);
    return block?.copy(into, 0, at - number * blockBytes) ?? 0;
  }

  async #load(number: number): Promise<Buffer | undefined> {
    if (this.#block?.number === number) return this.#block.bytes;
    for (let known = this.#begins.length - 1; known < number; known++) {
      const begin = this.#begins[known] ?? 0;
      const member = await readMember(this.#fd, begin, this.#calls);
      if (member?.bytes !== blockBytes) return undefined;
      this.#begins.push(begin + member.memberBytes);
    }
    const begin = this.#begins[number] ?? 0;
    const member = await readMember(this.#fd, begin, this.#calls);
    if (!member) return undefined;
    const packed = Buffer.alloc(member.memberBytes);
    if ((await this.#calls.read(this.#fd, packed, begin)) < packed.length) return undefined;
    try {
      const bytes = await inflate(packed, blockBytes);
      this.#block = { number, bytes };
      return bytes;
    } catch (error) {
      if (isDamage(error)) return undefined;
      throw error;
    }
  }
}

async function readMember(fd: number, at: number, calls: FileCalls): Promise<Member | undefined> {
  const bytes = Buffer.alloc(headerBytes);
  if ((await calls.read(fd, bytes, at)) < headerBytes) return undefined;
  if (!bytes.subarray(0, 4).equals(head.subarray(0, 4))) return undefined;
  if (!bytes.subarray(head.length, factsAt).equals(fields)) return undefined;
  const member = {
    inode: bytes.readBigUInt64LE(factsAt),
    size: Number(bytes.readBigUInt64LE(factsAt + 8)),
    memberBytes: bytes.readUInt32LE(factsAt + 16),
    bytes: bytes.readUInt32LE(factsAt + 20),
  };
  const isSane = member.memberBytes > headerBytes && member.memberBytes <= maxMemberBytes;
  return isSane && member.bytes <= blockBytes && Number.isSafeInteger(member.size) ? member : undefined;
}

function isDamage(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? ""; // zlib throws nothing else
  return code.startsWith("Z_") || code === "ERR_BUFFER_TOO_LARGE";
}
