import { DomainModificationImpact as Impact } from "@libvirt-ts/api";
import { remote } from "@libvirt-ts/protocol";
import { waitFor } from "@libvirt-ts/testing";
import { describe, expect, test } from "vitest";
import { type Guest, guestIn } from "./guests.ts";
import { describeStories, type Stories } from "./story.ts";
import type { Target } from "./target.ts";

const { LIVE, CONFIG } = Impact;
const unknown = 2 ** 30;
const disk =
  "<disk type='file' device='disk'><source file='/guest/more.img'/><target dev='vdb' bus='virtio'/><alias name='ua-more'/></disk>";
const card =
  "<interface type='network'><mac address='52:54:00:00:00:09'/><source network='default'/></interface>";

/** Devices that come, change and go. */
export function describeDomainDevices(target: Target): void {
  describe.skipIf("changes no devices" in target.differences)("domain devices", () => {
    describeStories(target, () => guestIn(target, "running"), ofRunning);
    describeStories(target, () => guestIn(target, "shutoff"), ofShutoff);

    test("a device that has come or gone is told of", async () => {
      const { connect, domain } = await guestIn(target, "running");
      const [seen, old]: [string[], string[]] = [[], []];
      await connect.on("domain.deviceRemoved", ({ devAlias }) => seen.push(devAlias), { object: domain });
      const { session } = connect;
      session.onEvent(remote.procs.domainEventDeviceRemoved, ({ devAlias }) => old.push(devAlias));
      await session.call(remote.procs.connectDomainEventRegisterAny, { eventID: 15 });
      const added: string[] = [];
      await connect.on("domain.deviceAdded", ({ devAlias }) => added.push(devAlias), { object: domain });
      await domain.attachDeviceFlags({ xml: disk, flags: LIVE });
      await domain.detachDeviceAlias({ alias: "ua-more", flags: LIVE });
      await waitFor("the events", () => seen.length > 0 && old.length > 0 && added.length > 0);
      expect([added, seen, old]).toEqual([["ua-more"], ["ua-more"], ["ua-more"]]);
    });
  });
}

const ofRunning: Stories<Guest> = {
  "a disk for the guest that runs": [
    [({ domain }) => domain.attachDeviceFlags({ xml: disk, flags: LIVE }), "ok"],
    [async ({ domain }) => (await domain.getXmlDesc()).includes("more.img"), true],
    [async ({ domain }) => (await domain.getXmlDesc({ flags: 2 })).includes("more.img"), false],
    [({ domain }) => domain.attachDeviceFlags({ xml: disk, flags: LIVE }), "OPERATION_INVALID/driver"],
    [({ domain }) => domain.attachDeviceFlags({ xml: disk, flags: CONFIG }), "ok"],
    [async ({ domain }) => (await domain.getXmlDesc({ flags: 2 })).includes("more.img"), true],
    [({ domain }) => domain.detachDeviceAlias({ alias: "ua-more", flags: LIVE }), "ok"],
    [async ({ domain }) => (await domain.getXmlDesc()).includes("more.img"), false],
    [({ domain }) => domain.detachDeviceAlias({ alias: "ua-more", flags: LIVE }), "DEVICE_MISSING/DOMAIN"],
  ],
  "devices refused": [
    [({ domain }) => domain.attachDeviceFlags({ xml: disk, flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.attachDevice({ xml: "<disk" }), "XML_DETAIL/DOMAIN"],
    [({ domain }) => domain.attachDevice({ xml: "<bogus/>" }), "XML_ERROR/DOMAIN"],
    [({ domain }) => domain.updateDeviceFlags({ xml: disk, flags: LIVE }), "DEVICE_MISSING/driver"],
    [({ domain }) => domain.updateDeviceFlags({ xml: disk, flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.detachDeviceAlias({ alias: "none", flags: LIVE }), "DEVICE_MISSING/DOMAIN"],
    [({ domain }) => domain.detachDeviceAlias({ alias: "none", flags: unknown }), "INVALID_ARG/driver"],
  ],
  "a card for the guest that runs": [
    [({ domain }) => domain.attachDevice({ xml: card }), "ok"],
    [async ({ domain }) => (await domain.getXmlDesc()).includes("52:54:00:00:00:09"), true],
  ],
};

const ofShutoff: Stories<Guest> = {
  "devices of a guest that is off": [
    [({ domain }) => domain.attachDevice({ xml: disk }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.attachDeviceFlags({ xml: disk, flags: LIVE }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.attachDeviceFlags({ xml: disk, flags: CONFIG }), "ok"],
    [async ({ domain }) => (await domain.getXmlDesc()).includes("more.img"), true],
    [({ domain }) => domain.attachDeviceFlags({ xml: disk, flags: CONFIG }), "OPERATION_INVALID/driver"],
    [({ domain }) => domain.updateDeviceFlags({ xml: disk.replace("more", "less"), flags: CONFIG }), "ok"],
    [({ domain }) => domain.detachDeviceAlias({ alias: "ua-more", flags: CONFIG }), "ok"],
    [({ domain }) => domain.detachDeviceAlias({ alias: "ua-more", flags: LIVE }), "OPERATION_INVALID/DOMAIN"],
    [async ({ domain }) => (await domain.getXmlDesc()).includes("less.img"), false],
  ],
};
