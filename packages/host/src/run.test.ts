import { openSync } from "node:fs";
import { expect, test } from "vitest";
import { run, runHolding, runOrThrow } from "./run.ts";

test("output, input, status and a small environment", async () => {
  const result = await run("sh", ["-c", "cat; echo $LC_ALL-$EXTRA-$HOME >&2; exit 3"], {
    input: "text",
    env: { EXTRA: "x" },
  });
  expect(result).toEqual({ status: 3, stdout: "text", stderr: "C-x-\n" });
});

test("input nobody reads is no error", async () => {
  expect((await run("true", [], { input: "x".repeat(1_000_000) })).status).toBe(0);
});

test("a failing program is quoted", async () => {
  await expect(runOrThrow(run, "sh", ["-c", "echo broken >&2; exit 1"])).rejects.toThrow(
    "internal error: Child process (sh -c echo broken >&2; exit 1) unexpected exit status 1: broken",
  );
});

test("a missing program is a system error", async () => {
  await expect(run("no-such-program", [])).rejects.toThrow(
    "Cannot execute binary no-such-program: No such file or directory",
  );
});

test("a program that takes too long is killed", async () => {
  await expect(run("sleep", ["60"], { timeoutMs: 20 })).rejects.toThrow("sleep 60 timed out");
});

test("descriptors handed on are open in the program", async () => {
  const held = runHolding(openSync("/dev/null", "r"));
  expect((await held("readlink", ["/proc/self/fd/3"])).stdout).toBe("/dev/null\n");
});
