import { basename } from "node:path";
import { defineConfig } from "tsup";

/** One self-contained ESM bundle per daemon: dist/NAME.js, with the native addon beside it. */
const name = basename(process.cwd());

export default defineConfig({
  entry: { [name]: "src/main.ts" },
  format: "esm",
  target: "node20",
  platform: "node",
  splitting: false,
  clean: true,
  noExternal: [/.*/],
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
