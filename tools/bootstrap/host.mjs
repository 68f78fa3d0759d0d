// What both commands need before anything of the project can run: Node, Debian packages, pnpm and a build.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const pnpmVersion = "pnpm@10.34.9";

/** Our own processes start without the machine's extra certificates: reading them costs 40 ms a start. */
const env = { ...process.env, NODE_EXTRA_CA_CERTS: "" };

/** Runs to the end with our output; a failure ends this process with the same status. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", env, ...options });
  if (error) throw error;
  if (status !== 0) {
    console.error(`${command} ${args.join(" ")}: exit status ${status}`);
    process.exit(status ?? 1);
  }
}

export const pnpm = (...args) => run("npx", ["--yes", pnpmVersion, ...args]);

export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node ${process.versions.node} is too old: 20.19 or later is needed.`);
    process.exit(1);
  }
}

const isInstalled = (name) =>
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a field of dpkg-query, not of JavaScript
  spawnSync("dpkg-query", ["-W", "-f=${db:Status-Abbrev}", name], { encoding: "utf8" }).stdout?.startsWith(
    "ii",
  ) ?? false;

const isKnown = (name) => spawnSync("apt-cache", ["show", "--no-all-versions", name]).status === 0;

/**
 * Installs the missing ones of `names` when root; otherwise says what to install and ends.
 * A name that ends in `?` is one that not every Debian has, where its files are part of another package.
 */
export function requirePackages(names) {
  const isMissing = (name) => !isInstalled(name.replace("?", ""));
  const certain = names.filter((name) => !name.endsWith("?") && isMissing(name));
  const choose = () =>
    names
      .filter((name) => name.endsWith("?") && isMissing(name))
      .map((name) => name.slice(0, -1))
      .filter(isKnown);
  if (certain.length === 0 && choose().length === 0) return;
  if (process.getuid() !== 0) {
    console.error(
      `Missing Debian packages. As root:\n  apt-get install --no-install-recommends ${[...certain, ...choose()].join(" ")}`,
    );
    process.exit(1);
  }
  const quiet = {
    env: { ...env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "inherit"],
  };
  run("apt-get", ["update", "-qq"], quiet);
  const missing = [...certain, ...choose()]; // what is known may be more than before
  console.log(`installing ${missing.join(" ")}`);
  const policy = ["-o", "DPkg::Options::=--force-confold", "-o", "Dpkg::Use-Pty=0"];
  withoutStarting(() =>
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...policy, ...missing], quiet),
  );
}

/** Services that come along are for tests to start in places of their own: none starts because it was installed. */
function withoutStarting(install) {
  const file = "/usr/sbin/policy-rc.d";
  if (existsSync(file)) return install(); // somebody's own policy
  writeFileSync(file, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  const remove = () => rmSync(file, { force: true });
  process.once("exit", remove); // `run` ends the process when it fails
  try {
    install();
  } finally {
    remove();
    process.off("exit", remove);
  }
}

export function build() {
  pnpm("install", "--frozen-lockfile");
  pnpm("build");
}
