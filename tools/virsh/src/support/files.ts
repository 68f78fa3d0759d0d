import { readFile } from "node:fs/promises";
import { ErrorCode, ErrorDomain, strerror, VirError } from "@libvirt-ts/errors";

/** What the system says of a failed call, or undefined if something else was thrown. */
export const errnoOf = (error: unknown): number | undefined =>
  error instanceof Error && "errno" in error && typeof error.errno === "number" ? -error.errno : undefined;

/** @throws VirError SYSTEM_ERROR "what: why" */
export function failedCall(what: string, error: unknown): VirError {
  const errno = errnoOf(error);
  if (errno === undefined) throw error;
  const message = `${what}: ${strerror(errno)}`;
  return new VirError(ErrorDomain.NONE, ErrorCode.SYSTEM_ERROR, undefined, { message, int1: errno });
}

/** More than any description has. */
const maxBytes = 10 * 1024 * 1024;

/** @throws VirError if it cannot be read or is too long */
export async function readText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw failedCall(`Failed to open file '${path}'`, error);
  }
  if (bytes.length <= maxBytes) return bytes.toString();
  const message = `Failed to read file '${path}': Value too large for defined data type`;
  throw new VirError(ErrorDomain.NONE, ErrorCode.SYSTEM_ERROR, undefined, { message });
}
