import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { QemuDomain } from "../guest.ts";
import { StatusFiles } from "./status-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "status-"));
});
afterEach(() => rm(folder, { recursive: true }));

const unexpected = () => expect.unreachable();
const domain = {
  name: "vm",
  uuid: "11111111-1111-1111-1111-111111111111",
  noteChange() {},
} as unknown as QemuDomain; // all that is looked at

test("many changes, one write; the last one counts", async () => {
  let formatted = 0;
  let value = 0;
  const files = new StatusFiles(folder, () => `${value} ${++formatted}`, unexpected);
  for (value = 1; value < 5; value++) files.save(domain);
  await files.flush(domain);
  expect(await readFile(files.file("vm"), "utf8")).toBe("5 1");
  expect(await files.load()).toEqual([{ name: "vm", text: "5 1" }]);
});

test("removed while being written", async () => {
  const files = new StatusFiles(folder, () => "x", unexpected);
  files.save(domain);
  await files.remove(domain);
  expect(await files.load()).toEqual([]);
});

test("a file that cannot be written is told", async () => {
  const errors: unknown[] = [];
  const files = new StatusFiles(
    join(folder, "missing"),
    () => "x",
    (error) => errors.push(error),
  );
  await expect(files.flush(domain)).rejects.toThrow("cannot write status file");
  files.save(domain);
  await files.remove(domain);
  expect(errors).toHaveLength(1);
});
