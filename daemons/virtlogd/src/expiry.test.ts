import { mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@libvirt-ts/logging";
import { expect, test } from "vitest";
import { removeOldLogs } from "./expiry.ts";
import { localPlaces } from "./file-places.ts";

const day = 24 * 60 * 60;

test("old logs go with their backups, the rest stays", async () => {
  const root = mkdtempSync(join(tmpdir(), "expiry-"));
  const directory = join(root, "qemu");
  mkdirSync(directory);
  const ages: Record<string, number> = {
    "old.log": 9,
    "old.log.0": 10,
    "fresh.log": 1,
    "fresh.log.0": 90,
    "fresh.log.3": 1,
    "open.log": 9,
    "rolled.log": 9,
    "rolled.log.0": 3,
    "packed.log": 9,
    "packed.log.0.gz": 3,
    "oldpacked.log.0.gz": 9,
    ".packed.log.0.idx": 3,
    "many.log.3.gz": 1,
    ".old.log.idx": 9,
    ".fresh.log.0.idx": 90,
    ".gone.log.1.idx": 1,
    "notes.txt": 99,
    "x.log.old": 99,
  };
  for (const [name, days] of Object.entries(ages)) {
    writeFileSync(join(directory, name), "");
    utimesSync(join(directory, name), 1e9 - days * day, 1e9 - days * day);
  }
  writeFileSync(join(root, "top.log"), "");
  await removeOldLogs({
    root,
    maxAgeDays: 7,
    maxBackups: 3,
    isOpen: (path) => path === join(directory, "open.log"),
    now: () => 1e12,
    log: silentLogger(),
    places: localPlaces,
  });
  expect(readdirSync(directory).sort()).toEqual([
    ".fresh.log.0.idx",
    ".packed.log.0.idx",
    "fresh.log",
    "fresh.log.0",
    "notes.txt",
    "open.log",
    "packed.log",
    "packed.log.0.gz",
    "rolled.log",
    "rolled.log.0",
    "x.log.old",
  ]);
  expect(readdirSync(root)).toContain("top.log");
});

test("a root that is missing is no error", async () => {
  const options = {
    maxAgeDays: 7,
    maxBackups: 3,
    isOpen: () => false,
    now: () => 0,
    log: silentLogger(),
    places: localPlaces,
  };
  await removeOldLogs({ root: "/nonexistent", ...options });
});
