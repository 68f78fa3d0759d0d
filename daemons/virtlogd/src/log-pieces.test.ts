import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogPiece, LogRange } from "@libvirt-ts/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localPlaces } from "./file-places.ts";
import { closeAll, openChain } from "./log-chain.ts";
import { indexPath } from "./log-index.ts";
import { readPieces } from "./log-pieces.ts";
import { LogText } from "./log-range.ts";
import { RotatingFile } from "./rotating-file.ts";

const folder = mkdtempSync(join(tmpdir(), "pieces-"));
afterAll(() => rmSync(folder, { recursive: true }));

const all: LogRange = { from: null, since: null, until: null, session: null, tail: null };
const limits = { maxSize: 40, maxBackups: 9 };

const nth = (line: number) => `line ${String(line).padStart(2, "0")}\n`;

/** A log of three guest starts; line N comes at N seconds. */
async function write(path: string): Promise<void> {
  let time = 0;
  const file = await RotatingFile.open(path, { limits, now: () => time });
  for (let line = 1; line <= 12; line++) {
    time = line * 1000;
    if (line === 1 || line === 5 || line === 9) await file.mark("session");
    await file.append(Buffer.from(nth(line)));
  }
  await file.close();
}

async function read(path: string, range: Partial<LogRange>): Promise<LogPiece[]> {
  const pieces: LogPiece[] = [];
  const options = { path, maxBackups: limits.maxBackups, places: localPlaces, range: { ...all, ...range } };
  for await (const piece of readPieces(options)) pieces.push({ ...piece, data: Buffer.from(piece.data) });
  return pieces;
}

const textOf = (pieces: readonly LogPiece[]) =>
  pieces.map(({ data }) => Buffer.from(data).toString()).join("");
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => nth(from + index)).join("");

const path = join(folder, "x.log");
beforeAll(() => write(path));

test.each<[string, Partial<LogRange>, string]>([
  ["everything", {}, lines(1, 12)],
  ["since", { since: 3000n }, lines(3, 12)],
  ["since, between two lines", { since: 3001n }, lines(4, 12)],
  ["since the future", { since: 99_000n }, ""],
  ["until", { until: 4000n }, lines(1, 4)],
  ["since and until", { since: 3000n, until: 6999n }, lines(3, 6)],
  ["nothing between", { since: 6000n, until: 3000n }, ""],
  ["the last start", { session: 0 }, lines(9, 12)],
  ["the start before", { session: -1 }, lines(5, 8)],
  ["the first start kept", { session: 1 }, lines(1, 4)],
  ["since, of one start", { session: -1, since: 7000n }, lines(7, 8)],
  ["tail", { tail: 16n }, lines(11, 12)],
  ["tail of a start", { session: -1, tail: 8n }, lines(8, 8)],
  ["more tail than there is", { tail: 10_000n }, lines(1, 12)],
])("%s", async (_, range, text) => {
  expect(textOf(await read(path, range))).toBe(text);
});

test("pieces say when they came, and starts are marked", async () => {
  const pieces = await read(path, {});
  const flat = pieces.map(({ kind, time, data }) => [kind, Number(time), Buffer.from(data).toString()]);
  const data = (line: number) => [0, line * 1000, nth(line)];
  const start = (line: number) => [1, line * 1000, ""];
  const expected = Array.from({ length: 12 }, (_, index) => index + 1).flatMap((line) =>
    line % 4 === 1 ? [start(line), data(line)] : [data(line)],
  );
  expect(flat).toEqual(expected);
});

test("goes on at every place a piece names, and one byte further", async () => {
  const pieces = (await read(path, {})).filter(({ data }) => data.length > 0);
  for (const [index, { pos, data }] of pieces.entries()) {
    const text = textOf(pieces.slice(index));
    expect(textOf(await read(path, { from: pos }))).toBe(text);
    const end = { ...pos, offset: pos.offset + BigInt(data.length) };
    expect(textOf(await read(path, { from: end }))).toBe(text.slice(data.length));
  }
});

test("a place in a file that is gone: says so, and begins with the oldest", async () => {
  const pieces = await read(path, { from: { inode: 1n, offset: 7n } });
  expect(pieces[0]).toMatchObject({ kind: 3, data: Buffer.alloc(0) });
  expect(textOf(pieces)).toBe(lines(1, 12));
});

test("no such start", async () => {
  await expect(read(path, { session: -3 })).rejects.toThrow("there is no session -3 in the log");
});

/** Behind the time at which the files are really made. */
const later = 4e12;

const damages: [string, (index: string) => void][] = [
  ["missing", (index) => rmSync(index)],
  ["empty", (index) => writeFileSync(index, "")],
  ["another file's", (index) => writeFileSync(index, Buffer.alloc(64, 7))],
  ["nonsense behind the header", (index) => writeFileSync(index, Buffer.alloc(24, 0xff), { flag: "a" })],
];
test.each(damages)(
  "an index that is %s harms nobody, and is made anew when the log is written again",
  async (_, damage) => {
    const log = join(mkdtempSync(join(folder, "damage-")), "x.log");
    await write(log);
    damage(indexPath(log));
    expect(textOf(await read(log, {}))).toBe(lines(1, 12));
    const file = await RotatingFile.open(log, { limits, now: () => later });
    await file.append(Buffer.from("new\n"));
    await file.close();
    expect(textOf(await read(log, { since: BigInt(later) }))).toBe("new\n");
  },
);

test("half a record at the end, as SIGKILL leaves it, is written over", async () => {
  const log = join(mkdtempSync(join(folder, "half-")), "x.log");
  await write(log);
  writeFileSync(indexPath(log), Buffer.alloc(5, 0xff), { flag: "a" });
  const file = RotatingFile.resume(log, { limits, now: () => later });
  await file.append(Buffer.from("new\n"));
  await file.close();
  expect(textOf(await read(log, { since: 3000n }))).toBe(`${lines(3, 12)}new\n`);
  expect(textOf(await read(log, { since: BigInt(later) }))).toBe("new\n");
});

test("a log that never had an index: libvirt's own lines say where a guest starts", async () => {
  const log = join(folder, "old.log");
  writeFileSync(
    log,
    "2026-01-02 03:04:05.678+0000: starting up libvirt version: 9.0.0\nfirst\n2026-01-03 00:00:00.000+0000: starting up libvirt\nsecond\n",
  );
  expect(textOf(await read(log, { session: 0 }))).toMatch(/^2026-01-03.*\nsecond\n$/);
  expect(textOf(await read(log, { until: BigInt(Date.parse("2026-01-02T12:00Z")) }))).toMatch(/first\n$/);
});

test("the log is nothing but what was written; its index takes 12 bytes a flush", async () => {
  const files = await openChain({ path, maxBackups: limits.maxBackups, places: localPlaces });
  expect(files.map((file) => readFileSync(file.path, "utf8")).join("")).toBe(lines(1, 12));
  expect(files.map((file) => statSync(indexPath(file.path)).size)).toEqual(
    files.map(({ records }) => 16 + 12 * records.length),
  );
  expect(new LogText(files).sessions().map(({ at }) => at)).toEqual([0, 32, 64]);
  for (const file of files) await file.close();
});

test("a log that rolls over any number of times, at any moment while its files are opened: all of it, in order", async () => {
  for (let moment = 1, isLate = false; !isLate; moment++)
    for (const rotations of [1, 2, 3, 7]) {
      const busy = join(mkdtempSync(join(folder, "busy-")), "x.log");
      await write(busy);
      const writer = await RotatingFile.open(busy, { limits: { ...limits, maxBackups: 99 } });
      let call = 0;
      const rollOver = async () => {
        call += 1;
        for (let count = 0; call === moment && count < rotations; count++) {
          await writer.append(Buffer.from(nth(13 + count)));
          await writer.rotate();
        }
      };
      const calls = localPlaces.pooledFor(busy);
      const places = {
        ...localPlaces,
        pooledFor: () => ({
          ...calls,
          open: async (name: string, flags: number) => rollOver().then(() => calls.open(name, flags)),
          stat: async (name: string) => rollOver().then(() => calls.stat(name)),
        }),
      };
      const files = await openChain({ path: busy, maxBackups: 12, places });
      isLate = call < moment;
      const text = Buffer.alloc(8 * 99);
      let length = 0;
      for (const file of files) length += await file.read(text.subarray(length), 0);
      const seen = text.toString("latin1", 0, length);
      const count = length / nth(1).length;
      expect(count, `${moment}, ${rotations}`).toBeGreaterThanOrEqual(12);
      expect(seen, `${moment}, ${rotations}`).toBe(lines(1, count));
      await closeAll(files);
      await writer.close();
    }
});
