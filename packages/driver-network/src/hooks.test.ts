import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { run } from "@libvirt-ts/host";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeHost } from "./testing.ts";

let host: FakeHost;
beforeEach(async () => {
  host = await FakeHost.create();
  const fake = host.run;
  host.run = (file, args, options) =>
    file.startsWith("/") ? run(file, args, options) : fake(file, args, options);
});
afterEach(() => host.remove());

async function hook(path: string, script: string, mode = 0o755): Promise<void> {
  await mkdir(`${host.dirs.hooks}/network.d`, { recursive: true });
  await writeFile(`${host.dirs.hooks}/${path}`, `#!/bin/sh\n${script}\n`);
  await chmod(`${host.dirs.hooks}/${path}`, mode);
}

test("hooks are told what happens, in order, with the network's XML", async () => {
  const log = `${host.root}/log`;
  await hook("network", `echo "main $*" >> ${log}; cat > ${host.root}/xml`);
  await hook("network.d/10-second", `echo "second $2" >> ${log}`);
  await hook("network.d/05-off", `echo "off" >> ${log}`, 0o644);
  const driver = await host.driver();
  await driver.destroy(await driver.create("<network><name>n</name></network>"));
  expect((await readFile(log, "utf8")).trim().split("\n")).toEqual([
    ...["main n start begin -", "second start"],
    ...["main n started begin -", "second started"],
    ...["main n stopped end -", "second stopped"],
  ]);
  expect(await readFile(`${host.root}/xml`, "utf8")).toMatch(
    /^<hookData>\n {2}<network>\n {4}<name>n<\/name>[\s\S]*<\/hookData>\n$/,
  );
});

test.each(["start", "started"])("a hook that fails at %s keeps a network from starting", async (moment) => {
  await hook("network", `[ "$2" = ${moment} ] && { echo no >&2; exit 1; }; exit 0`);
  const driver = await host.driver();
  await expect(driver.create("<network><name>n</name></network>")).rejects.toThrow(
    /^Hook script execution failed: .*: no$/,
  );
  expect([...host.interfaces]).toEqual([]);
});
