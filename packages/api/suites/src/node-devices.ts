import type { Connect, NodeDevice } from "@libvirt-ts/client";
import { waitFor } from "@libvirt-ts/testing";
import { describe, expect, test } from "vitest";
import { describeStories, type Stories } from "./story.ts";
import { connectTo, type Target } from "./target.ts";

const unknown = 2 ** 30;
const vport = (parent = "<parent>scsi_host1</parent>") =>
  `<device>${parent}<capability type='scsi_host'><capability type='fc_host'><wwnn>2000000012341239</wwnn><wwpn>1000000012341239</wwpn></capability></capability></device>`;

interface Scene {
  readonly connect: Connect;
  readonly device: NodeDevice;
}

/** Devices of the host, and adapters that can be made. */
export function describeNodeDevices(target: Target): void {
  const open = async (): Promise<Scene> => {
    const connect = await connectTo(target);
    return { connect, device: await connect.nodeDeviceLookupByName({ name: "scsi_host1" }) };
  };
  describe("node devices", () => {
    describeStories(target, open, stories);

    test("adapters come and go, and that is told", async () => {
      const { connect } = await open();
      const seen: [number, string][] = [];
      await connect.on("nodeDevice.lifecycle", ({ event, dev }) => seen.push([event, dev.name]));
      const made = await connect.nodeDeviceCreateXml({ xmlDesc: vport() });
      await made.destroy();
      await waitFor("both events", () => seen.length === 2);
      expect(seen).toEqual([
        [0, made.name],
        [1, made.name],
      ]);
    });

    test.skipIf("knows nothing newer than 9.0" in target.differences)("what is there is active", async () => {
      const { device } = await open();
      expect([await device.isActive(), await device.isPersistent()]).toEqual([true, true]);
    });

    test("lists and counts agree", async () => {
      const { connect } = await open();
      const names = await connect.nodeListDevices({ maxnames: 100 });
      expect(names).toHaveLength(await connect.nodeNumOfDevices({}));
      expect((await connect.listAllNodeDevices()).map(({ name }) => name).sort()).toEqual(names.sort());
    });
  });
}

const stories: Stories<Scene> = {
  "a device": [
    [({ device }) => device.getParent(), "computer"],
    [({ device }) => device.numOfCaps(), 1],
    [async ({ device }) => (await device.listCaps({ maxnames: 9 })).sort(), ["scsi_host"]],
    [async ({ device }) => (await device.getXmlDesc()).includes("<name>scsi_host1</name>"), true],
    [({ device }) => device.getXmlDesc({ flags: unknown }), "INVALID_ARG/driver"],
    [({ connect }) => connect.nodeDeviceLookupByName({ name: "none" }), "NO_NODE_DEVICE/driver"],
    [({ connect }) => connect.nodeNumOfDevices({ cap: "scsi_host" }), 3],
    [({ connect }) => connect.nodeNumOfDevices({ cap: "bogus" }), 0],
    [({ connect }) => connect.nodeNumOfDevices({ flags: 1 }), "INVALID_ARG/driver"],
    [
      async ({ connect }) => (await connect.nodeListDevices({ cap: "system", maxnames: 9 })).sort(),
      ["computer"],
    ],
    [({ connect }) => connect.nodeListDevices({ maxnames: 9, flags: 1 }), "INVALID_ARG/driver"],
    [
      async ({ connect }) => (await connect.listAllNodeDevices({ flags: 1 })).map(({ name }) => name),
      ["computer"],
    ],
    [async ({ connect }) => (await connect.listAllNodeDevices({ flags: 0x400 })).length, 2],
    [({ connect }) => connect.listAllNodeDevices({ flags: 1 << 24 }), "INVALID_ARG/driver"],
  ],
  "adapters that can be made, and those that cannot": [
    [async ({ connect }) => (await connect.nodeDeviceCreateXml({ xmlDesc: vport() })).name, "scsi_host12"],
    [({ connect }) => connect.nodeDeviceCreateXml({ xmlDesc: "<device" }), "XML_DETAIL/NODEDEV"],
    [({ connect }) => connect.nodeDeviceCreateXml({ xmlDesc: "<network/>" }), "XML_ERROR/XML"],
    [
      ({ connect }) => connect.nodeDeviceCreateXml({ xmlDesc: vport("<parent>none</parent>") }),
      "INTERNAL_ERROR/NODEDEV",
    ],
    [
      ({ connect }) => connect.nodeDeviceCreateXml({ xmlDesc: vport("<parent>computer</parent>") }),
      "INTERNAL_ERROR/NODEDEV",
    ],
    [
      ({ connect }) => connect.nodeDeviceCreateXml({ xmlDesc: vport(), flags: unknown }),
      "INVALID_ARG/driver",
    ],
    [
      ({ connect }) =>
        connect.nodeDeviceLookupByName({ name: "scsi_host12" }).then((made) => made.getParent()),
      "scsi_host1",
    ],
    [
      ({ connect }) => connect.nodeDeviceLookupByName({ name: "scsi_host12" }).then((made) => made.destroy()),
      "ok",
    ],
    [({ connect }) => connect.nodeDeviceLookupByName({ name: "scsi_host12" }), "NO_NODE_DEVICE/driver"],
    [({ device }) => device.destroy(), "ok"],
  ],
};
