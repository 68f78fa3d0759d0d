import { spawn } from "node:child_process";
import { once } from "node:events";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { expect, test } from "vitest";
import { type Owner, Owners } from "./owners.ts";

function watching() {
  const owners = new Owners(native, silentLogger());
  const gone = new Promise<Owner>((resolve) => owners.onGone(resolve));
  return { owners, gone };
}

async function child(script = ""): Promise<ReturnType<typeof spawn> & { pid: number }> {
  const started = spawn("sh", ["-c", `${script} echo; read x`], { stdio: ["pipe", "pipe", "inherit"] });
  await once(started.stdout, "data");
  return started as typeof started & { pid: number }; // it has written, so it runs
}

test("reports the end of a process", async () => {
  const { owners, gone } = watching();
  const process = await child();
  const owner = owners.use(process.pid);
  process.stdin?.end();
  expect(await gone).toBe(owner);
  expect(owner.isGone).toBe(true);
  expect(owners.use(process.pid)).not.toBe(owner);
});

test("condemned: ended by SIGTERM", async () => {
  const { owners, gone } = watching();
  const process = await child();
  owners.condemn(owners.use(process.pid));
  expect((await gone).pid).toBe(process.pid);
  expect(process.signalCode ?? (await once(process, "exit"))[1]).toBe("SIGTERM");
});

test("a process that ignores SIGTERM is killed", async () => {
  const { owners, gone } = watching();
  const process = await child("trap '' TERM;");
  const before = performance.now();
  owners.condemn(owners.use(process.pid));
  await gone;
  expect(performance.now() - before).toBeGreaterThan(1500);
  expect(process.signalCode ?? (await once(process, "exit"))[1]).toBe("SIGKILL");
});

test("a process we cannot see is taken for gone when condemned", async () => {
  const { owners, gone } = watching();
  const owner = owners.use(2 ** 22 + 1);
  expect(owner.isGone).toBe(false);
  owners.condemn(owner);
  expect(await gone).toBe(owner);
});
