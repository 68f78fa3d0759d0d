import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { formatVerifiers, isUserName, PasswordFile, parseVerifiers, writeVerifiers } from "./passwords.ts";
import { makeVerifier } from "./scram/index.ts";

const dir = mkdtempSync(join(tmpdir(), "passwords-"));
afterAll(() => rmSync(dir, { recursive: true }));
const quick = { iterations: 4096 };

test("written and read", async () => {
  const users = new Map([
    ["alice", await makeVerifier("a", quick)],
    ["bob@example.org", await makeVerifier("b", quick)],
  ]);
  const text = formatVerifiers(users);
  expect(text).toMatch(/^alice:SCRAM-SHA-256:4096:[^:]+:[^:]+:[^:]+\nbob@example.org:/);
  expect(formatVerifiers(parseVerifiers(`# users\n\n${text}`))).toBe(text);
});

test.each([
  ["alice", 1],
  ["\n:SCRAM-SHA-256:1:AA==:AA==:AA==", 2],
  ["alice:PLAIN:1:AA==:AA==:AA==", 1],
  ["alice:SCRAM-SHA-256:1:AA==:AA==:AA==", 1],
])("%j is refused by its line, which is not shown", (text, line) => {
  expect(() => parseVerifiers(text)).toThrow(new Error(`line ${line} is no user`));
});

test.each([
  ["alice", true],
  ["al ice", true],
  ["", false],
  ["#x", false],
  ["a:b", false],
  ["a\nb", false],
])("name %j: %s", (name, ok) => {
  expect(isUserName(name)).toBe(ok);
});

test("a changed file is seen, one that others can read is refused, none has no users", async () => {
  const path = join(dir, "passwd");
  const file = new PasswordFile(path);
  expect(await file.find("alice")).toBeUndefined();
  await writeVerifiers(path, new Map([["alice", await makeVerifier("a", quick)]]));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect((await file.find("alice"))?.iterations).toBe(4096);
  await writeVerifiers(path, new Map());
  expect(await file.find("alice")).toBeUndefined();
  writeFileSync(path, "nonsense\n");
  await expect(file.find("alice")).rejects.toThrow("line 1");
  chmodSync(path, 0o640);
  await expect(file.find("alice")).rejects.toThrow("open to others");
});
