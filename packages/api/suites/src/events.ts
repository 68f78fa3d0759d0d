import type { Connect } from "@libvirt-ts/client";
import { remote } from "@libvirt-ts/protocol";
import { waitFor } from "@libvirt-ts/testing";
import { describe, expect, test } from "vitest";
import { addGuest, guestIn } from "./guests.ts";
import { describeStories, type Stories } from "./story.ts";
import { connectTo, type Target } from "./target.ts";

const { procs } = remote;

/** Who is told what, and who no longer. */
export function describeEvents(target: Target): void {
  describe("events", () => {
    describeStories(target, () => connectTo(target), stories);
    describe.skipIf("has no storage pools and no node devices" in target.differences)("other objects", () =>
      describeStories(target, () => connectTo(target), ofPoolsAndDevices),
    );

    test("of one domain, and of all", async () => {
      const { connect, domain } = await guestIn(target, "shutoff");
      const other = await addGuest(target, connect, { state: "shutoff", name: "other" });
      const [one, all]: [string[], string[]] = [[], []];
      await connect.on("domain.lifecycle", ({ dom }) => one.push(dom.name), { object: domain });
      const off = await connect.on("domain.lifecycle", ({ dom }) => all.push(dom.name));
      await other.create();
      await domain.create();
      await waitFor("events", () => all.includes(domain.name) && one.length > 0);
      expect(new Set(one)).toEqual(new Set([domain.name]));
      expect(new Set(all)).toEqual(new Set([other.name, domain.name]));
      await off();
      const before = all.length;
      const told = one.length;
      await domain.destroy();
      await waitFor("the event", () => one.length > told);
      expect(all).toHaveLength(before);
    });

    test("another connection is told as well", async () => {
      const { domain } = await guestIn(target, "shutoff");
      const other = await connectTo(target);
      const seen: string[] = [];
      await other.on("domain.lifecycle", ({ dom }) => seen.push(dom.name));
      await domain.create();
      await waitFor("an event", () => seen.includes(domain.name));
    });

    test.each([
      ["of the oldest kind", procs.connectDomainEventRegister, procs.connectDomainEventDeregister, undefined],
      [
        "of the older kind",
        procs.connectDomainEventRegisterAny,
        procs.connectDomainEventDeregisterAny,
        { eventID: 0 },
      ],
    ] as const)("registrations %s", async (_, register, deregister, args) => {
      const { connect, domain } = await guestIn(target, "shutoff");
      const { session } = connect;
      const seen: number[] = [];
      session.onEvent(procs.domainEventLifecycle, ({ dom, event }) => {
        if (dom.name === domain.name) seen.push(event);
      });
      await session.call(register as typeof procs.connectDomainEventRegisterAny, args as { eventID: number });
      await domain.create();
      await waitFor("the event", () => seen.includes(2));
      await session.call(
        deregister as typeof procs.connectDomainEventDeregisterAny,
        args as { eventID: number },
      );
      const before = seen.length;
      await domain.destroy();
      await domain.getState();
      expect(seen).toHaveLength(before);
    });
  });
}

const call = (c: Connect, name: "Domain" | "Network" | "StoragePool" | "NodeDevice", eventID: number) => {
  const { session } = c;
  if (name === "Domain")
    return session.call(procs.connectDomainEventCallbackRegisterAny, { eventID, dom: null });
  if (name === "Network") return session.call(procs.connectNetworkEventRegisterAny, { eventID, net: null });
  if (name === "StoragePool")
    return session.call(procs.connectStoragePoolEventRegisterAny, { eventID, pool: null });
  return session.call(procs.connectNodeDeviceEventRegisterAny, { eventID, dev: null });
};

const stories: Stories<Connect> = {
  "kinds there are not": [
    [(c) => call(c, "Domain", -1), "INTERNAL_ERROR/RPC"],
    [(c) => call(c, "Domain", 999), "INTERNAL_ERROR/RPC"],
    [(c) => call(c, "Network", 999), "INTERNAL_ERROR/RPC"],
    [(c) => c.session.call(procs.connectDomainEventRegisterAny, { eventID: 999 }), "INTERNAL_ERROR/RPC"],
  ],
  "registrations there are not": [
    [
      (c) => c.session.call(procs.connectDomainEventCallbackDeregisterAny, { callbackID: 77 }),
      "INTERNAL_ERROR/RPC",
    ],
    [(c) => c.session.call(procs.connectNetworkEventDeregisterAny, { callbackID: 77 }), "INTERNAL_ERROR/RPC"],
    [(c) => c.session.call(procs.connectDomainEventDeregister, undefined), "INTERNAL_ERROR/RPC"],
    [(c) => c.session.call(procs.connectDomainEventDeregisterAny, { eventID: 0 }), "INTERNAL_ERROR/RPC"],
  ],
  "registered twice": [
    [
      (c) => c.session.call(procs.connectDomainEventRegister, undefined).then(() => "registered"),
      "registered",
    ],
    [(c) => c.session.call(procs.connectDomainEventRegister, undefined), "INVALID_ARG/NONE"],
    [(c) => c.session.call(procs.connectDomainEventDeregister, undefined).then(() => "gone"), "gone"],
    [(c) => c.session.call(procs.connectDomainEventDeregister, undefined), "INTERNAL_ERROR/RPC"],
  ],
};

const ofPoolsAndDevices: Stories<Connect> = {
  "kinds and registrations there are not, of pools and devices": [
    [(c) => call(c, "StoragePool", 999), "INTERNAL_ERROR/RPC"],
    [(c) => call(c, "NodeDevice", 999), "INTERNAL_ERROR/RPC"],
    [
      (c) => c.session.call(procs.connectStoragePoolEventDeregisterAny, { callbackID: 77 }),
      "INTERNAL_ERROR/RPC",
    ],
    [
      (c) => c.session.call(procs.connectNodeDeviceEventDeregisterAny, { callbackID: 77 }),
      "INTERNAL_ERROR/RPC",
    ],
  ],
};
