// node warm.cjs PROGRAM CACHE: runs a bundle as its launcher does, stops it when it has answered a first client, and
// writes what V8 has compiled so far.
"use strict";
const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { connect } = require("node:net");
const { dirname, join, resolve } = require("node:path");
const { setFlagsFromString } = require("node:v8");
const { Script } = require("node:vm");

/** What every client asks first: AUTH_LIST. Those that do not know the program answer too. */
const firstCall = Buffer.from("0000001c200080860000000100000042000000000000000000000000", "hex");
const retryMs = 5;
const limitMs = 20_000;

const [, , file, cache] = process.argv;
const program = resolve(file);
const run = join(process.env.LIBVIRT_PREFIX, "run/libvirt");
const script = new Script(readFileSync(program, "latin1"), { filename: program });
process.argv.splice(1, 3, program);
process.on("exit", () => {
  // Compiled code is only taken under the flags it was made with: those Node starts with, whatever the program has set.
  setFlagsFromString("--semi-space-growth-factor=2 --parallel-scavenge");
  setFlagsFromString(
    "--lazy-feedback-allocation --no-always-sparkplug --interrupt-budget=67584 --gc-memory-reducer-start-delay-ms=8000",
  );
  setFlagsFromString("--max-inlined-bytecode-size=460 --max-inlined-bytecode-size-cumulative=920");
  writeFileSync(cache, script.createCachedData());
});
setTimeout(() => process.exit(1), limitMs).unref();
script.runInThisContext()(createRequire(program), program, dirname(program));
ask();

/** Nothing tells when the sockets are there. */
function ask() {
  const socket = mainSocket();
  if (socket === undefined) return setTimeout(ask, retryMs);
  const client = connect(join(run, socket), () => client.write(firstCall));
  client.on("error", () => setTimeout(ask, retryMs));
  client.on("data", () => process.kill(process.pid, "SIGTERM"));
}

function mainSocket() {
  try {
    return readdirSync(run).find((name) => /^[a-z]+-sock$/.test(name));
  } catch {
    return undefined; // not made yet
  }
}
