import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { newPrefix, processEnd, run } from "./support/daemon.ts";

const tool = fileURLToPath(new URL("../../tools/dev/src/main.ts", import.meta.url));
const dev = (...args: string[]) =>
  run(process.execPath, ["--import", createRequire(import.meta.url).resolve("tsx"), tool, ...args]);

test("up, status, down", async () => {
  const prefix = newPrefix();
  const both = ["--prefix", prefix, "virtlogd", "virtlockd"];
  expect((await dev("status", ...both)).code).toBe(1);
  const up = await dev("up", ...both);
  expect(up).toMatchObject({ code: 0, stderr: "" });
  expect(up.stdout).toContain(`${prefix}/run/libvirt/virtlogd-sock`);
  const pid = Number(readFileSync(join(prefix, "run/virtlogd.pid"), "utf8"));
  expect(await dev("up", ...both)).toMatchObject({ code: 0 });
  expect((await dev("status", ...both)).stdout).toContain(`running, pid ${pid}`);
  const end = processEnd(pid);
  const down = await dev("down", ...both);
  expect(down).toMatchObject({ code: 0, stdout: "virtlockd: stopped\nvirtlogd: stopped\n" });
  await end;
  expect(existsSync(join(prefix, "run/libvirt/virtlogd-sock"))).toBe(false);
});

test("up says why a daemon does not come up, with the end of its log", async () => {
  const prefix = newPrefix();
  mkdirSync(join(prefix, "etc/libvirt"), { recursive: true });
  writeFileSync(join(prefix, "etc/libvirt/virtlogd.conf"), "max_size = 'big'\n");
  const { code, stderr } = await dev("up", "--prefix", prefix, "virtlogd");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^virtlogd: ended with exit code 7\n.*virtlogd.conf:1:12: expected a number/);
});
