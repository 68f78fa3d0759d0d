import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findProgram } from "./session-daemon.ts";

const dir = mkdtempSync(join(tmpdir(), "session-"));
for (const folder of ["own", "all", "one", "plain"]) {
  mkdirSync(join(dir, folder));
  writeFileSync(join(dir, folder, "virttestd"), "", { mode: folder === "plain" ? 0o644 : 0o755 });
}
const at = (folder: string) => join(dir, folder);

test.each([
  ["beside the program that runs", {}, "own", "own"],
  ["where one variable says for all", { LIBVIRTD_PATH: at("all") }, "own", "all"],
  ["where its own variable says", { VIRTTESTD_PATH: at("one"), LIBVIRTD_PATH: at("all") }, "own", "one"],
  ["not where it cannot be run", { VIRTTESTD_PATH: at("plain") }, "own", "own"],
  ["nowhere", {}, "none", undefined],
])("a user's daemon is found %s", (_, env, own, found) => {
  expect(findProgram("virttestd", env, join(at(own), "virtqemud"))).toBe(
    found && join(at(found), "virttestd"),
  );
});
