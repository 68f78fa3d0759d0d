import type { Connect, Interface } from "@libvirt-ts/client";
import { describe, expect, test } from "vitest";
import { describeStories, type Stories } from "./story.ts";
import { connectTo, type Target } from "./target.ts";

const unknown = 2 ** 30;
const mac = "52:54:00:00:00:0a";
const xml = (name = "own0") =>
  `<interface type='ethernet' name='${name}'><start mode='none'/><mac address='${mac}'/></interface>`;

interface Scene {
  readonly connect: Connect;
  readonly iface: Interface;
}

/** Interfaces of the host, and changes of them that can be taken back. */
export function describeInterfaces(target: Target): void {
  const open = async (): Promise<Scene> => {
    const connect = await connectTo(target);
    return { connect, iface: await connect.interfaceDefineXml({ xml: xml() }) };
  };
  describe("interfaces", () => {
    describeStories(target, open, stories);

    test("lists and counts agree", async () => {
      const { connect, iface } = await open();
      const all = (await connect.listAllInterfaces()).map(({ name }) => name);
      const active = await connect.listInterfaces({ maxnames: 100 });
      const defined = await connect.listDefinedInterfaces({ maxnames: 100 });
      expect(defined).toContain(iface.name);
      expect([active.length, defined.length]).toEqual([
        await connect.numOfInterfaces(),
        await connect.numOfDefinedInterfaces(),
      ]);
      expect([...active, ...defined].sort()).toEqual(all.sort());
    });
  });
}

const stories: Stories<Scene> = {
  "up and down": [
    [({ iface }) => iface.isActive(), false],
    [({ iface }) => iface.destroy(), "OPERATION_INVALID/driver"],
    [({ iface }) => iface.create({ flags: 1 }), "INVALID_ARG/driver"],
    [({ iface }) => iface.create(), "ok"],
    [({ iface }) => iface.create(), "OPERATION_INVALID/driver"],
    [({ iface }) => iface.isActive(), true],
    [async ({ iface }) => (await iface.getXmlDesc()).includes(mac), true],
    [({ iface }) => iface.getXmlDesc({ flags: unknown }), "INVALID_ARG/driver"],
    [({ iface }) => iface.destroy({ flags: 1 }), "INVALID_ARG/driver"],
    [({ iface }) => iface.destroy(), "ok"],
    [({ iface }) => iface.undefine(), "ok"],
    [({ iface }) => iface.undefine(), "NO_INTERFACE/driver"],
    [({ iface }) => iface.create(), "NO_INTERFACE/driver"],
    [({ iface }) => iface.destroy(), "NO_INTERFACE/driver"],
    [({ iface }) => iface.isActive(), "NO_INTERFACE/driver"],
    [({ iface }) => iface.getXmlDesc(), "NO_INTERFACE/driver"],
  ],
  "found by name and address": [
    [({ connect }) => connect.interfaceLookupByName({ name: "own0" }), "own0"],
    [({ connect }) => connect.interfaceLookupByName({ name: "none" }), "NO_INTERFACE/driver"],
    [({ connect }) => connect.interfaceLookupByMacString({ mac }), "own0"],
    [
      ({ connect }) => connect.interfaceLookupByMacString({ mac: "52:54:00:00:00:ff" }),
      "NO_INTERFACE/driver",
    ],
    [({ connect }) => connect.interfaceDefineXml({ xml: xml("own1") }), "own1"],
    [({ connect }) => connect.interfaceLookupByMacString({ mac }), "MULTIPLE_INTERFACES/driver"],
    [
      async ({ connect }) => (await connect.listAllInterfaces({ flags: 1 })).map(({ name }) => name).sort(),
      ["own0", "own1"],
    ],
    [
      async ({ connect }) => (await connect.listAllInterfaces({ flags: 2 })).map(({ name }) => name).sort(),
      ["eth1"],
    ],
    [({ connect }) => connect.listAllInterfaces({ flags: unknown }), "INVALID_ARG/driver"],
  ],
  definitions: [
    [({ connect }) => connect.interfaceDefineXml({ xml: "<interface" }), "XML_DETAIL/INTERFACE"],
    [({ connect }) => connect.interfaceDefineXml({ xml: "<network/>" }), "XML_ERROR/XML"],
    [({ connect }) => connect.interfaceDefineXml({ xml: "<interface/>" }), "XML_ERROR/XML"],
    [({ connect }) => connect.interfaceDefineXml({ xml: xml(), flags: unknown }), "INVALID_ARG/driver"],
    [({ connect }) => connect.interfaceDefineXml({ xml: xml() }), "own0"],
  ],
  "changes taken back": [
    [({ connect }) => connect.interfaceChangeCommit({}), "OPERATION_INVALID/driver"],
    [({ connect }) => connect.interfaceChangeRollback({}), "OPERATION_INVALID/driver"],
    [({ connect }) => connect.interfaceChangeBegin({ flags: 1 }), "INVALID_ARG/driver"],
    [({ connect }) => connect.interfaceChangeBegin({}), "ok"],
    [({ connect }) => connect.interfaceChangeBegin({}), "OPERATION_INVALID/driver"],
    [({ iface }) => iface.undefine(), "ok"],
    [({ connect }) => connect.interfaceChangeRollback({ flags: 1 }), "INVALID_ARG/driver"],
    [({ connect }) => connect.interfaceChangeRollback({}), "ok"],
    [({ connect }) => connect.interfaceLookupByName({ name: "own0" }), "own0"],
  ],
  "changes kept": [
    [({ connect }) => connect.interfaceChangeBegin({}), "ok"],
    [({ iface }) => iface.undefine(), "ok"],
    [({ connect }) => connect.interfaceChangeCommit({ flags: 1 }), "INVALID_ARG/driver"],
    [({ connect }) => connect.interfaceChangeCommit({}), "ok"],
    [({ connect }) => connect.interfaceLookupByName({ name: "own0" }), "NO_INTERFACE/driver"],
    [({ connect }) => connect.interfaceChangeRollback({}), "OPERATION_INVALID/driver"],
  ],
};
