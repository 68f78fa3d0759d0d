import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HostFirmware } from "./firmware-files.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "firmware-"));
});
afterAll(() => rm(root, { recursive: true }));

const put = async (path: string, filename: string | undefined) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  const mapping = { device: "memory", filename };
  const text =
    filename === undefined ? "" : JSON.stringify({ "interface-types": ["bios"], targets: [], mapping });
  await writeFile(join(root, path), text);
};

test("a file hides those of its name in folders before it; an empty one hides the name", async () => {
  await put("share/50-a.json", "/share/a");
  await put("share/60-b.json", "/share/b");
  await put("share/70-c.json", "/share/c");
  await put("share/README", "/no descriptor");
  await put("etc/60-b.json", "/etc/b");
  await put("etc/70-c.json", undefined);
  await put("user/40-d.json", "/user/d");
  const firmware = new HostFirmware(["share", "etc", "user", "nowhere"].map((name) => join(root, name)));
  const names = (await firmware.refresh()).map(({ mapping }) => "filename" in mapping && mapping.filename);
  expect(names).toEqual(["/user/d", "/share/a", "/etc/b"]);

  await put("user/30-e.json", "/user/e");
  expect(firmware.descriptors).toHaveLength(3);
  expect(await firmware.refresh()).toHaveLength(4);
});
