import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { testHosts } from "@libvirt-ts/driver-test";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { entrance, Server } from "@libvirt-ts/rpc/server";
import { expect, onTestFinished, test } from "vitest";
import { asLater } from "./as-later.ts";

const script = (name: string) => fileURLToPath(new URL(`${name}.py`, import.meta.url));

/** Our hosts behind a socket; its path. */
function serve(): string {
  const dir = mkdtempSync(join(tmpdir(), "test-driver-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, "socket");
  const hosts = testHosts({
    hostname: hostname(),
    cpuCount: cpus().length,
    now: () => BigInt(Date.now()) * 1000n,
  });
  const server = new Server({ name: "test", log: silentLogger(), services: entrance([hosts]) });
  onTestFinished(() => server.close());
  const fd = native.socketUnix("stream");
  expect(native.bind(fd, path)).toBe(0);
  expect(native.listen(fd, 10)).toBe(0);
  server.listen(fd, { path });
  return path;
}

async function answers(uri: string, group: string, calls: string): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), "test-driver-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const args = [script(calls), uri, group, dir];
  const { stdout } = await promisify(execFile)("/usr/bin/python3", args, { timeout: 60_000 });
  return asLater(stdout.replaceAll(dir, "DIR")).trim().split("\n");
}

/** The same calls of a foreign client on libvirt's own test driver and on ours. */
test.each([
  ...["host", "vcpus", "tuning", "stats", "guest", "iothreads", "stopped", "saved", "defined", "cpus"].map(
    (group) => [group, "test-driver"] as const,
  ),
  ...["networks", "interfaces", "storage", "devices"].map((group) => [group, "test-driver-objects"] as const),
  ...["tree", "create", "redefine", "revert", "checkpoints"].map(
    (group) => [group, "test-driver-moments"] as const,
  ),
])("%s", async (group, calls) => {
  const uri = `test+unix:///default?socket=${serve()}`;
  const theirs = await answers("test:///default", group, calls);
  expect(theirs.length).toBeGreaterThan(5);
  const ours = (await answers(uri, group, calls)).map((line) => line.replaceAll(uri, "test:///default"));
  expect(ours).toEqual(theirs);
});

/** The same for hosts that are described in files. */
test.each(["whole", "states", "broken"])("files: %s", async (group) => {
  const theirs = await answers("test://PATH", group, "test-driver-nodes");
  expect(theirs.length).toBeGreaterThan(50);
  const ours = await answers(`test+unix://PATH?socket=${serve()}`, group, "test-driver-nodes");
  expect(ours).toEqual(theirs);
});
