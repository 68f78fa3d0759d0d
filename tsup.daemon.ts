import { basename } from "node:path";
import { defineConfig } from "tsup";
import { finishBundle } from "./tools/bundle/finish.ts";

/**
 * One self-contained bundle per daemon, dist/NAME.js, with the native addon beside it.
 * CommonJS, though all sources are ESM: Node starts it 5 ms sooner, and V8 takes compiled code only for scripts.
 */
const name = basename(process.cwd());

export default defineConfig({
  entry: { [name]: "src/main.ts" },
  format: "cjs",
  target: "node20",
  platform: "node",
  outDir: "build",
  clean: true,
  noExternal: [/.*/],
  esbuildOptions(options) {
    // dbus-next would ask an X server for the address of the session bus, which no daemon uses
    options.external = ["x11"];
    options.define = { "import.meta.url": "importMetaUrl" };
    options.supported = { "dynamic-import": false };
    options.banner = { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' };
  },
  onSuccess: () => finishBundle(name),
});
