import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

const COMPLETE = "LibvirtQemudSave";
const PARTIAL = "LibvirtQemudPart";
const VERSION = 2;
const MAX_XML_BYTES = 64 * 1024 * 1024;
/** Room behind the definition, so that it can be edited later. */
const ALIGNMENT = 4096;
/** Magic, then version, length of the XML, "was running", compression, offset of a cookie, and 14 words for later. */
export const HEADER_BYTES = 16 + 19 * 4;
const offsets = { version: 16, length: 20, running: 24, compression: 28, cookie: 32 } as const;

/** What stands at the beginning of a saved guest, in libvirt's format; QEMU's own data follow. */
export interface SaveHeader {
  /** Bytes between the header and QEMU's data: the XML, a NUL, perhaps a cookie, and room. */
  readonly dataBytes: number;
  readonly wasRunning: boolean;
}

/** The header and the definition, padded; marked as unfinished until `completeMark` is written over its start. */
export function formatSaveHead(xml: string, wasRunning: boolean): Buffer {
  const text = Buffer.from(xml);
  const total = Math.ceil((HEADER_BYTES + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const head = Buffer.alloc(total);
  head.write(PARTIAL, "latin1");
  head.writeUInt32LE(VERSION, offsets.version);
  head.writeUInt32LE(total - HEADER_BYTES, offsets.length);
  head.writeUInt32LE(wasRunning ? 1 : 0, offsets.running);
  text.copy(head, HEADER_BYTES);
  return head;
}

/**
 * A head with another definition; what else it says stays, and QEMU's data stay where they are.
 * @param head header and data, as they are
 * @throws VirError OPERATION_FAILED when there is no room
 */
export function withDefinition(head: Buffer, xml: string, wasRunning: boolean): Buffer {
  const cookieAt = head.readUInt32LE(offsets.cookie);
  const cookie = cookieAt === 0 ? Buffer.alloc(0) : head.subarray(HEADER_BYTES + cookieAt);
  const cookieText = cookie.subarray(0, cookie.indexOf(0) + 1);
  const text = Buffer.from(`${xml}\0`);
  const changed = Buffer.alloc(head.length);
  head.copy(changed, 0, 0, HEADER_BYTES);
  if (HEADER_BYTES + text.length + cookieText.length > head.length)
    throw broken("new xml too large to fit in file");
  changed.writeUInt32LE(wasRunning ? 1 : 0, offsets.running);
  text.copy(changed, HEADER_BYTES);
  if (cookieAt !== 0) {
    changed.writeUInt32LE(text.length, offsets.cookie);
    cookieText.copy(changed, HEADER_BYTES + text.length);
  }
  return changed;
}

/** What makes a saved guest complete, at the start of the file. */
export const completeMark = Buffer.from(COMPLETE, "latin1");

/** @throws VirError OPERATION_FAILED when it is none of ours, CONFIG_UNSUPPORTED for a compressed one */
export function parseSaveHeader(bytes: Uint8Array): SaveHeader {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (header.length < HEADER_BYTES) throw broken("failed to read qemu header");
  const magic = header.toString("latin1", 0, 16);
  if (magic === PARTIAL) throw broken("save image is incomplete");
  if (magic !== COMPLETE) throw broken("image magic is incorrect");
  const version = header.readUInt32LE(offsets.version);
  if (version > VERSION) throw broken(`image version is not supported (${version} > ${VERSION})`);
  const dataBytes = header.readUInt32LE(offsets.length);
  if (dataBytes === 0 || dataBytes > MAX_XML_BYTES) throw broken(`invalid header data length: ${dataBytes}`);
  if (header.readUInt32LE(offsets.compression) !== 0)
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.CONFIG_UNSUPPORTED,
      "compressed save images are not supported",
    );
  return { dataBytes, wasRunning: header.readUInt32LE(offsets.running) === 1 };
}

/** The definition, up to its NUL. */
export function xmlOf(data: Uint8Array): string {
  const end = data.indexOf(0);
  return Buffer.from(data.buffer, data.byteOffset, end < 0 ? data.length : end).toString("utf8");
}

const broken = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_FAILED, detail);
