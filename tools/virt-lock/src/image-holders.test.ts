import { closeSync, mkdtempSync, openSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { native } from "@libvirt-ts/native";
import { expect, test } from "vitest";
import { imageHolders } from "./image-holders.ts";

test("a process that has locks on a file is found, with what it has; others are not", () => {
  const directory = mkdtempSync(join(tmpdir(), "holders-"));
  const [image, other] = ["a.img", "b.img"].map((name) => join(directory, name)) as [string, string];
  for (const path of [image, other]) writeFileSync(path, "");
  expect(imageHolders(image)).toEqual([]);
  const fds = [openSync(image, "r+"), openSync(other, "r+")];
  native.ofdLock(fds[0] ?? -1, "read", 100, 1);
  native.ofdLock(fds[0] ?? -1, "write", 0, 1);
  native.ofdLock(fds[1] ?? -1, "write", 0, 1);
  const found = imageHolders(image).sort((a, b) => a.start - b.start);
  expect(found).toMatchObject([
    { pid: process.pid, guest: undefined, mode: "write", start: 0 },
    { pid: process.pid, mode: "read", start: 100 },
  ]);
  for (const fd of fds) closeSync(fd);
});
