import type { Connect, StoragePool, StorageVol } from "@libvirt-ts/client";
import { waitFor } from "@libvirt-ts/testing";
import { describe, expect, test } from "vitest";
import { describeStories, type Stories } from "./story.ts";
import { connectTo, type Target } from "./target.ts";

const unknown = 2 ** 30;
const uuid = "11111111-2222-3333-4444-555555555555";
const poolXml = (name = "own", path = "/own") =>
  `<pool type='dir'><name>${name}</name><uuid>${uuid}</uuid><target><path>${path}</path></target></pool>`;
const volXml = (name = "a", capacity = 1024, allocation = 512) =>
  `<volume><name>${name}</name><capacity>${capacity}</capacity><allocation>${allocation}</allocation></volume>`;

interface Scene {
  readonly connect: Connect;
  readonly pool: StoragePool;
}
interface VolumeScene extends Scene {
  readonly vol: StorageVol;
}

/** Storage pools and their volumes. */
export function describeStorage(target: Target): void {
  const open = async (isActive: boolean): Promise<Scene> => {
    const connect = await connectTo(target);
    const pool = await connect.storagePoolDefineXml({ xml: poolXml() });
    if (isActive) await pool.create();
    return { connect, pool };
  };
  const openVolume = async (): Promise<VolumeScene> => {
    const scene = await open(true);
    return { ...scene, vol: await scene.pool.storageVolCreateXml({ xml: volXml() }) };
  };
  describe("storage", () => {
    describeStories(target, () => open(true), activePool);
    describeStories(target, () => open(false), inactivePool);
    describeStories(target, openVolume, volumes);

    test("events of pools, in the order of what happened", async () => {
      const { connect, pool } = await open(false);
      const seen: (number | string)[] = [];
      await connect.on("storagePool.lifecycle", ({ event }) => seen.push(event), { object: pool });
      await connect.on("storagePool.refresh", () => seen.push("refreshed"), { object: pool });
      await pool.build();
      await pool.create();
      await pool.refresh();
      await pool.destroy();
      await pool.delete();
      await pool.undefine();
      await waitFor("the last event", () => seen.at(-1) === 1);
      expect(seen).toEqual([4, 2, "refreshed", 3, 5, 1]);
    });

    test("lists and counts agree", async () => {
      const { connect, pool } = await open(false);
      const all = (await connect.listAllStoragePools()).map(({ name }) => name);
      const active = await connect.listStoragePools({ maxnames: 100 });
      const defined = await connect.listDefinedStoragePools({ maxnames: 100 });
      expect(defined).toContain(pool.name);
      expect([active.length, defined.length]).toEqual([
        await connect.numOfStoragePools(),
        await connect.numOfDefinedStoragePools(),
      ]);
      expect([...active, ...defined].sort()).toEqual(all.sort());
    });

    test("a transient pool is gone when it ends", async () => {
      const connect = await connectTo(target);
      const pool = await connect.storagePoolCreateXml({ xml: poolXml() });
      expect([await pool.isActive(), await pool.isPersistent()]).toEqual([true, false]);
      await pool.destroy();
      await expect(pool.isActive()).rejects.toThrow();
    });

    test("a volume takes its size from the pool", async () => {
      const { pool } = await open(true);
      const before = await pool.getInfo();
      const vol = await pool.storageVolCreateXml({ xml: volXml("b", 4096, 1024) });
      expect(await vol.getInfo()).toEqual({ type: 0, capacity: 4096n, allocation: 1024n });
      const after = await pool.getInfo();
      expect(after.allocation - before.allocation).toBe(1024n);
      expect(before.available - after.available).toBe(1024n);
    });
  });
}

const activePool: Stories<Scene> = {
  "a pool that runs": [
    [({ pool }) => pool.isActive(), true],
    [({ pool }) => pool.isPersistent(), true],
    [({ pool }) => pool.create(), "OPERATION_INVALID/driver"],
    [({ pool }) => pool.create({ flags: 1 }), "INVALID_ARG/driver"],
    [({ pool }) => pool.undefine(), "OPERATION_INVALID/driver"],
    [({ pool }) => pool.build(), "OPERATION_INVALID/driver"],
    [({ pool }) => pool.build({ flags: unknown }), "INVALID_ARG/driver"],
    [({ pool }) => pool.delete(), "OPERATION_INVALID/driver"],
    [({ pool }) => pool.refresh(), "ok"],
    [({ pool }) => pool.refresh({ flags: 1 }), "INVALID_ARG/driver"],
    [async ({ pool }) => (await pool.getInfo()).state, 2],
    [async ({ pool }) => (await pool.getXmlDesc()).includes("<path>/own</path>"), true],
    [({ pool }) => pool.getXmlDesc({ flags: unknown }), "INVALID_ARG/driver"],
    [({ pool }) => pool.getAutostart(), false],
    [({ pool }) => pool.setAutostart({ autostart: true }), "ok"],
    [({ pool }) => pool.getAutostart(), true],
    [({ pool }) => pool.setAutostart({ autostart: false }), "ok"],
    [({ connect }) => connect.storagePoolLookupByName({ name: "own" }), "own"],
    [({ connect }) => connect.storagePoolLookupByUuid({ uuid }), "own"],
    [({ pool }) => pool.destroy(), "ok"],
    [({ pool }) => pool.destroy(), "OPERATION_INVALID/driver"],
    [async ({ pool }) => (await pool.getInfo()).state, 0],
    [({ pool }) => pool.delete(), "ok"],
    [({ pool }) => pool.undefine(), "ok"],
    [({ pool }) => pool.undefine(), "NO_STORAGE_POOL/driver"],
    [({ pool }) => pool.getInfo(), "NO_STORAGE_POOL/driver"],
    [({ pool }) => pool.getXmlDesc(), "NO_STORAGE_POOL/driver"],
  ],
  filters: [
    [
      async ({ connect }) => (await connect.listAllStoragePools({ flags: 1 })).map(({ name }) => name).sort(),
      [],
    ],
    [
      async ({ connect }) => (await connect.listAllStoragePools({ flags: 2 })).map(({ name }) => name).sort(),
      ["default-pool", "own"],
    ],
    [
      async ({ connect }) => (await connect.listAllStoragePools({ flags: 8 })).map(({ name }) => name).sort(),
      [],
    ],
    [
      async ({ connect }) =>
        (await connect.listAllStoragePools({ flags: 64 })).map(({ name }) => name).sort(),
      ["default-pool", "own"],
    ],
    [
      async ({ connect }) =>
        (await connect.listAllStoragePools({ flags: 128 })).map(({ name }) => name).sort(),
      [],
    ],
    [({ connect }) => connect.listAllStoragePools({ flags: unknown }), "INVALID_ARG/driver"],
  ],
  sources: [
    [
      async ({ connect }) => (await connect.findStoragePoolSources({ type: "logical" })).includes("<source>"),
      true,
    ],
    [({ connect }) => connect.findStoragePoolSources({ type: "dir" }), "INTERNAL_ERROR/driver"],
    [({ connect }) => connect.findStoragePoolSources({ type: "bogus" }), "NO_SUPPORT/driver"],
    [({ connect }) => connect.findStoragePoolSources({ type: "netfs" }), "INVALID_ARG/driver"],
    [
      async ({ connect }) =>
        (
          await connect.findStoragePoolSources({
            type: "netfs",
            srcSpec: "<source><host name='h'/></source>",
          })
        ).includes("h"),
      true,
    ],
    [({ connect }) => connect.findStoragePoolSources({ type: "logical", flags: 1 }), "INVALID_ARG/driver"],
  ],
};

const inactivePool: Stories<Scene> = {
  "a pool that does not run": [
    [({ pool }) => pool.isActive(), false],
    [({ pool }) => pool.destroy(), "OPERATION_INVALID/driver"],
    [({ pool }) => pool.refresh(), "OPERATION_INVALID/driver"],
    [({ pool }) => pool.numOfVolumes(), "OPERATION_INVALID/driver"],
    [({ pool }) => pool.listVolumes({ maxnames: 10 }), "OPERATION_INVALID/driver"],
    [({ pool }) => pool.listAllVolumes(), "OPERATION_INVALID/driver"],
    [({ pool }) => pool.storageVolLookupByName({ name: "a" }), "OPERATION_INVALID/driver"],
    [({ pool }) => pool.storageVolCreateXml({ xml: volXml() }), "OPERATION_INVALID/driver"],
    [({ pool }) => pool.build(), "ok"],
    [({ pool }) => pool.create(), "ok"],
    [({ pool }) => pool.numOfVolumes(), 0],
  ],
  "definitions of pools": [
    [({ connect }) => connect.storagePoolDefineXml({ xml: "<pool" }), "XML_DETAIL/STORAGE"],
    [({ connect }) => connect.storagePoolDefineXml({ xml: "<network/>" }), "XML_ERROR/XML"],
    [({ connect }) => connect.storagePoolDefineXml({ xml: "<pool type='dir'/>" }), "XML_ERROR/STORAGE"],
    [
      ({ connect }) => connect.storagePoolDefineXml({ xml: "<pool type='bogus'><name>x</name></pool>" }),
      "XML_ERROR/XML",
    ],
    [({ connect }) => connect.storagePoolDefineXml({ xml: poolXml("other") }), "OPERATION_FAILED/STORAGE"],
    [
      ({ connect }) =>
        connect.storagePoolDefineXml({ xml: poolXml("own").replace(uuid, uuid.replace("1", "9")) }),
      "OPERATION_FAILED/STORAGE",
    ],
    [({ connect }) => connect.storagePoolDefineXml({ xml: poolXml(), flags: unknown }), "INVALID_ARG/driver"],
    [({ connect }) => connect.storagePoolCreateXml({ xml: poolXml(), flags: unknown }), "INVALID_ARG/driver"],
    [({ connect }) => connect.storagePoolLookupByName({ name: "nobody" }), "NO_STORAGE_POOL/driver"],
    [
      ({ connect }) => connect.storagePoolLookupByUuid({ uuid: "00000000-0000-0000-0000-0000000000aa" }),
      "NO_STORAGE_POOL/driver",
    ],
  ],
};

const volumes: Stories<VolumeScene> = {
  "a volume": [
    [({ vol }) => vol.getPath(), "/own/a"],
    [async ({ vol }) => vol.key, "/own/a"],
    [({ vol }) => vol.getInfo(), { type: 0, capacity: 1024n, allocation: 512n }],
    [async ({ vol }) => (await vol.getXmlDesc()).includes("<name>a</name>"), true],
    [({ vol }) => vol.getXmlDesc({ flags: 1 }), "INVALID_ARG/driver"],
    [({ vol }) => vol.storagePoolLookupByVolume(), "own"],
    [({ connect }) => connect.storageVolLookupByKey({ key: "/own/a" }), "a"],
    [({ connect }) => connect.storageVolLookupByPath({ path: "/own/a" }), "a"],
    [({ connect }) => connect.storageVolLookupByKey({ key: "/none" }), "NO_STORAGE_VOL/driver"],
    [({ connect }) => connect.storageVolLookupByPath({ path: "/none" }), "NO_STORAGE_VOL/driver"],
    [({ pool }) => pool.storageVolLookupByName({ name: "a" }), "a"],
    [({ pool }) => pool.storageVolLookupByName({ name: "none" }), "NO_STORAGE_VOL/driver"],
    [({ pool }) => pool.numOfVolumes(), 1],
    [({ pool }) => pool.listVolumes({ maxnames: 10 }), ["a"]],
    [({ pool }) => pool.listAllVolumes(), ["a"]],
    [({ pool }) => pool.listAllVolumes({ flags: 1 }), "INVALID_ARG/driver"],
    [({ vol }) => vol.delete({ flags: unknown }), "INVALID_ARG/driver"],
    [({ vol }) => vol.delete(), "ok"],
    [({ vol }) => vol.delete(), "NO_STORAGE_VOL/driver"],
    [({ vol }) => vol.getInfo(), "NO_STORAGE_VOL/driver"],
    [({ vol }) => vol.getPath(), "NO_STORAGE_VOL/driver"],
    [({ vol }) => vol.getXmlDesc(), "NO_STORAGE_VOL/driver"],
  ],
  "volumes made, and made of others": [
    [({ pool }) => pool.storageVolCreateXml({ xml: volXml() }), "OPERATION_FAILED/driver"],
    [({ pool }) => pool.storageVolCreateXml({ xml: "<volume" }), "XML_DETAIL/STORAGE"],
    [({ pool }) => pool.storageVolCreateXml({ xml: "<pool/>" }), "XML_ERROR/XML"],
    [({ pool }) => pool.storageVolCreateXml({ xml: "<volume><name>n</name></volume>" }), "XML_ERROR/STORAGE"],
    [({ pool }) => pool.storageVolCreateXml({ xml: volXml("c"), flags: unknown }), "INVALID_ARG/driver"],
    [({ pool }) => pool.storageVolCreateXml({ xml: volXml("big", 1, 2 ** 50) }), "INTERNAL_ERROR/driver"],
    [({ pool, vol }) => pool.storageVolCreateXmlFrom({ xml: volXml("d"), clonevol: vol }), "d"],
    [
      ({ pool, vol }) => pool.storageVolCreateXmlFrom({ xml: volXml("d"), clonevol: vol }),
      "OPERATION_FAILED/driver",
    ],
    [
      ({ pool, vol }) => pool.storageVolCreateXmlFrom({ xml: volXml("e"), clonevol: vol, flags: unknown }),
      "INVALID_ARG/driver",
    ],
    [({ pool }) => pool.listVolumes({ maxnames: 10 }).then((names) => names.sort()), ["a", "d"]],
    [({ vol, pool }) => vol.delete().then(() => pool.numOfVolumes()), 1],
    [
      ({ pool, vol }) => pool.storageVolCreateXmlFrom({ xml: volXml("f"), clonevol: vol }),
      "NO_STORAGE_VOL/driver",
    ],
    [({ pool }) => pool.destroy(), "ok"],
    [({ connect }) => connect.storageVolLookupByPath({ path: "/own/d" }), "NO_STORAGE_VOL/driver"],
  ],
};
