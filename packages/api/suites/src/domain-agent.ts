import { describe, expect, test } from "vitest";
import { type Guest, guestIn } from "./guests.ts";
import { describeStories, type Stories } from "./story.ts";
import type { Target } from "./target.ts";

const unknown = 2 ** 30;
const AGENT = 1;

/** What the agent in a guest tells and does, where there is one. */
export function describeDomainAgent(target: Target): void {
  describe("guest agent", () => {
    describeStories(target, () => guestIn(target, "running"), ofRunning);
    describeStories(target, () => guestIn(target, "shutoff"), ofShutoff);

    test("addresses are those of the guest's cards", async () => {
      const { domain } = await guestIn(target, "running");
      const [card] = await domain.interfaceAddresses({ source: 0 });
      expect(card?.hwaddr).toBe("52:54:00:00:00:05");
      expect(card?.addrs.length).toBeGreaterThan(0);
    });

    test("file systems and their disks", async () => {
      const { domain } = await guestIn(target, "running");
      for (const { mountpoint, name, fstype, devAliases } of await domain.getFsinfo()) {
        expect([mountpoint, name, fstype].every((text) => text !== "")).toBe(true);
        expect(devAliases).toHaveLength(1);
      }
    });
  });
}

const ofRunning: Stories<Guest> = {
  "its name, its clock": [
    [({ domain }) => domain.getHostname(), "contracthost"],
    [({ domain }) => domain.getHostname({ flags: unknown }), "INVALID_ARG/driver"],
    [async ({ domain }) => Object.keys(await domain.getTime()), ["seconds", "nseconds"]],
    [({ domain }) => domain.getTime({ flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.setTime({ seconds: 1n, nseconds: 0 }), "ok"],
    [({ domain }) => domain.setTime({ seconds: 1n, nseconds: 0, flags: 1 }), "ok"],
    [({ domain }) => domain.setTime({ seconds: 1n, nseconds: 0, flags: unknown }), "INVALID_ARG/driver"],
  ],
  "its file systems": [
    [
      async ({ domain }) => {
        const found: string[][] = [];
        for (const { mountpoint, fstype } of await domain.getFsinfo()) found.push([mountpoint, fstype]);
        return found;
      },
      [
        ["/", "ext4"],
        ["/boot", "ext4"],
      ],
    ],
    [({ domain }) => domain.getFsinfo({ flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.fsfreeze({ mountpoints: ["/"] }), 1],
    [({ domain }) => domain.fsfreeze({ mountpoints: [] }), 1],
    [({ domain }) => domain.fsfreeze({ mountpoints: [] }), 0],
    [({ domain }) => domain.fsthaw({ mountpoints: ["/"] }), 1],
    [({ domain }) => domain.fsthaw({ mountpoints: [] }), 1],
    [({ domain }) => domain.fsfreeze({ mountpoints: ["/none"] }), "OPERATION_INVALID/driver"],
    [({ domain }) => domain.fsfreeze({ mountpoints: [], flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.fsthaw({ mountpoints: [], flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.fstrim({ minimum: 0n }), "ok"],
    [({ domain }) => domain.fstrim({ mountPoint: "/none", minimum: 0n }), "OPERATION_INVALID/driver"],
    [({ domain }) => domain.fstrim({ minimum: 0n, flags: unknown }), "INVALID_ARG/driver"],
  ],
  "its users, processes and addresses": [
    [({ domain }) => domain.setUserPassword({ user: "a", password: "b" }), "ok"],
    [
      ({ domain }) => domain.setUserPassword({ user: "a", password: "b", flags: unknown }),
      "INVALID_ARG/driver",
    ],
    [({ domain }) => domain.setUserPassword({ user: null, password: "b" }), "INVALID_ARG/DOMAIN"],
    [({ domain }) => domain.sendProcessSignal({ pidValue: 1n, signum: 9 }), "ok"],
    [({ domain }) => domain.sendProcessSignal({ pidValue: 2n, signum: 9 }), "INVALID_ARG/driver"],
    [({ domain }) => domain.sendProcessSignal({ pidValue: 0n, signum: 9 }), "INVALID_ARG/DOMAIN"],
    [({ domain }) => domain.sendProcessSignal({ pidValue: 1n, signum: 999 }), "INVALID_ARG/driver"],
    [
      ({ domain }) => domain.sendProcessSignal({ pidValue: 1n, signum: 9, flags: unknown }),
      "INVALID_ARG/driver",
    ],
    [async ({ domain }) => (await domain.interfaceAddresses({ source: AGENT })).length, 1],
    [({ domain }) => domain.interfaceAddresses({ source: 9 }), "ARGUMENT_UNSUPPORTED/driver"],
    [({ domain }) => domain.interfaceAddresses({ source: 0, flags: unknown }), "INVALID_ARG/driver"],
  ],
};

const ofShutoff: Stories<Guest> = {
  "nobody answers in a guest that is off": [
    [({ domain }) => domain.getHostname(), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.getTime(), "OPERATION_INVALID/driver"],
    [({ domain }) => domain.setTime({ seconds: 1n, nseconds: 0 }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.getFsinfo(), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.fsfreeze({ mountpoints: [] }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.fsthaw({ mountpoints: [] }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.fstrim({ minimum: 0n }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.setUserPassword({ user: "a", password: "b" }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.sendProcessSignal({ pidValue: 1n, signum: 9 }), "ok"],
    [({ domain }) => domain.interfaceAddresses({ source: 0 }), "OPERATION_INVALID/DOMAIN"],
  ],
};
