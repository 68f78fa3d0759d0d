import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseConf } from "@libvirt-ts/config";
import { expect, test } from "vitest";
import { documents, root } from "./documents.ts";

const files = await documents();
const ending = (end: string) => [...files].filter(([path]) => path.endsWith(end));

test.each([...files])("%s is current: npm run dev -- gen-docs", (path, text) => {
  expect(readFileSync(join(root, path), "utf8")).toBe(text);
});

const uncommented = (text: string) => text.replace(/^#(?=[a-z_]+ = )/gm, "");

test.each(ending(".conf"))("%s is a file we read, with and without hashes", (path, text) => {
  expect(parseConf(text, path)).toEqual([]);
  expect(parseConf(uncommented(text), path).length).toBeGreaterThan(3);
});

test.skipIf(!existsSync("/usr/bin/augtool")).each(ending(".aug"))(
  "%s reads its sample and changes one key",
  (path, lens) => {
    const file = /incl "\/etc\/libvirt\/([^"]+)"/.exec(lens)?.[1] ?? "";
    const sample = uncommented(files.get(join(dirname(path), file)) ?? "");
    const folder = mkdtempSync(join(tmpdir(), "lens-"));
    writeFileSync(join(folder, file), sample);
    const module = /^module (\w+)/m.exec(lens)?.[1] ?? "";
    const [first] = parseConf(sample, file);
    const value = typeof first?.value === "bigint" ? "1" : "changed";
    const commands = [`set /files/${file}/${first?.key} ${value}`, "save", `ls /files/${file}`].join("\n");
    const said = execFileSync(
      "augtool",
      ["--root", folder, "--noautoload", "-I", join(root, dirname(path))],
      { input: `transform ${module}.lns incl /${file}\nload\n${commands}\n`, encoding: "utf8" },
    );
    for (const { key } of parseConf(sample, file)) expect(said).toMatch(new RegExp(`^${key}[/ ]`, "m"));
    const changed = parseConf(readFileSync(join(folder, file), "utf8"), file);
    expect(changed).toHaveLength(parseConf(sample, file).length);
    expect(changed[0]?.value).toEqual(typeof first?.value === "bigint" ? 1n : "changed");
  },
);

test.skipIf(!existsSync("/usr/bin/groff")).each(ending(".8"))("%s has no faults groff knows", (_, text) => {
  const said = execFileSync("groff", ["-man", "-ww", "-Tutf8", "-z"], {
    input: text,
    encoding: "utf8",
    stdio: "pipe",
  });
  expect(said).toBe("");
});
