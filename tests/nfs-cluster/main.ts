import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Cluster } from "./cluster.ts";

/*
 * Three hosts with our virtlockd and images on NFS: exclusion between hosts, who holds what as seen from each, a cut
 * network, a power cut. Prints what happened and when; see README.md.
 */
const leaseSeconds = 10;
const hosts = [1, 2, 3] as const;
const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, "node_modules/.cache/nfs-cluster");
const tool = "node /payload/virt-lock/virt-lock.mjs";
const began = Date.now();

const say = (text: string) =>
  console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);
const secondsSince = (then: number) => (Date.now() - then) / 1000;

function buildImages(): void {
  if (existsSync(join(cache, "root.img"))) return;
  mkdirSync(cache, { recursive: true });
  execFileSync("bash", [fileURLToPath(new URL("build.sh", import.meta.url)), cache], { stdio: "inherit" });
}

function buildPayload(work: string): string {
  const folder = join(work, "payload");
  mkdirSync(folder);
  for (const [from, to] of [
    ["daemons/virtlockd/dist", "virtlockd"],
    ["tools/virt-lock/dist", "virt-lock"],
  ] as const)
    cpSync(join(root, from), join(folder, to), { recursive: true });
  const bundle = ["esbuild", "--bundle", "--platform=node", "--format=esm", "--log-level=error"];
  const banner = `--banner:js=import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`;
  const out = `--outfile=${join(folder, "virt-lock/hold.mjs")}`;
  const bin = join(root, "node_modules/.pnpm/node_modules/.bin"); // it comes with tsup
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  execFileSync("npx", [...bundle, banner, out, fileURLToPath(new URL("hold.ts", import.meta.url))], { env });
  const image = join(work, "payload.img");
  execFileSync("mke2fs", ["-q", "-t", "ext4", "-O", "^has_journal", "-d", folder, image, "32M"]);
  return image;
}

const startDaemon = `mkdir -p /etc/libvirt /run/libvirt /share/.holders
printf 'ledger_dir = "/share/.holders"\\nlease_seconds = ${leaseSeconds}\\n' > /etc/libvirt/virtlockd.conf
touch /share/1.img /share/2.img /share/3.img
setsid node /payload/virtlockd/virtlockd.js > /tmp/virtlockd.log 2>&1 &
until [ -S /run/libvirt/virtlockd-sock ]; do sleep 0.1; done`;

async function scenario(cluster: Cluster): Promise<void> {
  const hold = (host: number, name: string, image: number) =>
    cluster.run(host, `node /payload/virt-lock/hold.mjs ${name} /share/${image}.img`);
  const list = (host: number) => cluster.run(host, `${tool} list --cluster /share/.holders`);
  /** @returns when a host got an image's lock */
  const untilHeld = async (host: number, image: number) => {
    for (const until = Date.now() + 6000 * leaseSeconds; Date.now() < until; await delay(200))
      if (/^held/m.test(await hold(host, "successor", image))) return;
    throw new Error(`host ${host} never gets the lock`);
  };

  await cluster.up();
  await Promise.all(hosts.map((host) => cluster.run(host, startDaemon)));
  say("three hosts are up, each with virtlockd");

  for (const host of hosts) assert.match(await hold(host, `guest${host}`, host), /^held \d+$/);
  await delay(1000);
  for (const host of hosts) {
    for (const other of hosts.filter((each) => each !== host)) {
      const refused = await hold(other, "rival", host);
      assert.match(refused, new RegExp(`is locked \\(by domain 'guest${host}', .* of host 'host${host}'`));
    }
    const seen = await list(host);
    for (const each of hosts) assert.match(seen, new RegExp(`^held .* host${each} +guest${each} `, "m"));
  }
  say("each image is locked by one host, the others are told by whom; each host lists all three");

  const cut = Date.now();
  await cluster.link(3, false);
  while (!/^LOST/m.test(await cluster.run(3, `${tool} list`))) {
    assert(secondsSince(cut) < 3 * leaseSeconds, "the lock is never lost");
    await delay(100);
  }
  const lostAfter = secondsSince(cut);
  say(`network cut: the cut host knows that its lock is lost after ${lostAfter.toFixed(1)} s`);
  assert(lostAfter <= leaseSeconds, "within one lease");
  await untilHeld(2, 3);
  say(`network cut: another host has the lock after ${secondsSince(cut).toFixed(1)} s`);
  await cluster.link(3, true);

  const power = Date.now();
  cluster.crash(2);
  await untilHeld(1, 2);
  say(`power cut: another host has the lock after ${secondsSince(power).toFixed(1)} s`);
  await delay(4000);
  assert.match(await list(1), /^held .* host1 +successor .*\/2\.img$/m);
  const record = await cluster.run(1, "cat /share/.holders/*.host2.broken");
  assert.match(record, /"path":"\/share\/2\.img".*its lock was free when this host took it/);
  say("power cut: the ledger tells that the former holder lost it, and to whom");
}

buildImages();
const work = mkdtempSync(join(tmpdir(), "nfs-cluster-"));
const cluster = new Cluster({
  images: cache,
  work,
  hosts: hosts.length,
  payload: buildPayload(work),
  leaseSeconds,
});
try {
  await scenario(cluster);
} finally {
  cluster.down();
  rmSync(work, { recursive: true, force: true });
}
process.exit(0);
