import { readdir, readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createPort, deletePort, findPort, setPortBandwidth } from "./ports.ts";
import { FakeHost } from "./testing.ts";

let host: FakeHost;
beforeEach(async () => {
  host = await FakeHost.create();
});
afterEach(() => host.remove());

const owner = "<owner><name>guest</name><uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner>";
const uuid = "5d744f21-ba4a-4d6e-bdb2-30a35ff3207d";
const port = (body = "") =>
  `<networkport><uuid>${uuid}</uuid>${owner}<mac address='52:54:00:7b:35:93'/>${body}</networkport>`;
const network = (body: string) => `<network><name>n</name>${body}</network>`;
const pool = (mode: string) =>
  network(`<forward mode='${mode}'><interface dev='e0'/><interface dev='e1'/></forward>`);

test.each([
  ["a bridge of ours", network(""), { type: "network", bridge: "virbr0" }],
  [
    "a bridge of the host",
    network("<forward mode='bridge'/><bridge name='b'/>"),
    { type: "bridge", bridge: "b" },
  ],
  ["a device of a pool", pool("vepa"), { type: "direct", dev: "e0", mode: "vepa" }],
])("plugged into %s", async (_what, xml, plug) => {
  const driver = await host.driver();
  const n = await driver.create(xml);
  expect((await createPort(driver, n, { xml: port(), reclaim: false })).plug).toEqual(plug);
  expect(n.current.connections).toBe(1);
  const next = (await host.driver()).byName("n");
  expect(findPort(next, uuid).plug).toEqual(plug);
  await deletePort(driver, n, uuid);
  expect(n.current.connections).toBe(0);
  expect(await readdir(driver.lifecycle.portDir("n"))).toEqual([]);
});

test("devices are shared out, exclusive ones only once", async () => {
  const driver = await host.driver();
  const n = await driver.create(pool("passthrough"));
  const next = () =>
    createPort(driver, n, {
      xml: `<networkport>${owner}<mac address='52:54:00:7b:35:93'/></networkport>`,
      reclaim: false,
    });
  expect([(await next()).plug, (await next()).plug]).toMatchObject([{ dev: "e0" }, { dev: "e1" }]);
  await expect(next()).rejects.toThrow("requires exclusive access to interfaces, but none are available");
});

test("what the interface leaves open comes from its group, then from the network", async () => {
  const driver = await host.driver();
  const n = await driver.create(
    `<network trustGuestRxFilters='yes'><name>n</name><portgroup name='g' default='yes'><bandwidth><inbound average='9'/></bandwidth></portgroup></network>`,
  );
  expect(await createPort(driver, n, { xml: port(), reclaim: false })).toMatchObject({
    group: "g",
    bandwidth: { inbound: { average: 9 } },
    trustGuestRxFilters: true,
  });
});

test("contradicting switches are refused", async () => {
  const driver = await host.driver();
  const n = await driver.create(
    network(
      "<forward mode='bridge'/><bridge name='b'/><virtualport type='openvswitch'><parameters profileid='a'/></virtualport>",
    ),
  );
  const wish = port("<virtualport><parameters profileid='b'/></virtualport>");
  await expect(createPort(driver, n, { xml: wish, reclaim: false })).rejects.toThrow("mismatched profileids");
});

test("twice the same port; a running guest takes its own again", async () => {
  const driver = await host.driver();
  const n = await driver.create(network(""));
  const { plug } = await createPort(driver, n, { xml: port(), reclaim: false });
  await expect(createPort(driver, n, { xml: port(), reclaim: false })).rejects.toThrow(
    `Network port with UUID ${uuid} already exists`,
  );
  const plugged = port("<plug type='network' bridge='virbr0'/>");
  await expect(createPort(driver, n, { xml: plugged, reclaim: false })).rejects.toThrow(
    "Port reclaim not requested",
  );
  expect((await createPort(driver, n, { xml: plugged, reclaim: true })).plug).toEqual(plug);
  expect(n.current.connections).toBe(1);
});

test("limits of a port are kept", async () => {
  const driver = await host.driver();
  const n = await driver.create(network(""));
  await createPort(driver, n, { xml: port(), reclaim: false });
  await setPortBandwidth(driver, n, { uuid, bandwidth: { inbound: { average: 5 } } });
  expect(await readFile(`${driver.lifecycle.portDir("n")}/${uuid}.xml`, "utf8")).toContain(
    "<inbound average='5'/>",
  );
});

test("only running networks have ports", async () => {
  const driver = await host.driver();
  const n = await driver.define(network(""));
  await expect(createPort(driver, n, { xml: port(), reclaim: false })).rejects.toThrow(
    "network 'n' is not active",
  );
  expect(() => findPort(n, uuid)).toThrow(`Network port with UUID ${uuid} does not exist`);
});
