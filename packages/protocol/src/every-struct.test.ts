import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type Codec, decode, encode } from "@libvirt-ts/xdr";
import fc from "fast-check";
import { expect, test } from "vitest";
import { payloads, valuesOf } from "./every-struct.ts";
import { wirePieces } from "./wire-pieces.ts";

/** The richest of a fixed series of values: the one worth breaking. */
function sample(codec: Codec<unknown>): unknown {
  const values = fc.sample(valuesOf(codec), { numRuns: 10, seed: 1 });
  const size = (value: unknown) => encode(codec, value).length;
  return values.reduce((best, value) => (size(value) > size(best) ? value : best));
}

function expectFailure(action: () => unknown, path: string, what: string): void {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(VirError);
    expect(error).toMatchObject({
      domain: ErrorDomain.RPC,
      code: ErrorCode.RPC,
      detail: path === "" ? what : `${path}: ${what}`,
    });
    return;
  }
  expect.unreachable(`${path}: ${what}`);
}

test.each(payloads)("%s: any value survives", (_name, codec) => {
  fc.assert(
    fc.property(valuesOf(codec), (value) => {
      expect(decode(codec, encode(codec, value))).toEqual(value);
    }),
    { numRuns: 5 },
  );
});

test.each(payloads)("%s: what is cut off is named", (_name, codec) => {
  const value = sample(codec);
  const wire = encode(codec, value);
  const pieces = wirePieces(codec, value);
  for (const end of new Set(pieces.flatMap(({ start, size }) => [start, start + size - 1]))) {
    if (end < 0 || end >= wire.length) continue;
    // the first piece that does not fit is the one a decoder stumbles over; the last ends with the wire
    const { path, start, size } = pieces.find((piece) => piece.start + piece.size > end)!;
    expectFailure(
      () => decode(codec, wire.subarray(0, end)),
      path,
      `need ${size} bytes, ${end - start} left`,
    );
  }
});

test.each(payloads)("%s: limits hold in both directions", (_name, codec) => {
  const value = sample(codec);
  const wire = encode(codec, value);
  for (const [index, { path, start, limit }] of wirePieces(codec, value).entries()) {
    if (limit === undefined) continue;
    const what = `${limit.max + 1} ${limit.unit}, limit ${limit.max}`;
    const received = wire.slice();
    new DataView(received.buffer).setUint32(start, limit.max + 1);
    expectFailure(() => decode(codec, received), path, what);

    const sent = structuredClone(value);
    wirePieces(codec, sent)[index]?.limit?.exceed();
    expectFailure(() => encode(codec, sent), path, what);
  }
});
