import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { bundle, newPrefix, run } from "./support/daemon.ts";

const daemons = ["virtqemud", "virtnetworkd", "virtlockd", "virtlogd", "virtproxyd"];

/** Parts of Node that take milliseconds to load, and that a start does without. */
const heavy = ["child_process", "crypto", "internal/crypto/webcrypto", "perf_hooks", "zlib"];
const loadedParts = `
  const [, launcher] = process.argv;
  process.on("exit", () => console.log(process.moduleLoadList.join()));
  process.argv.push("--version");
  require(launcher);`;

test.each(daemons)("modules of %s take nothing heavy of Node while they are loaded", async (name) => {
  const { stdout } = await run(process.execPath, ["-e", loadedParts, bundle(name)]);
  const loaded = (stdout.split("\n")[1] ?? "").split(",");
  expect(loaded).toContain("NativeModule fs");
  expect(heavy.filter((part) => loaded.includes(`NativeModule ${part}`))).toEqual([]);
});

/** What becomes of V8's compiled form of the program beside it. */
const fates: [string, (cache: string) => void][] = [
  ["whole", () => {}],
  ["missing", (cache) => rmSync(cache)],
  ["empty", (cache) => writeFileSync(cache, "")],
  ["of another version of V8", (cache) => spoil(cache, 4)],
  ["made under other flags", (cache) => spoil(cache, 12)],
  ["cut off", (cache) => writeFileSync(cache, readFileSync(cache).subarray(0, 100_000))],
];

/** Changes a word of the header: magic, version, source, flags. */
function spoil(cache: string, at: number): void {
  const bytes = readFileSync(cache);
  bytes.writeUInt32LE(~bytes.readUInt32LE(at) >>> 0, at);
  writeFileSync(cache, bytes);
}

/** In a process of its own, with the flags Node starts with. */
const isTaken = `
  const { readFileSync } = require("node:fs");
  const [, program] = process.argv;
  const cachedData = readFileSync(program + ".cache");
  const { cachedDataRejected } = new (require("node:vm").Script)(readFileSync(program + ".cjs", "latin1"), { cachedData });
  console.log(cachedDataRejected === false);`;

test.each(daemons)("V8 takes the compiled code of %s", async (name) => {
  const dist = dirname(bundle(name));
  const cache = readdirSync(dist).find((file) => file.endsWith(".cache")) ?? "";
  const { stdout } = await run(process.execPath, ["-e", isTaken, join(dist, basename(cache, ".cache"))]);
  expect(stdout).toBe("true\n");
});

test.each(fates)("a daemon starts when its compiled code is %s", async (_, change) => {
  const dist = join(newPrefix(), "dist");
  cpSync(dirname(bundle("virtlogd")), dist, { recursive: true });
  const cache = readdirSync(dist).find((file) => file.endsWith(".cache"));
  change(join(dist, cache ?? "no compiled code at all"));
  const { code, stdout, stderr } = await run(process.execPath, [join(dist, "virtlogd.js"), "--version"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^virtlogd \(libvirt\) /);
});
