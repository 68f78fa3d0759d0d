import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { defineConfig } from "tsup";

/** One self-contained program per tool: dist/NAME.mjs. */
const name = basename(process.cwd());
const { description } = JSON.parse(readFileSync("package.json", "utf8")) as { description: string };

export default defineConfig({
  entry: { [name]: "src/main.ts" },
  format: "esm",
  outExtension: () => ({ js: ".mjs" }),
  target: "node20",
  platform: "node",
  splitting: false,
  noExternal: [/.*/],
  banner: {
    js: `#!/usr/bin/env node\n// ${description}\nimport { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`,
  },
});
