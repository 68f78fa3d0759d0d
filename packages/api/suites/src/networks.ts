import {
  NetworkUpdateFlags as Affect,
  NetworkUpdateCommand as Command,
  NetworkMetadataType as Metadata,
  NetworkUpdateSection as Section,
} from "@libvirt-ts/api";
import type { Connect, Network } from "@libvirt-ts/client";
import { VirError } from "@libvirt-ts/errors";
import { waitFor } from "@libvirt-ts/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { describeStories, type Stories } from "./story.ts";
import { connectTo, type Target } from "./target.ts";

const { AFFECT_LIVE: LIVE, AFFECT_CONFIG: CONFIG } = Affect;
const unknown = 2 ** 30;
const uuid = "11111111-2222-3333-4444-555555555555";
const xml = (name = "own", more = "") =>
  `<network><name>${name}</name>${name === "own" ? `<uuid>${uuid}</uuid>` : ""}<bridge name='ownbr0'/><ip address='192.168.90.1' netmask='255.255.255.0'><dhcp><range start='192.168.90.2' end='192.168.90.9'/></dhcp></ip>${more}</network>`;

interface Scene {
  readonly connect: Connect;
  readonly net: Network;
}

/** Virtual networks. */
export function describeNetworks(target: Target): void {
  const open = async (isActive: boolean): Promise<Scene> => {
    const connect = await connectTo(target);
    const net = await connect.networkDefineXml({ xml: xml() });
    onTestFinished(async () => {
      for (const end of [() => net.destroy(), () => net.undefine()])
        await end().catch((error: unknown) => {
          if (!(error instanceof VirError)) throw error;
        });
    });
    if (isActive) await net.create();
    return { connect, net };
  };
  describe("networks", () => {
    describeStories(target, () => open(true), ofActive);
    describeStories(target, () => open(false), ofInactive);

    test("events, in the order of what happened", async () => {
      const { connect, net } = await open(false);
      const seen: number[] = [];
      await connect.on("network.lifecycle", ({ event, net: about }) => {
        if (about.name === net.name) seen.push(event);
      });
      await net.create();
      await net.destroy();
      await net.undefine();
      await waitFor("the last event", () => seen.length === 3);
      expect(seen).toEqual([2, 3, 1]);
    });

    test.skipIf("knows nothing newer than 9.0" in target.differences)("metadata", async () => {
      const { connect, net } = await open(true);
      const seen: (string | null)[] = [];
      await connect.on("network.metadataChange", ({ nsuri }) => seen.push(nsuri), { object: net });
      const element = { type: Metadata.ELEMENT, uri: "http://example.com/own" };
      await net.setMetadata({ ...element, metadata: "<own/>", key: "k", flags: LIVE });
      expect(await net.getMetadata({ ...element, flags: LIVE })).toMatch(/^<own/);
      await waitFor("the event", () => seen.length === 1);
      expect(seen).toEqual(["http://example.com/own"]);
    });

    test("lists and counts agree", async () => {
      const { connect, net } = await open(true);
      const all = (await connect.listAllNetworks()).map(({ name }) => name);
      expect(all).toContain(net.name);
      const active = await connect.listNetworks({ maxnames: 100 });
      const defined = await connect.listDefinedNetworks({ maxnames: 100 });
      expect([active.length, defined.length]).toEqual([
        await connect.numOfNetworks(),
        await connect.numOfDefinedNetworks(),
      ]);
      expect([...active, ...defined].sort()).toEqual(all.sort());
    });

    test("a transient network is gone when it ends", async () => {
      const connect = await connectTo(target);
      const net = await connect.networkCreateXml({ xml: xml() });
      expect([await net.isActive(), await net.isPersistent()]).toEqual([true, false]);
      await net.destroy();
      await expect(net.isActive()).rejects.toThrow(VirError);
    });
  });
}

const host = "<host mac='52:54:00:00:00:07' name='seven' ip='192.168.90.7'/>";
const change = (o: { command?: number; section?: number; xml?: string; flags?: number }) => ({
  command: Command.ADD_LAST,
  section: Section.IP_DHCP_HOST,
  parentIndex: -1,
  xml: host,
  flags: 0,
  ...o,
});

const ofActive: Stories<Scene> = {
  "a network that runs": [
    [({ net }) => net.isActive(), true],
    [({ net }) => net.isPersistent(), true],
    [({ net }) => net.getBridgeName(), "ownbr0"],
    [({ net }) => net.create(), "OPERATION_INVALID/driver"],
    [({ net }) => net.getAutostart(), false],
    [({ net }) => net.setAutostart({ autostart: true }), "ok"],
    [({ net }) => net.getAutostart(), true],
    [({ net }) => net.setAutostart({ autostart: false }), "ok"],
    [async ({ net }) => (await net.getXmlDesc()).includes("<name>own</name>"), true],
    [({ net }) => net.getXmlDesc({ flags: unknown }), "INVALID_ARG/driver"],
    [({ connect }) => connect.networkLookupByName({ name: "own" }), "own"],
    [({ connect }) => connect.networkLookupByUuid({ uuid }), "own"],
    [({ net }) => net.undefine(), "OPERATION_INVALID/driver"],
    [({ net }) => net.isPersistent(), true],
    [({ net }) => net.setAutostart({ autostart: true }), "ok"],
    [({ net }) => net.destroy(), "ok"],
    [({ net }) => net.destroy(), "ok"],
    [({ connect }) => connect.networkLookupByName({ name: "own" }), "own"],
  ],
  "hosts added while it runs": [
    [({ net }) => net.update(change({ flags: LIVE })), "ok"],
    [async ({ net }) => (await net.getXmlDesc()).includes("seven"), true],
    [async ({ net }) => (await net.getXmlDesc({ flags: 1 })).includes("seven"), "INVALID_ARG/driver"],
    [({ net }) => net.update(change({ flags: LIVE })), "OPERATION_INVALID/NETWORK"],
    [({ net }) => net.update(change({ flags: CONFIG })), "OPERATION_INVALID/NETWORK"],
    [async ({ net }) => (await net.getXmlDesc({ flags: 1 })).includes("seven"), "INVALID_ARG/driver"],
    [({ net }) => net.update(change({ command: Command.DELETE, flags: LIVE | CONFIG })), "ok"],
    [async ({ net }) => (await net.getXmlDesc({ flags: 1 })).includes("seven"), "INVALID_ARG/driver"],
    [({ net }) => net.update(change({ command: Command.DELETE })), "OPERATION_INVALID/NETWORK"],
    [({ net }) => net.update(change({ command: 99 })), "OPERATION_UNSUPPORTED/NETWORK"],
    [({ net }) => net.update(change({ section: 99 })), "OPERATION_UNSUPPORTED/NETWORK"],
    [({ net }) => net.update(change({ xml: "<host" })), "XML_DETAIL/NETWORK"],
    [({ net }) => net.update(change({ xml: "<range/>" })), "XML_ERROR/NETWORK"],
    [({ net }) => net.update(change({ flags: unknown })), "INVALID_ARG/driver"],
  ],
};

const ofInactive: Stories<Scene> = {
  "a network that does not run": [
    [({ net }) => net.isActive(), false],
    [({ net }) => net.destroy(), "ok"],
    [({ net }) => net.update(change({ flags: LIVE })), "OPERATION_INVALID/NETWORK"],
    [({ net }) => net.update(change({ flags: CONFIG })), "ok"],
    [({ net }) => net.create(), "ok"],
    [async ({ net }) => (await net.getXmlDesc()).includes("seven"), true],
    [({ net }) => net.destroy(), "ok"],
    [({ net }) => net.undefine(), "ok"],
    [({ net }) => net.undefine(), "NO_NETWORK/driver"],
    [({ net }) => net.create(), "NO_NETWORK/driver"],
    [({ net }) => net.isActive(), "NO_NETWORK/driver"],
    [({ net }) => net.getXmlDesc(), "NO_NETWORK/driver"],
    [({ net }) => net.setAutostart({ autostart: true }), "NO_NETWORK/driver"],
    [({ net }) => net.getBridgeName(), "NO_NETWORK/driver"],
  ],
  definitions: [
    [
      ({ connect }) =>
        connect.networkDefineXml({
          xml: xml("own", "<dns><host ip='192.168.90.3'><hostname>three</hostname></host></dns>"),
        }),
      "own",
    ],
    [({ connect }) => connect.networkDefineXml({ xml: "<network" }), "XML_DETAIL/NETWORK"],
    [({ connect }) => connect.networkDefineXml({ xml: "<domain/>" }), "XML_ERROR/XML"],
    [({ connect }) => connect.networkDefineXml({ xml: "<network/>" }), "NO_NAME/NETWORK"],
    [({ connect }) => connect.networkDefineXmlFlags({ xml: xml(), flags: unknown }), "INVALID_ARG/driver"],
    [({ connect }) => connect.networkDefineXmlFlags({ xml: xml(), flags: 1 }), "own"],
    [({ connect }) => connect.networkCreateXmlFlags({ xml: xml(), flags: unknown }), "INVALID_ARG/driver"],
    [({ connect }) => connect.networkCreateXmlFlags({ xml: "<network/>" }), "NO_NAME/NETWORK"],
    [
      ({ connect }) => connect.networkDefineXml({ xml: xml("own").replace(uuid, uuid.replace("1", "9")) }),
      "OPERATION_FAILED/NETWORK",
    ],
    [({ connect }) => connect.networkLookupByName({ name: "nobody" }), "NO_NETWORK/driver"],
    [
      ({ connect }) => connect.networkLookupByUuid({ uuid: "00000000-0000-0000-0000-0000000000aa" }),
      "NO_NETWORK/driver",
    ],
    [({ connect }) => connect.listAllNetworks({ flags: unknown }), "INVALID_ARG/driver"],
    [
      async ({ connect }) => (await connect.listAllNetworks({ flags: 1 })).some(({ name }) => name === "own"),
      true,
    ],
    [
      async ({ connect }) => (await connect.listAllNetworks({ flags: 2 })).some(({ name }) => name === "own"),
      false,
    ],
    [
      async ({ connect }) => (await connect.listAllNetworks({ flags: 8 })).some(({ name }) => name === "own"),
      false,
    ],
    [
      async ({ connect }) =>
        (await connect.listAllNetworks({ flags: 2 | 4 })).some(({ name }) => name === "own"),
      false,
    ],
  ],
};
