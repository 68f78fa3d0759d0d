// node warm.cjs PROGRAM CACHE [OPTION...]: runs a bundle as its launcher does, stops it when it has begun to wait for
// clients, and writes what V8 has compiled so far.
"use strict";
const { readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, resolve } = require("node:path");
const { setFlagsFromString } = require("node:v8");
const { Script } = require("node:vm");

const startMs = 200;

const [, , file, cache] = process.argv;
const program = resolve(file);
const script = new Script(readFileSync(program, "latin1"), { filename: program });
process.argv.splice(1, 3, program);
process.on("exit", () => {
  // Compiled code is only taken under the flags it was made with: those Node starts with, whatever the program has set.
  setFlagsFromString("--semi-space-growth-factor=2");
  writeFileSync(cache, script.createCachedData());
});
setTimeout(() => process.kill(process.pid, "SIGTERM"), startMs).unref();
script.runInThisContext()(createRequire(program), program, dirname(program));
