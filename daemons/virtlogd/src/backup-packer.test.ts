import {
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { silentLogger } from "@libvirt-ts/logging";
import type { LogPiece } from "@libvirt-ts/protocol";
import { KeyedLock } from "@libvirt-ts/util/keyed-lock";
import { afterAll, expect, test } from "vitest";
import { BackupPacker } from "./backup-packer.ts";
import { directCalls, type FileCalls } from "./file-calls.ts";
import { localPlaces } from "./file-places.ts";
import { blockBytes } from "./gzip-file.ts";
import { openChain } from "./log-chain.ts";
import { readPieces } from "./log-pieces.ts";
import { readLog } from "./read-log.ts";
import { RotatingFile } from "./rotating-file.ts";

const maxBackups = 4;
const places = localPlaces;
/** Longer than a block, so that a backup has several. */
const limits = { maxSize: Math.floor(2.5 * blockBytes), maxBackups, compress: true };

function packer(turns = new KeyedLock<string>()): BackupPacker {
  const inTurn = (path: string, task: () => Promise<void>) => turns.run(path, task);
  return new BackupPacker({ places, maxBackups, inTurn, log: silentLogger(), maxRestMs: 0 });
}

async function pack(path: string): Promise<void> {
  const all = packer();
  all.add(path);
  await all.idle();
}

const line = (n: number) => `line ${String(n).padStart(9, "0")}\n`;
const lineBytes = line(0).length;
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => line(from + index)).join("");
const count = 150_000; // 2.25 MB: three backups and a rest

/** Syncing costs nothing there. */
const fast = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const created: string[] = [];
afterAll(() => {
  for (const path of created) rmSync(path, { recursive: true });
});

/** A log; every 10,000 lines are a second. */
async function log(folder = fast): Promise<{ path: string; file: RotatingFile; inodes: bigint[] }> {
  const path = join(mkdtempSync(join(folder, "packer-")), "x.log");
  created.push(dirname(path));
  let now = 0;
  const file = await RotatingFile.open(path, { limits, now: () => now });
  await file.mark("session");
  for (let from = 0; from < count; from += 10_000) {
    now = from / 10;
    if (from === 50_000) await file.mark("session");
    await file.append(Buffer.from(lines(from, from + 10_000)));
  }
  const inodes = [".2", ".1", ".0", ""].map((suffix) => statSync(path + suffix, { bigint: true }).ino);
  return { path, file, inodes };
}

const names = (path: string) =>
  readdirSync(dirname(path))
    .filter((name) => name.startsWith(basename(path)))
    .sort();

async function pieces(path: string, range: object): Promise<string> {
  const all: LogPiece[] = [];
  const wanted = { from: null, since: null, until: null, session: null, tail: null, ...range };
  for await (const piece of readPieces({ path, maxBackups, places, range: wanted }))
    all.push({ ...piece, data: Buffer.from(piece.data) });
  return all.map(({ data }) => Buffer.from(data).toString("latin1")).join("");
}

test("compressed backups read as the plain ones did, from any place; other programs unpack them too", async () => {
  const { path, inodes } = await log();
  const before = statSync(`${path}.1`);
  const plain = readFileSync(`${path}.1`);
  await pack(path);
  expect(names(path)).toEqual(["x.log", "x.log.0.gz", "x.log.1.gz", "x.log.2.gz"]);
  expect(gunzipSync(readFileSync(`${path}.1.gz`)).equals(plain)).toBe(true);
  const { size, mtimeMs, mode } = statSync(`${path}.1.gz`);
  expect(size).toBeLessThan(plain.length / 4);
  expect(Math.abs(mtimeMs - before.mtimeMs)).toBeLessThan(2);
  expect(mode & 0o777).toBe(0o600);

  const chain = { path, maxBackups, places };
  const all = Buffer.from(lines(0, count));
  expect((await readLog(chain, { inode: 1n, offset: 0n }, 1e7)).equals(all)).toBe(true);
  const files = await openChain(chain);
  expect(files.map(({ inode }) => inode)).toEqual(inodes);
  let begin = 0;
  for (const file of files) {
    for (const offset of [0, 1, blockBytes - 1, blockBytes, 2 * blockBytes + 7, file.size - 1]) {
      const position = { inode: file.inode, offset: BigInt(offset) };
      const wanted = all.subarray(begin + offset, begin + offset + 300_000).toString();
      if (offset < file.size)
        expect(
          (await readLog(chain, position, 300_000)).toString() === wanted,
          `${file.path} ${offset}`,
        ).toBe(true);
    }
    begin += file.size;
    await file.close();
  }
});

test("times and guest starts are told in compressed backups too", async () => {
  const { path } = await log();
  await pack(path);
  expect(await pieces(path, { since: 3000n, until: 3999n })).toBe(lines(30_000, 40_000));
  expect(await pieces(path, { session: 0 })).toBe(lines(50_000, count));
  expect(await pieces(path, { session: -1, tail: BigInt(lineBytes) })).toBe(line(49_999));
});

test("they roll over with the others, and off the end; beginning anew removes them", async () => {
  const { path, file } = await log();
  await pack(path);
  await file.append(Buffer.from(lines(0, 90_000)));
  expect(names(path)).toEqual(["x.log", "x.log.0", "x.log.1", "x.log.2.gz", "x.log.3.gz"]);
  await pack(path);
  await file.append(Buffer.from(lines(0, 50_000)));
  await file.close();
  expect(names(path)).toEqual(["x.log", "x.log.0", "x.log.1.gz", "x.log.2.gz", "x.log.3.gz"]);
  const anew = await RotatingFile.open(path, { limits: { maxSize: 0, maxBackups }, truncate: true });
  await anew.close();
  expect(names(path)).toEqual(["x.log"]);
});

test("without compression those that are there still roll over", async () => {
  const { path, file } = await log();
  await file.close();
  await pack(path);
  const { compress: _, ...plain } = limits;
  const next = await RotatingFile.open(path, { limits: plain });
  await next.append(Buffer.from(lines(0, 45_000)));
  await next.close();
  expect(names(path)).toEqual(["x.log", "x.log.0", "x.log.1.gz", "x.log.2.gz", "x.log.3.gz"]);
});

test("no new file gets an inode by which positions name a compressed backup", async () => {
  const { path, file, inodes } = await log(tmpdir()); // a disk's file system uses numbers again at once
  await pack(path); // frees three inodes, which the file system would give to the next files
  for (let round = 0; round < 3; round++) {
    await file.append(Buffer.from(lines(0, 45_000)));
    const files = await openChain({ path, maxBackups, places });
    const seen = files.map(({ inode }) => inode);
    for (const each of files) await each.close();
    expect(new Set(seen).size).toBe(seen.length);
    if (round === 0) expect(seen.slice(0, -1).some((inode) => inodes.includes(inode))).toBe(true);
    await pack(path);
  }
  expect(readdirSync(dirname(path)).filter((name) => /packing/.test(name))).toEqual([]);
  await file.close();
});

test("the same when the next new files would get such inodes too", async () => {
  const { path, file, inodes } = await log();
  await pack(path);
  await file.close();
  rmSync(path);
  const given = inodes.slice(0, 3);
  const open = new Set<number>();
  const calls: FileCalls = {
    ...directCalls,
    open(name, flags) {
      const fd = directCalls.open(name, flags) as number; // direct calls return at once
      if (name === path) open.add(fd);
      return fd;
    },
    close(fd) {
      open.delete(fd);
      directCalls.close(fd);
    },
    fstat: (fd) => Object.assign(directCalls.fstat(fd), { ino: given[open.size - 1] ?? 1n }),
  };
  const anew = await RotatingFile.open(path, { limits, places: { ...places, callsFor: () => calls } });
  expect(anew.position).toEqual({ inode: 1n, offset: 0n });
  expect(open).toEqual(new Set([anew.fd]));
  await anew.close();
  expect(names(path)).toEqual(["x.log", "x.log.0.gz", "x.log.1.gz", "x.log.2.gz"]);
});

test("killed between the two forms: what is there counts once", async () => {
  const { path } = await log();
  linkSync(`${path}.0`, `${path}.kept`);
  await pack(path);
  renameSync(`${path}.kept`, `${path}.0`); // it had not gone yet
  writeFileSync(join(dirname(path), ".x.log.packing"), "half");
  const all = Buffer.from(lines(0, count));
  const chain = { path, maxBackups, places };
  expect((await readLog(chain, { inode: 1n, offset: 0n }, 1e7)).equals(all)).toBe(true);
  await pack(path);
  expect(names(path)).toEqual(["x.log", "x.log.0.gz", "x.log.1.gz", "x.log.2.gz"]);
  expect((await readLog(chain, { inode: 1n, offset: 0n }, 1e7)).equals(all)).toBe(true);
});

test("it rolls over, or off the end, while it is compressed: the right one is replaced", async () => {
  const { path, file } = await log();
  const turns = new KeyedLock<string>();
  const all = packer(turns);
  const content = readFileSync(`${path}.0`);
  await turns.run(path, async () => {
    all.add(path);
    while (!existsSync(join(dirname(path), ".x.log.packing"))) await new Promise(setImmediate);
    await file.append(Buffer.from(lines(0, 45_000)));
  });
  await all.idle();
  expect(gunzipSync(readFileSync(`${path}.1.gz`)).equals(content)).toBe(true);
  await file.close();
});

test.each<[string, (file: string) => void]>([
  ["cut off", (file) => truncateSync(file, statSync(file).size - 100)],
  ["damaged", (file) => writeFileSync(file, Buffer.alloc(64, 7), { flag: "r+" })],
  ["somebody else's", (file) => renameSync(packedElsewhere(file), file)],
])("a compressed backup that is %s: the rest is read", async (_, damage) => {
  const { path } = await log();
  await pack(path);
  damage(`${path}.1.gz`);
  const text = (await readLog({ path, maxBackups, places }, { inode: 1n, offset: 0n }, 1e7)).toString();
  expect(text.startsWith(line(0))).toBe(true);
  expect(text.endsWith(line(count - 1))).toBe(true);
  expect(text.length).toBeLessThan(count * lineBytes);
});

/** A file packed by another program. */
function packedElsewhere(file: string): string {
  const other = `${file}.other`;
  writeFileSync(other, gzipSync(gunzipSync(readFileSync(file))));
  utimesSync(other, 1, 1);
  return other;
}
