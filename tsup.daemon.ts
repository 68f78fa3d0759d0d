import { copyFile } from "node:fs/promises";
import { arch } from "node:os";
import { basename } from "node:path";
import { defineConfig } from "tsup";

/** One self-contained ESM bundle per daemon: dist/NAME.js, with the native addon beside it. */
const name = basename(process.cwd());

/** Built by @libvirt-ts/native, which loads it from the bundle's folder. */
const addon = `../../packages/native/prebuilds/linux-${process.env.npm_config_arch ?? arch()}/libvirt-ts.node`;

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
  },
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
