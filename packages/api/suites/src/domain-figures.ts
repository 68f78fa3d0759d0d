import { DomainModificationImpact as Impact } from "@libvirt-ts/api";
import { describe, expect, test } from "vitest";
import { type Guest, guestIn } from "./guests.ts";
import { describeStories, type Stories } from "./story.ts";
import type { Target } from "./target.ts";

const { LIVE } = Impact;
const unknown = 2 ** 30;

/** What is measured of a guest, and what only one that runs can tell. */
export function describeDomainFigures(target: Target): void {
  describe("domain figures", () => {
    describeStories(target, () => guestIn(target, "running"), ofRunning);
    describeStories(target, () => guestIn(target, "shutoff"), ofShutoff);

    test("statistics of all domains, in groups", async () => {
      const { connect, domain } = await guestIn(target, "running");
      const of = async (stats: number, flags = 0) =>
        (await connect.getAllDomainStats({ doms: [], stats, flags })).find(
          ({ dom }) => dom.name === domain.name,
        )?.params;
      expect(await of(1)).toEqual({ "state.state": 1, "state.reason": 1 });
      expect(Object.keys((await of(0)) ?? {})).toContain("state.state");
      expect((await connect.getAllDomainStats({ doms: [domain], stats: 1 })).length).toBe(1);
      expect(await of(1, 2)).toBeUndefined(); // only what is off
    });

    test("processor time grows while it runs", async () => {
      const { domain } = await guestIn(target, "running");
      const { cpuTime, nrVirtCpu, state } = await domain.getInfo();
      expect([nrVirtCpu, state]).toEqual([2, 1]);
      expect((await domain.getInfo()).cpuTime).toBeGreaterThanOrEqual(cpuTime);
    });
  });
}

const ofRunning: Stories<Guest> = {
  "figures of disks and cards": [
    [
      async ({ domain }) => Object.keys(await domain.blockStats({ path: "vda" })),
      ["rdReq", "rdBytes", "wrReq", "wrBytes", "errs"],
    ],
    [({ domain }) => domain.blockStats({ path: "none" }), "INVALID_ARG/driver"],
    [
      async ({ domain }) => Object.keys(await domain.interfaceStats({ device: "52:54:00:00:00:05" })),
      ["rxBytes", "rxPackets", "rxErrs", "rxDrop", "txBytes", "txPackets", "txErrs", "txDrop"],
    ],
    [({ domain }) => domain.interfaceStats({ device: "none" }), "INVALID_ARG/DOMAIN"],
    [
      async ({ domain }) => Object.keys(await domain.getBlockInfo({ path: "vda" })),
      ["allocation", "capacity", "physical"],
    ],
    [({ domain }) => domain.getBlockInfo({ path: "none" }), "INVALID_ARG/driver"],
    [({ domain }) => domain.getBlockInfo({ path: "vda", flags: unknown }), "INVALID_ARG/driver"],
    [async ({ domain }) => Object.keys(await domain.getDiskErrors({ maxerrors: 0 })).length >= 0, true],
    [({ domain }) => domain.getDiskErrors({ maxerrors: 1, flags: unknown }), "INVALID_ARG/driver"],
  ],
  "figures of memory and processors": [
    [async ({ domain }) => (await domain.memoryStats({ maxStats: 20 })).length > 0, false],
    [({ domain }) => domain.memoryStats({ maxStats: 20, flags: unknown }), "INVALID_ARG/driver"],
    [async ({ domain }) => (await domain.getVcpus({ maxinfo: 2, maplen: 1 })).info.length, 2],
    [
      async ({ domain }) => Object.keys(await domain.getCpuStats({ startCpu: -1, ncpus: 1, nparams: 3 })),
      ["cpu_time", "user_time", "system_time"],
    ],
    [({ domain }) => domain.getCpuStats({ startCpu: -1, ncpus: 2, nparams: 3 }), "INVALID_ARG/DOMAIN"],
    [({ domain }) => domain.getCpuStats({ startCpu: 99, ncpus: 1, nparams: 3 }), "INVALID_ARG/driver"],
    [
      ({ domain }) => domain.getCpuStats({ startCpu: -1, ncpus: 1, nparams: 3, flags: unknown }),
      "INVALID_ARG/driver",
    ],
    [({ domain }) => domain.memoryPeek({ offset: 0n, size: 4, flags: 0 }), "INVALID_ARG/driver"],
    [async ({ domain }) => (await domain.memoryPeek({ offset: 0n, size: 4, flags: 2 })).length, 4],
    [({ domain }) => domain.memoryPeek({ offset: 0n, size: 4, flags: 3 }), "INVALID_ARG/DOMAIN"],
  ],
  "what it says of itself": [
    [async ({ domain }) => Object.keys(await domain.getControlInfo()), ["state", "details", "stateTime"]],
    [({ domain }) => domain.getControlInfo({ flags: 1 }), "INVALID_ARG/driver"],
    [({ domain }) => domain.getMessages(), []],
    [({ domain }) => domain.getMessages({ flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.getLaunchSecurityInfo(), "INVALID_ARG/driver"],
    [({ domain }) => domain.getLaunchSecurityInfo({ flags: unknown }), "INVALID_ARG/driver"],
    [async ({ domain }) => (await domain.getSecurityLabel()).enforcing, 1],
    [({ domain }) => domain.injectNmi({ flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.injectNmi(), "ok"],
    [({ domain }) => domain.sendKey({ codeset: 0, holdtime: 0, keycodes: [30] }), "ok"],
    [({ domain }) => domain.sendKey({ codeset: 99, holdtime: 0, keycodes: [30] }), "INVALID_ARG/DOMAIN"],
    [({ domain }) => domain.sendKey({ codeset: 0, holdtime: 0, keycodes: [] }), "INVALID_ARG/DOMAIN"],
    [
      ({ domain }) => domain.sendKey({ codeset: 0, holdtime: 0, keycodes: [30], flags: unknown }),
      "INVALID_ARG/driver",
    ],
  ],
};

const ofShutoff: Stories<Guest> = {
  "a guest that is off is not measured": [
    [({ domain }) => domain.blockStats({ path: "vda" }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.interfaceStats({ device: "52:54:00:00:00:05" }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.getDiskErrors({ maxerrors: 1 }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.memoryStats({ maxStats: 20 }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.getCpuStats({ startCpu: -1, ncpus: 1, nparams: 3 }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.memoryPeek({ offset: 0n, size: 4, flags: 2 }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.getControlInfo(), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.injectNmi(), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.sendKey({ codeset: 0, holdtime: 0, keycodes: [30] }), "OPERATION_INVALID/DOMAIN"],
    [async ({ domain }) => (await domain.getInfo()).state, 5],
    [({ domain }) => domain.getVcpusFlags({ flags: LIVE }), "OPERATION_INVALID/DOMAIN"],
  ],
};
