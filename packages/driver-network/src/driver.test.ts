import { readdir, readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { reload } from "./recover.ts";
import { FakeHost } from "./testing.ts";

let host: FakeHost;
beforeEach(async () => {
  host = await FakeHost.create();
});
afterEach(() => host.remove());

const uuid = "81ff0d90-c91e-6742-64da-4a736edb9a9b";
const xml = (name: string, body = "") => `<network><name>${name}</name>${body}</network>`;
const names = async (folder: string) => (await readdir(folder)).sort();

test("define, start, destroy, undefine", async () => {
  const driver = await host.driver();
  const network = await driver.define(xml("n", `<uuid>${uuid}</uuid>`));
  expect(network.current.bridge?.name).toBe("virbr0");
  expect(network.current.mac).toBe("52:54:00:01:01:01");
  expect(await names(host.dirs.config)).toEqual(["autostart", "n.xml"]);
  await driver.start(network);
  expect([network.isActive, [...host.interfaces]]).toEqual([true, ["virbr0"]]);
  await expect(driver.start(network)).rejects.toThrow("network is already active");
  await driver.destroy(network);
  expect([network.isActive, [...host.interfaces]]).toEqual([false, []]);
  await expect(driver.destroy(network)).rejects.toThrow("network 'n' is not active");
  await driver.undefine(network);
  expect(() => driver.byName("n")).toThrow("no network with matching name 'n'");
  expect(() => driver.byUuid(uuid, "n")).toThrow(`no network with matching uuid '${uuid}' (n)`);
  expect(await names(host.dirs.status)).toEqual(["autostarted"]);
});

test("the steps of a start, in order", async () => {
  const driver = await host.driver();
  await driver.create(xml("n"));
  const steps = host.programs.map((record) => record.split("\n")[0]);
  expect(steps[0]).toBe("ip -batch -");
  expect(new Set(steps.slice(1, 3))).toEqual(new Set(["nft -ae -f -", "tc -batch -"]));
  expect(steps[3]).toBe("ip -batch -");
});

test.each([
  [/^nft/, "nft"],
  [/address add|link set/, "ip"],
  [/link add/, "ip"],
])("a start that fails at %s is undone", async (record, program) => {
  const driver = await host.driver();
  host.failing = { record, stderr: "broken" };
  await expect(driver.create(xml("n"))).rejects.toThrow(program);
  expect([...host.interfaces]).toEqual([]);
  expect(await names(host.dirs.status)).toEqual(["autostarted"]);
  expect(await names(host.dirs.dnsmasq)).toEqual([]);
  host.failing = undefined;
  await driver.create(xml("n"));
});

test("a kernel without checksum action is told once", async () => {
  const driver = await host.driver();
  host.failing = { record: /csum/, stderr: "no such action" };
  await driver.create(xml("a"));
  await driver.create(xml("b"));
  expect(host.warnings).toHaveLength(1);
  expect(host.programs.filter((record) => record.startsWith("tc -batch"))).toHaveLength(1);
});

test.each([
  ["same name, other UUID", xml("n"), `network 'n' already exists with uuid ${uuid}`],
  [
    "same UUID, other name",
    xml("m", `<uuid>${uuid}</uuid>`),
    `network 'n' is already defined with uuid ${uuid}`,
  ],
  ["same bridge", xml("m", "<bridge name='virbr0'/>"), "bridge name 'virbr0' already in use."],
  ["slash", xml("a/b"), "invalid char in name: /"],
])("refused: %s", async (_what, text, message) => {
  const driver = await host.driver();
  await driver.define(xml("n", `<uuid>${uuid}</uuid>`));
  await expect(driver.define(text)).rejects.toThrow(message);
  expect([...driver.networks].map(({ name }) => name)).toEqual(["n"]);
});

test("networks defined at the same time get bridges of their own", async () => {
  host.interfaces.add("virbr1");
  const driver = await host.driver();
  const defined = await Promise.all(["a", "b", "c"].map((name) => driver.define(xml(name))));
  expect(defined.map(({ current }) => current.bridge?.name)).toEqual(["virbr0", "virbr2", "virbr3"]);
});

test("validation refuses what no declaration knows", async () => {
  const driver = await host.driver();
  await driver.define(xml("n", "<extra/>"));
  await expect(driver.define(xml("m", "<extra/>"), { validate: true })).rejects.toThrow(
    "unknown element <extra>",
  );
});

test("a running network is taken over; one whose bridge is gone is not", async () => {
  const first = await host.driver();
  await first.create(xml("kept"));
  await first.define(xml("lost"));
  await first.start(first.byName("lost"));
  host.interfaces.delete("virbr1");
  const next = await host.driver();
  expect([...next.networks].map(({ name, isActive }) => [name, isActive])).toEqual([
    ["lost", false],
    ["kept", true],
  ]);
  expect(next.byName("kept").live?.firewall).toHaveLength(3);
});

test("rules that a killed daemon renewed and did not note are not left behind", async () => {
  const first = await host.driver();
  const network = await first.create(xml("n"));
  const noted = await readFile(`${host.dirs.status}/n.xml`, "utf8");
  const rules = [...host.rules.values()];
  await reload(first);
  await writeFile(`${host.dirs.status}/n.xml`, noted);
  const next = await host.driver();
  expect([...host.rules.values()].sort()).toEqual(rules.sort());
  await next.destroy(next.byName(network.name));
  expect([...host.rules.values()].filter((rule) => rule.includes("virbr"))).toEqual([]);
});

test("what an interrupted start left is taken away", async () => {
  const first = await host.driver();
  await first.create(xml("n"));
  await writeFile(`${host.dirs.status}/n.unfinished`, await readFile(`${host.dirs.status}/n.xml`));
  await writeFile(`${host.dirs.status}/n.xml.new`, "half");
  await host.driver();
  expect([...host.interfaces]).toEqual([]);
  expect(await names(host.dirs.status)).toEqual(["autostarted"]);
});

test("autostart once a boot", async () => {
  const driver = await host.driver();
  await driver.setAutostart(await driver.define(xml("n")), true);
  expect((await host.driver()).byName("n").isActive).toBe(false);
  await host.file("proc/sys/kernel/random/boot_id", "boot-2\n");
  expect((await host.driver()).byName("n").isActive).toBe(true);
  expect((await host.driver()).byName("n").isActive).toBe(true);
});

test("hand-written definitions are completed, broken ones passed over", async () => {
  await host.file("etc/qemu/networks/hand.xml", xml("hand"));
  await host.file("etc/qemu/networks/other.xml", xml("wrong-name"));
  await host.file("etc/qemu/networks/broken.xml", "<network>");
  const driver = await host.driver();
  expect([...driver.networks].map(({ name }) => name)).toEqual(["hand"]);
  const { uuid: chosen } = driver.byName("hand");
  expect((await host.driver()).byName("hand").uuid).toBe(chosen);
  expect(host.warnings).toHaveLength(4);
});

test("a reload reads definitions again and renews all rules in one go", async () => {
  const driver = await host.driver();
  await driver.create(xml("a"));
  await driver.create(xml("b"));
  await host.file("etc/qemu/networks/late.xml", xml("late"));
  host.programs.length = 0;
  await reload(driver);
  expect(driver.byName("late").isPersistent).toBe(true);
  const [record = ""] = host.programs.filter((text) => text.startsWith("nft") && text.includes("insert"));
  expect(record.match(/^delete rule/gm)).toHaveLength(6);
  expect(record.match(/^insert rule .*virbr/gm)).toHaveLength(6);
});

test("what could not be taken away is tried again later", async () => {
  const driver = await host.driver();
  const network = await driver.create(xml("n"));
  host.failing = { record: /link delete/, stderr: "busy" };
  await driver.destroy(network);
  expect([...host.interfaces]).toEqual(["virbr0"]);
  host.failing = undefined;
  await host.driver();
  expect([...host.interfaces]).toEqual([]);
  expect(await names(host.dirs.status)).toEqual(["autostarted"]);
});
