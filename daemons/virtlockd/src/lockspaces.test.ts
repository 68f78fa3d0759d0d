import { existsSync, linkSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { expect, test, vi } from "vitest";
import { lockFiles } from "./lock-file.ts";
import { Lockspaces } from "./lockspaces.ts";
import { Owners } from "./owners.ts";
import { Records } from "./records.ts";

const exclusive = { shared: false, create: false };
const shared = { shared: true, create: false };

/** As clients see it: what is thrown at once is an answer like any other. */
class Promised extends Lockspaces {
  override async acquire(...args: Parameters<Lockspaces["acquire"]>): Promise<void> {
    return super.acquire(...args);
  }

  override async release(...args: Parameters<Lockspaces["release"]>): Promise<void> {
    return super.release(...args);
  }
}

function world(table = new Map<string, unknown>()) {
  const directory = mkdtempSync(join(tmpdir(), "lockspaces-"));
  const image = join(directory, "a.img");
  writeFileSync(image, "");
  const records = new Records(undefined, table);
  const owners = new Owners(native, silentLogger(), records);
  const release = vi.fn();
  const inhibit = vi.fn(() => release);
  const onError = (error: unknown) => {
    throw error;
  };
  const spaces = new Promised({ files: lockFiles(native), owners, records, inhibit, onError });
  return { directory, image, owners, records, spaces, inhibit, release, me: owners.use(process.pid) };
}

test("exclusive: one holder, whoever asks; free after release", async () => {
  const { spaces, image, me, inhibit, release } = world();
  await spaces.acquire("", image, me, exclusive);
  for (const options of [exclusive, shared]) {
    await expect(spaces.acquire("", image, me, options)).rejects.toMatchObject({
      code: 87,
      domain: 51,
      message: `resource busy: Lockspace resource '${image}' is locked`,
    });
  }
  expect(release).not.toHaveBeenCalled();
  await spaces.release("", image, me.pid);
  expect(inhibit).toHaveBeenCalledOnce();
  expect(release).toHaveBeenCalledOnce();
  await spaces.acquire("", image, me, exclusive);
});

test("shared: counts every acquisition, keeps exclusive ones out", async () => {
  const { spaces, image, me } = world();
  await spaces.acquire("", image, me, shared);
  await spaces.acquire("", image, me, shared);
  await spaces.release("", image, me.pid);
  await expect(spaces.acquire("", image, me, exclusive)).rejects.toMatchObject({ code: 87 });
  await spaces.release("", image, me.pid);
  await spaces.acquire("", image, me, exclusive);
});

test.each([
  ["symlink", (from: string, to: string) => symlinkSync(from, to)],
  ["hard link", (from: string, to: string) => linkSync(from, to)],
])("another name of a locked file (%s) is locked too, and releasing it changes nothing", async (_, make) => {
  const { spaces, image, directory, me } = world();
  const alias = join(directory, "alias");
  make(image, alias);
  await spaces.acquire("", image, me, exclusive);
  await expect(spaces.acquire("", alias, me, exclusive)).rejects.toMatchObject({
    message: `resource busy: Lockspace resource '${alias}' is locked`,
  });
  await expect(spaces.release("", alias, me.pid)).rejects.toMatchObject({ code: 87 });
  const other = world();
  await expect(other.spaces.acquire("", image, other.me, shared)).rejects.toMatchObject({ code: 87 });
});

test("concurrent requests for one resource: exactly one wins", async () => {
  const { spaces, image, me } = world();
  const results = await Promise.allSettled(
    [...Array(20)].map(() => spaces.acquire("", image, me, exclusive)),
  );
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a lockspace directory: made on demand, files come and go with the lock", async () => {
  const { spaces, directory, me } = world();
  const space = join(directory, "x/y");
  await spaces.add(space, false);
  await expect(spaces.add(space, false)).rejects.toMatchObject({
    code: 1,
    message: `internal error: Lockspace for path ${space} already exists`,
  });
  await spaces.add(space, true);
  await expect(spaces.acquire(space, "r", me, exclusive)).rejects.toMatchObject({
    code: 38,
    domain: 51,
    int1: 2,
    message: `Unable to open resource ${space}/r: No such file or directory`,
  });
  await spaces.acquire(space, "r", me, { shared: false, create: true });
  await expect(spaces.deleteFile(space, "r")).rejects.toMatchObject({ code: 87 });
  await spaces.release(space, "r", me.pid);
  expect(existsSync(join(space, "r"))).toBe(false);
  await spaces.createFile(space, "r");
  await spaces.acquire(space, "r", me, exclusive);
  await spaces.release(space, "r", me.pid);
  expect(existsSync(join(space, "r"))).toBe(true);
  await spaces.deleteFile(space, "r");
  await spaces.deleteFile(space, "r");
});

test("a created file that another daemon shares is not removed", async () => {
  const { spaces, directory, me } = world();
  const other = world();
  const options = { shared: true, create: true };
  const file = join(directory, "r");
  await spaces.acquire("", file, me, options);
  await other.spaces.acquire("", file, other.me, options);
  await spaces.release("", file, me.pid);
  expect(existsSync(file)).toBe(true);
  await other.spaces.release("", file, me.pid);
  expect(existsSync(file)).toBe(false);
});

test.each(["..", ".", "", "a/b", "../a"])("name %j cannot leave its lockspace", async (name) => {
  const { spaces, directory, me } = world();
  await spaces.add(directory, true);
  await expect(spaces.acquire(directory, name, me, exclusive)).rejects.toMatchObject({ code: 8, domain: 51 });
});

test("errors of callers", async () => {
  const { spaces, image, directory, me } = world();
  await expect(spaces.acquire("/nope", image, me, exclusive)).rejects.toMatchObject({
    code: 1,
    domain: 7,
    message: "internal error: Lockspace for path /nope does not exist",
  });
  await expect(spaces.add("", true)).rejects.toMatchObject({ code: 55, domain: 7 });
  await expect(spaces.add(image, true)).rejects.toMatchObject({ code: 1, domain: 51 });
  await expect(spaces.release("", image, me.pid)).rejects.toMatchObject({
    code: 87,
    message: `resource busy: Lockspace resource '${image}' is not locked`,
  });
  await spaces.acquire("", image, me, exclusive);
  await expect(spaces.release("", image, 1)).rejects.toMatchObject({
    code: 1,
    domain: 51,
    message: "internal error: owner 1 does not hold the resource lock",
  });
  await expect(spaces.acquire("", directory, me, exclusive)).rejects.toMatchObject({ code: 38, int1: 21 });
});

test("kept and adopted: the same locks, the same owners", async () => {
  const table = new Map<string, unknown>();
  const first = world(table);
  await first.spaces.acquire("", first.image, first.me, exclusive);
  const next = world(table);
  const [[key, record] = ["", undefined]] = next.records.all("lock");
  if (!record) throw new Error("no record");
  const [fd] = [...first.spaces.resources()].map((resource) => resource.fd);
  next.spaces.adopt(key, record, [next.owners.use(process.pid)], fd);
  await expect(next.spaces.acquire("", first.image, next.me, exclusive)).rejects.toMatchObject({ code: 87 });
  await next.spaces.release("", first.image, next.me.pid);
  expect(next.records.all("lock")).toEqual([]);
  await next.spaces.acquire("", first.image, next.me, exclusive);
});
