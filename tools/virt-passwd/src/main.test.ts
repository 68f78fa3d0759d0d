import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseVerifiers } from "@libvirt-ts/access/passwords";
import { afterAll, expect, test } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "virt-passwd-"));
afterAll(() => rmSync(dir, { recursive: true }));
const file = join(dir, "users");

function run(input: string, ...args: string[]) {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", main, "--file", file, ...args],
    { input, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

test("a user comes and goes", { timeout: 30_000 }, () => {
  expect(run("secret\n", "set", "alice").status).toBe(0);
  const text = readFileSync(file, "utf8");
  expect([...parseVerifiers(text).keys()]).toEqual(["alice"]);
  expect([statSync(file).mode & 0o777, text.includes("secret")]).toEqual([0o600, false]);
  expect(run("", "list").stdout).toBe("alice\n");
  expect(run("", "set", "bob")).toMatchObject({ status: 1, stderr: "virt-passwd: an empty password\n" });
  expect(run("", "remove", "alice").status).toBe(0);
  expect(readFileSync(file, "utf8")).toBe("");
});
