/* For tests: every codec of every program by name, and random values of any codec. */

import type { Codec } from "@libvirt-ts/xdr";
import fc from "fast-check";
import { admin } from "./admin.ts";
import { keepalive } from "./keepalive.ts";
import { lock } from "./lock.ts";
import { lockAdmin } from "./lock-admin.ts";
import { log } from "./log.ts";
import { LogPiece, logReading } from "./log-reading.ts";
import { lxc } from "./lxc.ts";
import { Header, StreamHole } from "./message.ts";
import { NetError } from "./net-error.ts";
import type { Program } from "./program.ts";
import { qemu } from "./qemu.ts";
import { remote } from "./remote/remote.ts";

export const programs: readonly Program[] = [
  remote,
  qemu,
  lxc,
  admin,
  lock,
  lockAdmin,
  log,
  logReading,
  keepalive,
];

/** What calls and events carry, e.g. `["remote domainGetState args", codec]`; other structs are inside these. */
export const payloads: readonly (readonly [name: string, codec: Codec<unknown>])[] = [
  ["header", Header],
  ["error", NetError],
  ["stream hole", StreamHole],
  ["log piece", LogPiece],
  ...programs.flatMap((program) =>
    [...program.byNumber.values()].flatMap((row) => {
      const parts = row.kind === "event" ? { msg: row.msg } : { args: row.args, ret: row.ret };
      return Object.entries(parts).flatMap(([part, codec]) =>
        codec === null ? [] : [[`${program.name} ${row.name} ${part}`, codec] as const],
      );
    }),
  ),
];

const few = 3;
const bytesOf = (maxLength: number, minLength = 0) => fc.uint8Array({ minLength, maxLength });
const textOf = (max: number) =>
  fc
    .string({ unit: "binary", maxLength: Math.min(max, 12) })
    .map((value) => value.replaceAll("\0", ""))
    .filter((value) => Buffer.byteLength(value) <= max);

/** Values a codec must carry unchanged; lists stay short. */
export function valuesOf({ schema }: Codec<unknown>): fc.Arbitrary<unknown> {
  switch (schema.kind) {
    case "i8":
      return fc.integer({ min: -128, max: 127 });
    case "u8":
      return fc.integer({ min: 0, max: 255 });
    case "u16":
      return fc.integer({ min: 0, max: 65_535 });
    case "i32":
      return fc.integer();
    case "u32":
      return fc.integer({ min: 0, max: 2 ** 32 - 1 });
    case "i64":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case "u64":
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case "f64":
      return fc.double();
    case "bool":
      return fc.boolean();
    case "string":
      return textOf(schema.max);
    case "bytes":
    case "charArray":
      return bytesOf(Math.min(schema.max, 9));
    case "opaque":
    case "fixedCharArray":
      return bytesOf(schema.length, schema.length);
    case "array":
      return fc.array(valuesOf(schema.element), { maxLength: Math.min(schema.max, few) });
    case "fixedArray":
      return fc.array(valuesOf(schema.element), { minLength: schema.length, maxLength: schema.length });
    case "optional":
      return fc.option(valuesOf(schema.element), { nil: null });
    case "struct":
      return fc.record(
        Object.fromEntries(Object.entries(schema.fields).map(([name, field]) => [name, valuesOf(field)])),
      );
    case "union":
      return fc.oneof(
        ...Object.entries(schema.arms).map(([type, arm]) =>
          fc.record({ type: fc.constant(Number(type)), value: valuesOf(arm) }),
        ),
      );
  }
}
