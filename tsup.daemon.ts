import { createRequire } from "node:module";
import { basename } from "node:path";
import { defineConfig } from "tsup";
import { finishBundle } from "./tools/bundle/finish.ts";

/**
 * One self-contained bundle per daemon, dist/NAME.js, with the native addon beside it.
 * CommonJS, though all sources are ESM: Node starts it 5 ms sooner, and V8 takes compiled code only for scripts.
 */
const name = basename(process.cwd());

/**
 * Libraries for what few daemons ever do, loaded when first used (D-Bus for polkit, characters of passwords):
 * files of their own, so that no start reads them.
 */
const apart = new Map([
  ["@particle/dbus-next", "lib-dbus-next"],
  ["@mongodb-js/saslprep", "lib-saslprep"],
]);
const { resolve } = createRequire(new URL("packages/access/package.json", import.meta.url));
const entries = [...apart].map(([library, file]) => [file, resolve(library)] as const);

/** `later`: see finishBundle. */
const preamble = `const importMetaUrl = require("node:url").pathToFileURL(__filename).href;
const later = (id, module) => new Proxy({}, { get: (_, name) => (module ??= require(id))[name] });`;

export default defineConfig({
  entry: { [name]: "src/main.ts", ...Object.fromEntries(entries) },
  splitting: false,
  esbuildPlugins: [
    {
      name: "apart",
      setup(build) {
        build.onResolve({ filter: /^@/ }, ({ path }) => {
          const file = apart.get(path);
          return file === undefined ? undefined : { path: `./${file}.cjs`, external: true };
        });
      },
    },
  ],
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
    options.banner = { js: preamble };
  },
  onSuccess: () => finishBundle(name),
});
