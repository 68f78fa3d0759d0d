import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filePlaces } from "../../daemons/virtlogd/src/file-places.ts";
import { OpenLogs } from "../../daemons/virtlogd/src/open-logs.ts";
import { ScratchPipe } from "../../daemons/virtlogd/src/scratch-pipe.ts";
import { run } from "./support/daemon.ts";

const writer = new URL("./fixtures/log-writer.py", import.meta.url).pathname;
const owner = { driver: "qemu", domainName: "vm1", domainUuid: "8b3f4dc4-6a8e-5f9b-94a5-4c35babd8d95" };
const marker = /\n[0-9 :.+-]+: virtlogd: ([0-9]+) bytes of output dropped\n/g;
const lineBytes = 36;

/** A disk that stops answering, taken for a file server: the file system is frozen, and every write to it hangs. */
describe.skipIf(process.geteuid?.() !== 0)("a file system that does not answer", () => {
  const folder = mkdtempSync(join(tmpdir(), "hung-"));
  const served = join(folder, "served");
  const guests: ChildProcess[] = [];
  const sh = async (script: string) =>
    expect(await run("sh", ["-ec", `cd ${folder}; ${script}`])).toMatchObject({ code: 0 });

  beforeAll(() =>
    sh(
      "mkdir served; truncate -s 256M image; mkfs.ext4 -q -O ^has_journal image; mount -o loop image served",
    ),
  );
  afterAll(async () => {
    for (const child of guests) child.kill("SIGKILL");
    await run("fsfreeze", ["-u", served]);
    await run("umount", [served]);
    rmSync(folder, { recursive: true });
  });

  const isHere = (path: string) => !path.startsWith(served);
  const local = { has: isHere, ask: async (path: string) => isHere(path) };

  test("holds up neither its guests nor other logs; what is dropped is told of, to the byte", async () => {
    const problems: (string | undefined)[] = [];
    const logs = new OpenLogs({
      host: {
        native,
        log: silentLogger(),
        now: Date.now,
        scratch: new ScratchPipe(native),
        places: filePlaces(local),
      },
      limits: { maxSize: 0, maxBackups: 3 },
      inhibit: () => () => {},
      onProblem: (_path, _log, reason) => problems.push(reason),
    });
    const path = join(served, "vm.log");
    const other = join(folder, "other.log");
    const { writeEnd } = await logs.open(path, owner, false);
    const { writeEnd: otherEnd } = await logs.open(other, owner, false);
    const guest = spawn("/usr/bin/python3", [writer, "1"], { stdio: ["ignore", writeEnd, "pipe"] });
    guests.push(guest);
    native.close(writeEnd);
    await sleep(500);
    await sh("fsfreeze -f served");

    let longest = 0; // between two turns of the event loop, ms
    const end = performance.now() + 4000;
    for (let last = performance.now(), lines = 1; last < end; lines++) {
      writeSync(otherEnd, "still here\n");
      expect((await logs.position(other)).offset).toBe(BigInt(11 * lines));
      await sleep(5);
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }
    expect(longest).toBeLessThan(1000);
    expect(problems).toEqual(["its file system does not answer"]);
    expect(guest.exitCode).toBe(null);

    await sh("fsfreeze -u served");
    while (problems.length < 2) await sleep(20);
    expect(problems[1]).toBeUndefined();
    guest.kill("SIGTERM");
    const [said] = (await once(guest.stderr ?? process.stdin, "data")) as [Buffer];
    const [lines = 0, stallMs = 0] = String(said).split(" ").map(Number);
    while (logs.get(path)) await sleep(20);
    expect(stallMs).toBeLessThan(4000);
    const text = readFileSync(path, "latin1");
    const dropped = [...text.matchAll(marker)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
    expect(dropped).toBeGreaterThan(0);
    expect(text.replace(marker, "").length + dropped).toBe(lines * lineBytes);
    expect(text.endsWith(`line ${String(lines - 1).padStart(30, "0")}\n`)).toBe(true);
    native.close(otherEnd);
    while (logs.get(other)) await sleep(20);
  });
});
