// npm test: installs what is missing, builds, runs every check and test, ends with one line of counts.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build, requireNode, requirePackages, root } from "./host.mjs";

const packages = [
  ...["g++", "make", "python3", "openssl", "procps", "tmux", "util-linux", "augeas-tools"],
  ...["libvirt-clients", "python3-libvirt", "libsys-virt-perl", "virtinst"],
  // The daemons in C that some tests compare with; from Debian 13 on in packages of their own.
  ...["libvirt-daemon", "libvirt-daemon-driver-qemu", "libvirt-daemon-lock?", "libvirt-daemon-log?"],
  ...["qemu-system-x86", "qemu-utils", "dnsmasq-base", "nftables", "iptables", "iproute2", "iputils-ping"],
  ...["swtpm", "swtpm-tools", "busybox-static", "cpio", "systemd", "dbus", "polkitd"],
  ...["openssh-client", "openssh-server", "netcat-openbsd"],
];

requireNode();
requirePackages(packages);
build();

const env = { ...process.env, NODE_EXTRA_CA_CERTS: "" };
const total = { passed: 0, failed: 0, skipped: 0 };

/** A check without counts of its own is one test. */
function check(...script) {
  const { status } = spawnSync("npx", ["--no-install", ...script], { cwd: root, stdio: "inherit", env });
  if (status === 0) total.passed++;
  else {
    total.failed++;
    console.error(`FAILED: ${script.join(" ")}`);
  }
}

/** @param on daemons that are not ours: the same tests tell whether they expect the right thing */
function vitest(project, { on = "ours", files = [] } = {}) {
  const report = join(root, "node_modules/.cache", `vitest-${project}-${on}.json`);
  rmSync(report, { force: true });
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { status } = spawnSync(
    "npx",
    ["--no-install", "vitest", "run", "--project", project, ...reporters, ...files],
    {
      cwd: root,
      stdio: "inherit",
      env: on === "libvirt" ? { ...env, LIBVIRT_PEER: "1" } : env,
    },
  );
  const result = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined;
  const passed = result?.numPassedTests ?? 0;
  const failed = result?.numFailedTests ?? 0;
  total.passed += passed;
  total.failed += failed;
  // What is left out on libvirt's daemons is what only ours promise.
  if (on === "ours") total.skipped += (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);
  if (passed === 0 || (status !== 0 && failed === 0)) total.failed++; // a file that did not even load
}

check("biome", "check", ".");
check("tsc", "-p", "tsconfig.json");
check("tsx", "tools/dev/src/check-layers.ts");
vitest("unit");
golden();
vitest("system");
vitest("system", {
  on: "libvirt",
  files: ["client", "virsh"].map((name) => `tests/conformance/${name}.test.ts`),
});

console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

/** The foreign corpus is no part of the project: where it lies is told, or it is a sibling of the checkout. */
function golden() {
  const corpus = process.env.LIBVIRT_CORPUS ?? join(root, "../shared/corpus");
  if (existsSync(join(corpus, "index.json")))
    check("tsx", "tools/dev/src/golden/main.ts", "--corpus", corpus, "--check");
  else {
    total.skipped++;
    console.error(`golden cases skipped: no corpus at ${corpus} (set LIBVIRT_CORPUS)`);
  }
}
