import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileAccounts, parseNames } from "./accounts.ts";

test("names by number; odd lines and second names are passed over", () => {
  const text = "root:x:0:0::/:\ntoor:x:0:0::/:\n# no\nbad\n+::::\nalice:x:1000:1000::/:\n";
  expect([...parseNames(text)]).toEqual([
    [0, "root"],
    [1000, "alice"],
  ]);
});

test("files are read when asked for and again after a change; without them there are no names", async () => {
  const root = mkdtempSync(join(tmpdir(), "accounts-"));
  const { userName, groupName } = fileAccounts(root);
  expect(await userName(1000)).toBeUndefined();
  mkdirSync(join(root, "etc"));
  writeFileSync(join(root, "etc/passwd"), "alice:x:1000:1000::/:\n");
  expect(await userName(1000)).toBe("alice");
  writeFileSync(join(root, "etc/passwd"), "alicia:x:1000:1000::/:\n");
  expect(await userName(1000)).toBe("alicia");
  expect(await groupName(0)).toBeUndefined();
  rmSync(root, { recursive: true });
});
