// node warm.cjs PROGRAM CACHE: runs a bundle as its launcher does, until it has checked its configuration, and
// writes what V8 has compiled so far.
"use strict";
const { readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, resolve } = require("node:path");
const { Script } = require("node:vm");

const [, , file, cache] = process.argv;
const program = resolve(file);
const source = readFileSync(program, "latin1");
const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
const script = new Script(wrapped, { filename: program });
process.argv.splice(1, 3, program, "--config-check");
process.on("exit", () => writeFileSync(cache, script.createCachedData()));
script.runInThisContext()({}, createRequire(program), { exports: {} }, program, dirname(program));
