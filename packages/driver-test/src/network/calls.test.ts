import { parseUuid } from "@libvirt-ts/util/uuid";
import { expect, test } from "vitest";
import { openForTest } from "../testing.ts";

const text = "dd8fe884-6c02-601e-7551-cca97df1c5df";
const other = "11111111-2222-3333-4444-555555555555";
const net = { name: "default", uuid: parseUuid(text) };
const gone = { name: "x", uuid: parseUuid(other) };
const host = "<host mac='52:54:00:00:00:01' name='a' ip='192.168.122.45'/>";
const xml = (name: string, uuid: string, body = "") =>
  `<network><name>${name}</name><uuid>${uuid}</uuid>${body}</network>`;
const at = { parentIndex: 0, flags: 0, command: 3, section: 4 };

test.each([
  ["networkLookupByName", { name: "default" }, { net }],
  ["networkLookupByName", { name: "x" }, "43 12 Network not found: no network with matching name 'x'"],
  ["networkLookupByUuid", gone, `43 12 Network not found: no network with matching uuid '${other}'`],
  ["networkIsActive", { net: gone }, `43 12 Network not found: no network with matching uuid '${other}'`],
  ["networkUndefine", { net: gone }, "43 12 Network not found: no network with matching name 'x'"],
  ["networkGetBridgeName", { net }, { name: "virbr0" }],
  ["networkGetAutostart", { net }, { autostart: 0 }],
  ["networkIsPersistent", { net }, { persistent: 1 }],
  ["networkCreate", { net }, "55 12 Requested operation is not valid: Network 'default' is already running"],
  ["networkUndefine", { net }, "55 12 Requested operation is not valid: Network 'default' is still running"],
  ["networkGetXmlDesc", { net, flags: 1 }, "8 12 unsupported flags (0x1) in function testNetworkGetXMLDesc"],
  [
    "networkDefineXml",
    { xml: xml("default", other) },
    `9 19 operation failed: network 'default' already exists with uuid ${text}`,
  ],
  [
    "networkDefineXml",
    { xml: xml("z", text) },
    `9 19 operation failed: network 'default' is already defined with uuid ${text}`,
  ],
  [
    "networkCreateXml",
    { xml: xml("default", text) },
    "55 19 Requested operation is not valid: network is already active as 'default'",
  ],
  ["networkUpdate", { net, ...at, xml: host }, undefined],
  [
    "networkUpdate",
    { net, ...at, command: 5, xml: host },
    "84 19 Operation not supported: unrecognized network update command code 5",
  ],
  [
    "networkGetMetadata",
    { network: net, type: 0, uri: null, flags: 0 },
    expect.stringContaining("not present"),
  ],
  ["connectListAllNetworks", { needResults: 0, flags: 2 }, { nets: [], ret: 1 }],
  ["connectListDefinedNetworks", { maxnames: 9 }, { names: [] }],
] as const)("%s %o", async (name, args, answer) => {
  expect(await openForTest().ask(name, args)).toEqual(answer);
});

test("events, and a stored definition that is never used", async () => {
  const { ask, events } = openForTest();
  for (const eventID of [0, 1]) await ask("connectNetworkEventRegisterAny", { eventID, net: null });
  await ask("networkDefineXml", { xml: xml("default", text, "<bridge name='b2'/>") });
  await ask("networkDestroy", { net });
  expect(await ask("networkGetBridgeName", { net })).toEqual({ name: "virbr0" });
  await ask("networkSetMetadata", { network: net, type: 1, metadata: "t", key: null, uri: null, flags: 0 });
  await ask("networkUndefine", { net });
  await ask("networkCreateXml", { xml: xml("x", other) });
  await ask("networkDestroy", { net: gone });
  const told = (of: object, event: number) => ({ callbackID: 0, net: of, event, detail: 0 });
  expect(events).toEqual([
    told(net, 0),
    told(net, 3),
    { callbackID: 1, net, type: 1, nsuri: null },
    told(net, 1),
    told(gone, 2),
    told(gone, 3),
  ]);
  expect(await ask("connectListAllNetworks", { needResults: 1, flags: 0 })).toEqual({ nets: [], ret: 0 });
});

test("a stored definition is split off by the first change of its own", async () => {
  const { ask, driver } = openForTest();
  const add = (name: string, flags: number) =>
    ask("networkUpdate", { net, ...at, section: 9, flags, xml: `<portgroup name='${name}'/>` });
  await add("a", 1);
  await add("b", 2);
  await add("c", 3);
  const network = driver.networks.find("default");
  const names = (def: typeof network.def) => def.portGroups.map(({ name }) => name);
  expect([names(network.def), names(network.config)]).toEqual([
    ["a", "c"],
    ["a", "b", "c"],
  ]);
});

test("a stored definition is changed, not the one that runs", async () => {
  const { ask, driver } = openForTest();
  await ask("networkUpdate", { net, ...at, flags: 2, xml: host });
  const network = driver.networks.find("default");
  expect(network.def.ips[0]?.dhcp?.hosts ?? []).toEqual([]);
  expect(network.config.ips[0]?.dhcp?.hosts).toHaveLength(1);
});
