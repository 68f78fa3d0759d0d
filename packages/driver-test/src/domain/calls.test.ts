import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VirError } from "@libvirt-ts/errors";
import { type Args, type CallRow, remote, typed, typedParams } from "@libvirt-ts/protocol";
import { expect, onTestFinished, test } from "vitest";
import { testOpener } from "../index.ts";
import { encodeImage, readImage, writeFileOrSay } from "./save-image.ts";

const p = remote.procs;
const LIVE = 1;
const CONFIG = 2;
const dom = { name: "test", uuid: Buffer.from("6695eb01f6a4830479aa97f2502e193f", "hex"), id: 1 };

/** What one call after the other answers: values, or code and text. */
async function answers(calls: readonly (readonly [CallRow, object])[]): Promise<unknown[]> {
  const client = await testOpener()();
  onTestFinished(() => client.close());
  await client.call(p.connectOpen, { name: "test:///default", flags: 0 });
  const all: unknown[] = [];
  for (const [row, args] of calls)
    all.push(
      await client.call(row, { dom, ...args } as Args<typeof row>).catch((error: unknown) => {
        if (error instanceof VirError) return `${error.code} ${error.message}`;
        throw error;
      }),
    );
  return all;
}

const inactive = "55 Requested operation is not valid: domain is not running";
const limits = (hard: bigint, swap: bigint) =>
  typedParams({ hard_limit: typed.ullong(hard), swap_hard_limit: typed.ullong(swap) });
const hardLimit = (kib: bigint) => typedParams({ hard_limit: typed.ullong(kib) });

test.each<[string, readonly (readonly [CallRow, object])[], unknown]>([
  [
    "processors of the running guest",
    [
      [p.domainSetVcpus, { nvcpus: 1 }],
      [p.domainGetVcpusFlags, { flags: CONFIG }],
    ],
    { num: 2 },
  ],
  [
    "more processors than the host has",
    [[p.domainSetVcpus, { nvcpus: 33 }]],
    "8 invalid argument: requested cpu amount exceeds maximum supported amount (33 > 32)",
  ],
  [
    "a limit that contradicts another",
    [
      [p.domainSetMemoryParameters, { params: limits(5n, 10n), flags: LIVE }],
      [p.domainSetMemoryParameters, { params: hardLimit(20n), flags: LIVE }],
    ],
    "8 invalid argument: memory hard_limit tunable value must be lower than or equal to swap_hard_limit",
  ],
  [
    "a change of both definitions is refused by one and made in none",
    [
      [p.domainSetMemoryParameters, { params: limits(5n, 10n), flags: CONFIG }],
      [p.domainSetMemoryParameters, { params: hardLimit(20n), flags: LIVE | CONFIG }],
      [p.domainGetMemoryParameters, { nparams: 1, flags: LIVE }],
    ],
    { params: hardLimit(9_007_199_254_740_991n), nparams: 1 },
  ],
  [
    "an I/O thread that is there",
    [
      [p.domainAddIothread, { iothreadId: 3, flags: LIVE }],
      [p.domainAddIothread, { iothreadId: 3, flags: LIVE }],
    ],
    "8 invalid argument: an IOThread is already using iothread_id '3'",
  ],
  [
    "frozen file systems do not freeze again",
    [
      [p.domainFsfreeze, { mountpoints: ["/"], flags: 0 }],
      [p.domainFsfreeze, { mountpoints: [], flags: 0 }],
    ],
    { filesystems: 1 },
  ],
  [
    "frozen file systems stay so when the guest starts anew",
    [
      [p.domainFsfreeze, { mountpoints: [], flags: 0 }],
      [p.domainDestroy, {}],
      [p.domainCreate, {}],
      [p.domainFsfreeze, { mountpoints: [], flags: 0 }],
    ],
    { filesystems: 0 },
  ],
  [
    "a guest that was put aside is gone on with",
    [
      [p.domainManagedSave, { flags: 0 }],
      [p.domainCreate, {}],
      [p.domainHasManagedSaveImage, { flags: 0 }],
    ],
    { result: 0 },
  ],
  [
    "figures need a running guest",
    [
      [p.domainDestroy, {}],
      [p.domainMemoryStats, { maxStats: 9, flags: 0 }],
    ],
    inactive,
  ],
])("%s", async (_, calls, last) => {
  expect((await answers(calls)).at(-1)).toEqual(last);
});

test.each([
  ["nothing", "", "mismatched header magic"],
  ["no length", "TestGuestMagic\0", "failed to read metadata length"],
  ["a negative length", "TestGuestMagic\0\xff\xff\xff\xff", "length of metadata out of range"],
  ["too little", "TestGuestMagic\0\x05\0\0\0abc", "incomplete metadata"],
])("an image with %s", async (_, content, text) => {
  const dir = mkdtempSync(join(tmpdir(), "image-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, "image");
  writeFileSync(path, content, "latin1");
  await expect(readImage(path)).rejects.toThrow(text);
  await writeFileOrSay(path, encodeImage("<domain/>"), "saving");
  expect(await readImage(path)).toBe("<domain/>");
});
