import { closeSync, mkdtempSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileLogManager } from "./files.ts";

const domain = { driver: "qemu", uuid: "8b3f4dc4-6a8e-5f9b-94a5-4c35babd8d95", name: "vm1" };
const logs = fileLogManager();

test("opens, appends, reads and truncates", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "log-manager-")), "qemu/vm1.log");
  const first = await logs.open({ ...domain, path });
  writeSync(first.fd, "header\n");
  const { offset } = await logs.position(path);
  expect(offset).toBe(7n);
  await logs.append({ ...domain, path, message: "shutting down\n" });
  writeSync(first.fd, "bye\n");
  expect(await logs.read(path, { ...first.position, offset }, 100)).toBe("shutting down\nbye\n");
  expect(await logs.read(path, first.position, 6)).toBe("header");
  closeSync(first.fd);
  const second = await logs.open({ ...domain, path, truncate: true });
  expect(second.position).toEqual({ ...first.position, offset: 0n });
  closeSync(second.fd);
});

test("errors are system errors", async () => {
  await expect(logs.position("/nonexistent/x")).rejects.toMatchObject({ code: 38, domain: 63, int1: 2 });
});
