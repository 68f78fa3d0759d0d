import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CapsCache, type CapsCacheOptions } from "./caps-cache.ts";
import type { QemuCaps } from "./qemu-caps.ts";

let dir: string;
let emulator: string;
let probes: number;
let clock = 0;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caps-cache-"));
  emulator = join(dir, "qemu");
  probes = 0;
  await writeFile(emulator, "");
});
afterEach(() => rm(dir, { recursive: true }));

const options = (more: Partial<CapsCacheOptions> = {}): CapsCacheOptions => ({
  dir: join(dir, "cache"),
  kvm: false,
  self: { version: 1, ctime: 2 },
  env: {},
  now: () => clock,
  async probe(path, { self, kvm, kernelVersion }): Promise<QemuCaps> {
    probes++;
    const { ctimeMs } = await import("node:fs/promises").then((fs) => fs.stat(path));
    return {
      emulator: path,
      arch: "x86_64",
      version: 8_000_000,
      microcodeVersion: 0,
      flags: new Set(["kvm"] as const),
      accel: {},
      gic: [],
      ...(kvm && kernelVersion !== undefined && { kernelVersion }),
      origin: { binaryCtime: Math.floor(ctimeMs / 1000), selfCtime: self.ctime, selfVersion: self.version },
    };
  },
  ...more,
});

test("callers at the same time share one probe", async () => {
  const cache = new CapsCache(options());
  const [a, b] = await Promise.all([cache.get(emulator), cache.get(emulator)]);
  expect(a).toBe(b);
  expect(probes).toBe(1);
});

test("a later daemon reads the file", async () => {
  await new CapsCache(options()).get(emulator);
  const caps = await new CapsCache(options()).get(emulator);
  expect(probes).toBe(1);
  expect([...caps.flags]).toEqual(["kvm"]);
});

test.each([
  ["another version of ours", { self: { version: 2, ctime: 2 } }],
  ["KVM became usable", { kvm: true, kernelVersion: "6.1" }],
])("probes again: %s", async (_why, more) => {
  await new CapsCache(options()).get(emulator);
  await new CapsCache(options(more)).get(emulator);
  expect(probes).toBe(2);
});

test.each([
  ["at once", 0, false],
  ["within the second", 999, false],
  ["later", 1000, true],
  ["after the clock was put back", -1, true],
])("a binary that was replaced is seen: %s", async (_when, ms, isSeen) => {
  const cache = new CapsCache(options());
  await cache.get(emulator);
  await rm(emulator);
  clock += ms;
  if (isSeen) await expect(cache.get(emulator)).rejects.toThrow("ENOENT");
  else expect((await cache.get(emulator)).emulator).toBe(emulator);
});

test("a broken file is told of and replaced", async () => {
  await new CapsCache(options()).get(emulator);
  const warnings: string[] = [];
  const broken = options({ onWarning: (_error, what) => warnings.push(what) });
  const { createHash } = await import("node:crypto");
  await writeFile(
    join(dir, "cache", `${createHash("sha256").update(emulator).digest("hex")}.xml`),
    "<qemuCaps>",
  );
  await new CapsCache(broken).get(emulator);
  expect(warnings).toEqual(["capability cache file ignored"]);
  expect(probes).toBe(2);
});
