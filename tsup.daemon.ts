import { execFile } from "node:child_process";
import { copyFile, readdir } from "node:fs/promises";
import { arch } from "node:os";
import { basename } from "node:path";
import { promisify } from "node:util";
import { defineConfig } from "tsup";

/** One self-contained ESM bundle per daemon: dist/NAME.js, with the native addon beside it. */
const name = basename(process.cwd());

/** Built by @libvirt-ts/native, which loads it from the bundle's folder. */
const addon = `../../packages/native/prebuilds/linux-${process.env.npm_config_arch ?? arch()}/libvirt-ts.node`;

/** Small programs a daemon ships beside itself: `NAME.c` becomes `dist/libvirt_NAME`. */
async function compileHelpers(): Promise<void> {
  for (const file of await readdir(".")) {
    if (!file.endsWith(".c")) continue;
    const program = `dist/libvirt_${basename(file, ".c")}`;
    await promisify(execFile)(process.env.CC ?? "cc", ["-O2", "-Wall", "-Wextra", "-o", program, file]);
  }
}

export default defineConfig({
  entry: { [name]: "src/main.ts" },
  format: "esm",
  target: "node20",
  platform: "node",
  splitting: false,
  clean: true,
  noExternal: [/.*/],
  async onSuccess() {
    await copyFile(addon, "dist/libvirt-ts.node");
    await compileHelpers();
  },
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
