import { ErrorCode, ErrorDomain, invalidArg, VirError } from "@libvirt-ts/errors";
import { unitBytes } from "@libvirt-ts/util/units";
import { ShellError } from "./shell-error.ts";

/** What a number may be; those that wrap take -1 for the largest. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
  readonly wraps?: bigint;
}

const u32 = 0xffff_ffffn;
const u64 = 0xffff_ffff_ffff_ffffn;

export const bounds = {
  int: { min: -0x8000_0000n, max: 0x7fff_ffffn },
  uint: { min: 0n, max: u32 },
  uintWrapping: { min: -u32, max: u32, wraps: u32 + 1n },
  longLong: { min: -(u64 >> 1n) - 1n, max: u64 >> 1n },
  unsignedLongLong: { min: 0n, max: u64 },
  unsignedLongLongWrapping: { min: -u64, max: u64, wraps: u64 + 1n },
} satisfies Record<string, Range>;

/** A decimal number as C reads one: blanks and a sign may stand before it, nothing behind it. */
export function parseInteger(text: string, { min, max, wraps }: Range): bigint | undefined {
  const [, sign, digits] = /^\s*([+-]?)(\d+)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = sign === "-" ? -BigInt(digits) : BigInt(digits);
  if (value < min || value > max || (value < 0n && sign === "-" && min === 0n)) return undefined;
  return value < 0n && wraps !== undefined ? value + wraps : value;
}

/**
 * A number with a unit.
 * @param scale of a number without one
 * @throws ShellError that names the option, with libvirt's reason behind it
 */
export function scaledInteger(
  given: string,
  name: string,
  { scale, max }: { scale: bigint; max: bigint },
): bigint {
  const [, digits, suffix = ""] = /^\s*\+?(\d+)(.*)$/s.exec(given) ?? [];
  const refuse = (cause?: VirError) =>
    new ShellError(`Scaled numeric value '${given}' for <${name}> option is malformed or out of range`, {
      cause,
    });
  if (digits === undefined || BigInt(digits) > u64) throw refuse();
  const factor = suffix === "" ? scale : unitBytes(suffix);
  if (factor === undefined) throw refuse(invalidArg(ErrorDomain.NONE, `unknown suffix '${suffix}'`));
  const value = BigInt(digits) * factor;
  if (value > max) {
    const detail = `value too large: ${digits}${suffix}`;
    throw refuse(new VirError(ErrorDomain.NONE, ErrorCode.OVERFLOW, detail));
  }
  return value;
}

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** A size as people read it: the largest unit of which there is at least one. */
export function prettyCapacity(bytes: bigint): { value: number; unit: string } {
  let value = Number(bytes);
  let at = 0;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at++;
  }
  return { value, unit: units[at] ?? "B" };
}
