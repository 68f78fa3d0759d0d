import { parseUuid } from "@libvirt-ts/util/uuid";
import { expect, test } from "vitest";
import { openForTest } from "../testing.ts";

const text = "dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566";
const other = "11111111-2222-3333-4444-555555555555";
const pool = { name: "default-pool", uuid: parseUuid(text) };
const gone = { name: "t", uuid: parseUuid(other) };
const dir = (name: string, path: string, uuid = other) =>
  `<pool type='dir'><name>${name}</name><uuid>${uuid}</uuid><target><path>${path}</path></target></pool>`;
const fibre =
  "<pool type='scsi'><name>fc</name><source><adapter type='fc_host' wwnn='20000000c9831b4b' wwpn='10000000c9831b4b'/></source><target><path>/dev/disk</path></target></pool>";
const volume = (name: string, capacity: number, allocation: number) =>
  `<volume><name>${name}</name><capacity unit='G'>${capacity}</capacity><allocation>${allocation}</allocation></volume>`;
const invalid = "55 12 Requested operation is not valid";
const GIB = 1024n ** 3n;

test.each([
  ["storagePoolLookupByName", { name: "default-pool" }, { pool }],
  [
    "storagePoolLookupByName",
    { name: "x" },
    "49 12 Storage pool not found: no storage pool with matching name 'x'",
  ],
  [
    "storagePoolLookupByUuid",
    gone,
    `49 12 Storage pool not found: no storage pool with matching uuid '${other}'`,
  ],
  ["storagePoolGetInfo", { pool }, { state: 2, capacity: 100n * GIB, allocation: 0n, available: 100n * GIB }],
  ["storagePoolCreate", { pool, flags: 0 }, `${invalid}: storage pool 'default-pool' is active`],
  ["storagePoolCreate", { pool, flags: 1 }, "8 12 unsupported flags (0x1) in function testStoragePoolCreate"],
  ["storagePoolBuild", { pool, flags: 0 }, `${invalid}: storage pool 'default-pool' is active`],
  ["storagePoolUndefine", { pool }, `${invalid}: storage pool 'default-pool' is active`],
  [
    "storagePoolDefineXml",
    { xml: dir("default-pool", "/d"), flags: 0 },
    `9 18 operation failed: pool 'default-pool' already exists with uuid ${text}`,
  ],
  [
    "storagePoolDefineXml",
    { xml: dir("q", "/d", text), flags: 0 },
    `9 18 operation failed: pool 'default-pool' is already defined with uuid ${text}`,
  ],
  [
    "storagePoolDefineXml",
    { xml: dir("q", "/default-pool"), flags: 0 },
    "9 18 operation failed: Storage source conflict with pool: 'default-pool'",
  ],
  [
    "storagePoolCreateXml",
    { xml: dir("default-pool", "/d", text), flags: 0 },
    "55 18 Requested operation is not valid: pool is already active as 'default-pool'",
  ],
  ["connectListAllStoragePools", { needResults: 0, flags: 0x40 }, { pools: [], ret: 1 }],
  ["connectListAllStoragePools", { needResults: 0, flags: 0x80 }, { pools: [], ret: 0 }],
  [
    "connectFindStoragePoolSources",
    { type: "dir", srcSpec: null, flags: 0 },
    "1 12 internal error: unknown storage pool type dir",
  ],
  [
    "connectFindStoragePoolSources",
    { type: "netfs", srcSpec: "<source/>", flags: 0 },
    "8 12 invalid argument: hostname must be specified for netfs sources",
  ],
  [
    "connectFindStoragePoolSources",
    { type: "iscsi", srcSpec: null, flags: 0 },
    "3 12 this function is not supported by the connection driver: pool type 'iscsi' does not support source discovery",
  ],
  [
    "connectFindStoragePoolSources",
    { type: "netfs", srcSpec: "<source><host name='h'/></source>", flags: 0 },
    { xml: expect.stringMatching(/<host name='h'\/>\s+<dir path='\/testshare'\/>\s+<format type='nfs'\/>/) },
  ],
  [
    "connectFindStoragePoolSources",
    { type: "logical", srcSpec: null, flags: 0 },
    { xml: expect.stringMatching(/sda20'\/>\s+<name>testvg1<.*sda21'\/>\s+<name>testvg2</s) },
  ],
] as const)("%s %o", async (name, args, answer) => {
  expect(await openForTest().ask(name, args)).toEqual(answer);
});

test("volumes take space of their pool", async () => {
  const { ask } = openForTest();
  const create = (xml: string, flags = 0) => ask("storageVolCreateXml", { pool, xml, flags });
  const vol = { pool: "default-pool", name: "a", key: "/default-pool/a" };
  expect(await create(volume("a", 1, 4096))).toEqual({ vol });
  expect(await create(volume("a", 1, 1))).toBe("9 12 operation failed: storage vol already exists");
  expect(await create(volume("b", 1, Number(100n * GIB)))).toBe(
    "1 12 internal error: Not enough free space in pool for volume 'b'",
  );
  expect(await create(volume("b", 1, 1), 1)).toBe(
    "8 12 unsupported flags (0x1) in function testStorageVolCreateXML",
  );
  expect(await ask("storageVolGetInfo", { vol })).toEqual({ type: 0, capacity: GIB, allocation: 4096n });
  for (const [name, args] of [
    ["storageVolLookupByKey", { key: vol.key }],
    ["storageVolLookupByPath", { path: vol.key }],
    ["storageVolLookupByName", { pool, name: "a" }],
  ] as const)
    expect(await ask(name, args)).toEqual({ vol });
  const from = (clonevol: object) =>
    ask("storageVolCreateXmlFrom", { pool, xml: volume("c", 2, 4), clonevol, flags: 0 });
  const noVolume = (name: string) =>
    `50 12 Storage volume not found: no storage vol with matching name '${name}'`;
  expect(await from({ ...vol, name: "z" })).toBe(noVolume("z"));
  expect(await from(vol)).toMatchObject({ vol: { key: "/default-pool/c" } });
  expect(await ask("storagePoolGetInfo", { pool })).toMatchObject({ allocation: 4100n });
  expect(await ask("storageVolDelete", { vol, flags: 0 })).toBeUndefined();
  expect(await ask("storageVolGetPath", { vol })).toBe(noVolume("a"));
  expect(await ask("storagePoolGetInfo", { pool })).toMatchObject({ allocation: 4n });
  expect(await ask("storagePoolListVolumes", { pool, maxnames: 9 })).toEqual({ names: ["c"] });
});

test.each([
  ["storagePoolNumOfVolumes", { pool }, `${invalid}: storage pool 'default-pool' is not active`],
  ["storagePoolListAllVolumes", { pool, needResults: 1, flags: 0 }, `${invalid}: storage pool is not active`],
  ["storageVolLookupByName", { pool, name: "a" }, `${invalid}: storage pool 'default-pool' is not active`],
  [
    "storageVolLookupByKey",
    { key: "/default-pool/a" },
    "50 12 Storage volume not found: no storage vol with matching key '/default-pool/a'",
  ],
  ["storagePoolDelete", { pool, flags: 0 }, undefined],
] as const)("a pool that is stopped: %s", async (name, args, answer) => {
  const { ask } = openForTest();
  await ask("storageVolCreateXml", { pool, xml: volume("a", 1, 1), flags: 0 });
  await ask("storagePoolDestroy", { pool });
  expect(await ask(name, args)).toEqual(answer);
  await ask("storagePoolCreate", { pool, flags: 0 });
  expect(await ask("storagePoolNumOfVolumes", { pool })).toEqual({ num: 1 });
});

const onHost = "<host name='h'/><name>n</name>";
test.each([
  ["dir", "", 0],
  ["logical", "<name>n</name>", 1],
  ["vstorage", "<name>n</name>", 0],
  ["gluster", onHost, 3],
  ["rbd", onHost, 3],
])("volumes of a pool of type %s", async (type, source, number) => {
  const { ask } = openForTest();
  const xml = `<pool type='${type}'><name>t</name><uuid>${other}</uuid><source>${source}</source><target><path>/t</path></target></pool>`;
  await ask("storagePoolCreateXml", { xml, flags: 0 });
  await ask("storageVolCreateXml", { pool: gone, xml: volume("a", 1, 1), flags: 0 });
  const vol = { pool: "t", name: "a", key: "" };
  expect(await ask("storageVolGetInfo", { vol })).toMatchObject({ type: number });
});

test("events of a pool's life", async () => {
  const { ask, events } = openForTest();
  for (const eventID of [0, 1]) await ask("connectStoragePoolEventRegisterAny", { eventID, pool: null });
  await ask("storagePoolRefresh", { pool, flags: 0 });
  await ask("storagePoolCreateXml", { xml: dir("t", "/t"), flags: 0 });
  expect(await ask("storagePoolSetAutostart", { pool: gone, autostart: 1 })).toBe(
    "8 12 invalid argument: pool has no config file",
  );
  await ask("storagePoolDestroy", { pool: gone });
  await ask("storagePoolDefineXml", { xml: dir("t", "/t"), flags: 0 });
  await ask("storagePoolDelete", { pool: gone, flags: 0 });
  await ask("storagePoolBuild", { pool: gone, flags: 0 });
  await ask("storagePoolUndefine", { pool: gone });
  const told = (event: number) => ({ callbackID: 0, pool: gone, event, detail: 0 });
  expect(events).toEqual([{ callbackID: 1, pool }, ...[2, 3, 0, 5, 4, 1].map(told)]);
});

test("a pool behind Fibre Channel has an adapter of its own for as long as it runs", async () => {
  const { ask, driver } = openForTest();
  const adapters = () => [...driver.devices].filter(({ name }) => name === "scsi_host12").length;
  await ask("storagePoolCreateXml", { xml: fibre, flags: 0 });
  expect(adapters()).toBe(1);
  await ask("storagePoolDestroy", { pool: { ...gone, name: "fc" } });
  expect(adapters()).toBe(0);
});
