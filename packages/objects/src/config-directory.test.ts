import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ErrorDomain } from "@libvirt-ts/errors";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigDirectory } from "./config-directory.ts";

let root: string;
let directory: ConfigDirectory;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "objects-"));
  directory = new ConfigDirectory({
    path: join(root, "qemu"),
    autostartPath: join(root, "qemu/autostart"),
    editCommand: "edit",
    domain: ErrorDomain.DOMAIN,
  });
  await directory.prepare();
});
afterEach(() => rm(root, { recursive: true }));

test("saved, linked, loaded, removed", async () => {
  await directory.save("b", "<domain/>\n");
  await directory.save("a", "<domain/>\n");
  await directory.setAutostart("b", true);
  await directory.setAutostart("b", true);
  const loaded = await directory.load();
  expect(loaded.map(({ name, autostart }) => [name, autostart])).toEqual([
    ["a", false],
    ["b", true],
  ]);
  await directory.remove("b");
  await directory.remove("b");
  expect((await directory.load()).map(({ name }) => name)).toEqual(["a"]);
});

test("the head names the command to use", async () => {
  await directory.save("vm", "<domain/>\n");
  const text = await readFile(directory.file("vm"), "utf8");
  expect(text).toMatch(
    /^<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE\.[\s\S]*\n {2}virsh edit vm\n[\s\S]*-->\n\n<domain\/>\n$/,
  );
  await directory.save("a--b", "<domain/>\n");
  expect(await readFile(directory.file("a--b"), "utf8")).toContain("\n  virsh edit\n");
});

test("a link elsewhere is no autostart", async () => {
  await directory.save("vm", "<domain/>\n");
  await symlink("/nowhere.xml", join(root, "qemu/autostart/vm.xml"));
  expect((await directory.load())[0]?.autostart).toBe(false);
});

test("an unwritable place is a system error", async () => {
  const missing = new ConfigDirectory({
    path: join(root, "missing"),
    editCommand: "edit",
    domain: ErrorDomain.DOMAIN,
  });
  await expect(missing.save("x", "")).rejects.toMatchObject({ code: 38, int1: 2 });
  expect(await missing.load()).toEqual([]);
});
