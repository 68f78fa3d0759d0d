import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { arch, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Script } from "node:vm";

const execute = promisify(execFile);

/** Built by @libvirt-ts/native, which loads it from the bundle's folder. */
const addon = `../../packages/native/prebuilds/linux-${process.env.npm_config_arch ?? arch()}/libvirt-ts.node`;

/**
 * Puts what tsup has built in `build` into `dist`, from a daemon's folder: the program under a name made of its
 * content, V8's compiled form of it, the addon, small programs in C, and last the launcher `NAME.js`.
 * A daemon that runs from `dist`, or is started meanwhile, finds all of one build.
 */
export async function finishBundle(name: string): Promise<void> {
  await mkdir("dist", { recursive: true });
  const before = await readdir("dist");
  const source = whenUsed(await readFile(`build/${name}.cjs`, "latin1")); // esbuild writes ASCII
  const code = Buffer.from(`(function (require, __filename, __dirname) {${source}\n})`, "latin1");
  const stem = `${name}.${createHash("sha256").update(code).digest("hex").slice(0, 12)}`;
  await put(`${stem}.cjs`, code);
  await put("libvirt-ts.node", await readFile(addon), 0o755);
  for (const file of await readdir(".")) if (file.endsWith(".c")) await compile(file);
  await put(`${stem}.cache`, await compiledForm(`dist/${stem}.cjs`));
  const apart = (await readdir("build")).filter((file) => /^lib-.*\.cjs$/.test(file));
  for (const file of apart) await put(file, await readFile(`build/${file}`));
  await put("package.json", '{ "type": "commonjs" }\n');
  await put(`${name}.js`, launcher(stem), 0o755);
  for (const file of before)
    if (/\.(cjs|cache)$/.test(file) && !file.startsWith(stem) && !apart.includes(file))
      await rm(join("dist", file));
  await rm("build", { recursive: true });
}

/**
 * Parts of Node that a start does not need, and that take milliseconds to load (node:crypto brings streams along), are
 * loaded when one of their functions is first used. esbuild's form of an import: `var import_node_crypto = require("crypto");`
 */
function whenUsed(source: string): string {
  const imports =
    /^(\s*(?:var )?import_\w+ = )require(\("(?:child_process|crypto|net|stream|timers\/promises|tls|zlib)"\);)$/gm;
  return source.replace(imports, "$1later$2");
}

/** By rename: a running process may have the old one open. */
async function put(file: string, content: string | Buffer, mode = 0o644): Promise<void> {
  await writeFile(`dist/${file}.new`, content, { mode });
  await rename(`dist/${file}.new`, `dist/${file}`);
}

/** `NAME.c` becomes `dist/libvirt_NAME`. */
async function compile(file: string): Promise<void> {
  const program = `dist/libvirt_${basename(file, ".c")}`;
  await execute(process.env.CC ?? "cc", ["-O2", "-Wall", "-Wextra", "-o", `${program}.new`, file]);
  await rename(`${program}.new`, program);
}

/**
 * What V8 makes of the program: of all functions that run until a first client has its answer.
 * The daemon really runs; without guests and networks it touches nothing but files below its prefix.
 */
async function compiledForm(program: string): Promise<Buffer> {
  const prefix = await mkdtemp(join(tmpdir(), "bundle-"));
  try {
    const cache = join(prefix, "cache");
    const warm = fileURLToPath(new URL("./warm.cjs", import.meta.url));
    await execute(process.execPath, [warm, program, cache], {
      env: { PATH: process.env.PATH, HOME: prefix, XDG_RUNTIME_DIR: "/run", LIBVIRT_PREFIX: prefix },
    });
    const cachedData = await readFile(cache);
    if (new Script(await readFile(program, "latin1"), { cachedData }).cachedDataRejected)
      throw new Error(`V8 refuses what it has made of ${program}: warm.cjs sets back too few flags`);
    return cachedData;
  } finally {
    await rm(prefix, { recursive: true });
  }
}

/**
 * The program as `node dist/NAME.js` runs it. V8 itself refuses compiled code of another version of V8; it does not
 * compare it with the source, which is why both bear the hash of the source in their names.
 */
function launcher(stem: string): string {
  return `#!/usr/bin/env node
"use strict";
const { readFileSync } = require("node:fs");
const { Script } = require("node:vm");
const program = \`\${__dirname}/${stem}\`;
let cachedData;
try {
  cachedData = readFileSync(\`\${program}.cache\`);
} catch {} // it only saves time
const filename = \`\${program}.cjs\`;
const script = new Script(readFileSync(filename, "latin1"), { filename, cachedData }); // it is ASCII
script.runInThisContext()(require, filename, __dirname);
`;
}
