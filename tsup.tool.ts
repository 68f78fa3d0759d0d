import { copyFileSync, readFileSync } from "node:fs";
import { arch } from "node:os";
import { basename } from "node:path";
import { defineConfig } from "tsup";

/** One self-contained program per tool: dist/NAME.mjs. */
const name = basename(process.cwd());
const { description, dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
  description: string;
  dependencies: Record<string, string>;
};
/** Those that make system calls find the addon beside themselves. */
const addon = `../../packages/native/prebuilds/linux-${process.env.npm_config_arch ?? arch()}/libvirt-ts.node`;

export default defineConfig({
  entry: { [name]: "src/main.ts" },
  format: "esm",
  outExtension: () => ({ js: ".mjs" }),
  target: "node20",
  platform: "node",
  clean: true,
  splitting: true, // what is imported when it is asked for is read then
  noExternal: [/.*/],
  esbuildOptions(options) {
    options.external = ["x11"]; // dbus-next would ask an X server for the address of the session bus
  },
  async onSuccess() {
    if ("@libvirt-ts/native" in dependencies) copyFileSync(addon, "dist/libvirt-ts.node");
  },
  banner: {
    js: `#!/usr/bin/env node\n// ${description}\nimport { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`,
  },
});
