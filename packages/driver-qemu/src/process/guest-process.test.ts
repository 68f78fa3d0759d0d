import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { GuestProcess } from "./guest-process.ts";

function started(command: string) {
  const child = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "ignore"] });
  const process = GuestProcess.find(child.pid ?? -1);
  if (!process) throw new Error("no such process");
  return { child, process };
}

test("ends when told", async () => {
  const { process } = started("exec sleep 60");
  expect(process.hasEnded).toBe(false);
  await process.kill();
  expect(process.hasEnded).toBe(true);
  process.signal("SIGKILL");
});

test("ends by itself", async () => {
  const { process } = started("exit 3");
  await process.ended;
  expect(process.hasEnded).toBe(true);
});

test("nobody there", () => expect(GuestProcess.find(2 ** 30)).toBeUndefined());
