// Compiles src/c into prebuilds/linux-ARCH/libvirt-ts.node, the place node-gyp-build looks at.
// Does nothing when the addon is newer than all it is made from.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { arch } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const target = join(root, "prebuilds", `linux-${process.env.npm_config_arch ?? arch()}`, "libvirt-ts.node");
const sources = [
  join(root, "binding.gyp"),
  join(root, "build.mjs"),
  ...readdirSync(join(root, "src/c")).map((name) => join(root, "src/c", name)),
];

const mtime = (path) => statSync(path).mtimeMs;
if (existsSync(target) && sources.every((path) => mtime(path) < mtime(target))) process.exit(0);

// Headers beside this very Node (distribution packages put them there) save a download.
const prefix = dirname(dirname(process.execPath));
const headers = existsSync(join(prefix, "include/node/node_api.h")) ? [`--nodedir=${prefix}`] : [];
const nodeGyp = createRequire(import.meta.url).resolve("node-gyp/bin/node-gyp.js");
const { status } = spawnSync(process.execPath, [nodeGyp, "rebuild", "--loglevel=warn", ...headers], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

// By rename: a running process may have the old one mapped.
mkdirSync(dirname(target), { recursive: true });
copyFileSync(join(root, "build/Release/addon.node"), `${target}.new`);
renameSync(`${target}.new`, target);
rmSync(join(root, "build"), { recursive: true });
