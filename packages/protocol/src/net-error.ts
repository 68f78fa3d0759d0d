import { type ErrorCode, type ErrorDomain, type ErrorLevel, VirError } from "@libvirt-ts/errors";
import { type Infer, i32, optional, struct } from "@libvirt-ts/xdr";
import { NonnullDomain, NonnullNetwork, text } from "./common.ts";
import { STRING_MAX } from "./limits.ts";

/** `virNetMessageError`: the payload of every message with status ERROR. `dom` and `net` are never sent. */
export const NetError = struct({
  code: i32,
  domain: i32,
  message: optional(text),
  level: i32,
  dom: optional(NonnullDomain),
  str1: optional(text),
  str2: optional(text),
  str3: optional(text),
  int1: i32,
  int2: i32,
  net: optional(NonnullNetwork),
});
export type NetError = Infer<typeof NetError>;

/** A text that echoes a name of the longest allowed size would no longer fit itself. */
const clip = (value: string): string =>
  Buffer.byteLength(value) <= STRING_MAX ? value : value.slice(0, Math.floor(STRING_MAX / 3));

const clipped = (value: string | undefined): string | null => (value === undefined ? null : clip(value));

export const toNetError = (error: VirError): NetError => ({
  code: error.code,
  domain: error.domain,
  message: clip(error.message),
  level: error.level,
  dom: null,
  str1: clip(error.str1),
  str2: clipped(error.str2),
  str3: clipped(error.str3),
  int1: error.int1,
  int2: error.int2,
  net: null,
});

/** The error as the peer made it: its text is kept whole and gets no heading of ours. */
export function fromNetError(wire: NetError): VirError {
  const { message, str1, str2, str3, int1, int2 } = wire;
  // a newer peer may send codes and domains without a name here; they are passed on as numbers
  return new VirError(wire.domain as ErrorDomain, wire.code as ErrorCode, str2 ?? undefined, {
    level: wire.level as ErrorLevel,
    int1,
    int2,
    ...(message === null ? {} : { message }),
    ...(str1 === null ? {} : { str1 }),
    ...(str3 === null ? {} : { str3 }),
  });
}
