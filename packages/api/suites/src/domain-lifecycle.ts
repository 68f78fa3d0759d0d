import {
  DomainCreateFlags,
  DomainPausedReason,
  DomainRunningReason,
  DomainShutoffReason,
  DomainState,
  DomainEventType as Event,
  ConnectListAllDomainsFlags as List,
} from "@libvirt-ts/api";
import type { Connect, Domain } from "@libvirt-ts/client";
import { waitFor } from "@libvirt-ts/testing";
import { describe, expect, test } from "vitest";
import type { Difference } from "./differences.ts";
import { type GuestState, guestIn, removeGuest } from "./guests.ts";
import { connectTo, outcome, type Target } from "./target.ts";

const INVALID = "OPERATION_INVALID/driver";
const unknownFlag = 2 ** 30;

interface Rule {
  readonly call: (domain: Domain) => Promise<unknown>;
  readonly allowedIn: readonly GuestState[];
  /** States in which a driver of that difference decides the other way. */
  readonly but?: Readonly<Partial<Record<Difference, readonly GuestState[]>>>;
}

const all: readonly GuestState[] = ["running", "paused", "shutoff"];
const active: readonly GuestState[] = ["running", "paused"];

const rules: Readonly<Record<string, Rule>> = {
  create: { call: (d) => d.create(), allowedIn: ["shutoff"] },
  createWithFlags: { call: (d) => d.createWithFlags(), allowedIn: ["shutoff"] },
  createWithFiles: { call: (d) => d.createWithFiles(), allowedIn: ["shutoff"] },
  suspend: {
    call: (d) => d.suspend(),
    allowedIn: active,
    but: { "what is paused cannot be paused": ["paused"] },
  },
  resume: {
    call: (d) => d.resume(),
    allowedIn: active,
    but: { "what runs cannot be resumed": ["running"] },
  },
  destroy: { call: (d) => d.destroy(), allowedIn: active },
  destroyFlags: { call: (d) => d.destroyFlags(), allowedIn: active },
  shutdown: { call: (d) => d.shutdown(), allowedIn: active },
  shutdownFlags: { call: (d) => d.shutdownFlags(), allowedIn: active },
  reboot: { call: (d) => d.reboot(), allowedIn: active },
  reset: { call: (d) => d.reset(), allowedIn: active },
  undefine: { call: (d) => d.undefine(), allowedIn: all },
  undefineFlags: { call: (d) => d.undefineFlags(), allowedIn: all },
};

/** "ok", or what a call in a wrong state is refused with. */
function ruling(target: Target, name: string, state: GuestState): string {
  if (name === "createWithFiles" && "takes no descriptors" in target.differences) return "NO_SUPPORT/DOMAIN";
  const rule = rules[name];
  const otherwise = Object.entries(rule?.but ?? {}).some(
    ([difference, states]) => difference in target.differences && states.includes(state),
  );
  const isAllowed = rule?.allowedIn.includes(state) === true && !otherwise;
  return isAllowed ? "ok" : (target.wrongState?.[`${name} ${state}`] ?? target.wrongState?.[name] ?? INVALID);
}

/** The states a guest goes through, what may be done in each, and what is told of it. */
export function describeDomainLifecycle(target: Target): void {
  describe("domain lifecycle", () => {
    describe.each(["running", "paused", "shutoff"] as const)("a guest that is %s", (state) => {
      test.each(Object.entries(rules))("%s", async (name, { call }) => {
        const { domain } = await guestIn(target, state);
        expect(await outcome(target, call(domain))).toBe(ruling(target, name, state));
      });
    });

    test("states and their reasons, step by step", async () => {
      const { connect, domain } = await guestIn(target, "shutoff");
      const seen: [number, number][] = [];
      const look = async () => {
        const { state, reason } = await domain.getState();
        seen.push([state, reason]);
      };
      await domain.create();
      await look();
      await domain.suspend();
      await look();
      await domain.resume();
      await look();
      await domain.destroy();
      await look();
      expect(seen).toEqual([
        [DomainState.RUNNING, DomainRunningReason.BOOTED],
        [DomainState.PAUSED, DomainPausedReason.USER],
        [DomainState.RUNNING, DomainRunningReason.UNPAUSED],
        [DomainState.SHUTOFF, DomainShutoffReason.DESTROYED],
      ]);
      expect((await connect.domainLookupByName({ name: domain.name })).id).toBe(-1);
    });

    test("events, in the order of what happened", async () => {
      const { connect, domain } = await guestIn(target, "shutoff");
      const events = await lifecycleOf(connect, domain.name);
      await domain.create();
      await domain.suspend();
      await domain.resume();
      await domain.destroy();
      await domain.undefine();
      await waitFor("the last event", () => events.at(-1)?.[0] === Event.UNDEFINED);
      const kinds = events.map(([event]) => event).filter((event) => event !== Event.SHUTDOWN);
      expect(kinds.filter((event, i) => !(event === Event.RESUMED && i === 0))).toEqual([
        Event.STARTED,
        Event.SUSPENDED,
        Event.RESUMED,
        Event.STOPPED,
        Event.UNDEFINED,
      ]);
    });

    test.skipIf("guests do not begin paused" in target.differences)(
      "a guest that begins paused",
      async () => {
        const { connect, domain } = await guestIn(target, "shutoff");
        const events = await lifecycleOf(connect, domain.name);
        await domain.createWithFlags({ flags: DomainCreateFlags.START_PAUSED });
        expect(await domain.getState()).toMatchObject({ state: DomainState.PAUSED });
        await waitFor("events", () => events.some(([event]) => event === Event.SUSPENDED));
        expect(events.map(([event]) => event)).toContain(Event.STARTED);
      },
    );

    test("a transient guest is gone when it ends", async () => {
      const connect = await connectTo(target);
      const domain = await connect.domainCreateXml({ xmlDesc: target.guestXml({ name: "transient" }) });
      expect(domain.id).toBeGreaterThan(0);
      expect([await domain.isPersistent(), await domain.isActive()]).toEqual([false, true]);
      const transient = "what is not defined can be undefined" in target.differences ? "ok" : INVALID;
      expect(await outcome(target, domain.undefine())).toBe(transient);
      await domain.destroy();
      expect(await outcome(target, domain.getInfo())).toBe("NO_DOMAIN/driver");
    });

    test.skipIf("takes no descriptors" in target.differences)(
      "a guest created with descriptors, none of them",
      async () => {
        const connect = await connectTo(target);
        const domain = await connect.domainCreateXmlWithFiles({
          xmlDesc: target.guestXml({ name: "files" }),
        });
        expect(await domain.isActive()).toBe(true);
        await domain.destroy();
      },
    );

    test("undefined while it runs, it is transient; defined again, it stays", async () => {
      const { connect, domain } = await guestIn(target, "running");
      await domain.undefine();
      expect(await domain.isPersistent()).toBe(false);
      const { xml, uuid } = { xml: await domain.getXmlDesc(), uuid: domain.uuid };
      const again = await connect.domainDefineXml({ xml });
      expect(again.uuid).toEqual(uuid);
      expect(await domain.isPersistent()).toBe(true);
    });

    test("no id is given twice", async () => {
      const { connect, domain } = await guestIn(target, "running");
      await domain.destroy();
      await domain.create();
      const { id } = await connect.domainLookupByName({ name: domain.name });
      expect(id).toBeGreaterThan(domain.id);
      expect(await outcome(target, connect.domainLookupById({ id: domain.id }))).toBe("NO_DOMAIN/driver");
      expect((await connect.domainLookupById({ id })).name).toBe(domain.name);
    });

    test.each<[string, (domain: Domain) => Promise<unknown>]>([
      ["createWithFlags", (d) => d.createWithFlags({ flags: unknownFlag })],
      ["destroyFlags", (d) => d.destroyFlags({ flags: unknownFlag })],
      ["shutdownFlags", (d) => d.shutdownFlags({ flags: unknownFlag })],
      ["undefineFlags", (d) => d.undefineFlags({ flags: unknownFlag })],
    ])("%s refuses flags it does not know", async (_, call) => {
      const { domain } = await guestIn(target, "running");
      expect(await outcome(target, call(domain))).toBe("INVALID_ARG/driver");
      expect(await domain.isActive()).toBe(true);
    });

    test.each(Object.entries(rules))("%s of a domain that has vanished", async (name, { call }) => {
      const { domain } = await guestIn(target, "shutoff");
      await removeGuest(domain);
      const isThere = name !== "createWithFiles" || !("takes no descriptors" in target.differences);
      const expected = isThere ? "NO_DOMAIN/driver" : "NO_SUPPORT/DOMAIN";
      expect(await outcome(target, call(domain))).toBe(expected);
    });

    test.each(Object.entries(rules))("%s by a reader", async (_, { call }) => {
      const { domain } = await guestIn(target, "shutoff");
      const reader = await connectTo(target, { readOnly: true });
      const seen = await reader.domainLookupByName({ name: domain.name });
      expect(await outcome(target, call(seen))).toBe("OPERATION_DENIED/DOMAIN");
    });

    test("lists by state", async () => {
      const { connect, domain } = await guestIn(target, "shutoff");
      const listed = async (flags: number) =>
        (await connect.listAllDomains({ flags })).some(({ name }) => name === domain.name);
      expect([await listed(List.ACTIVE), await listed(List.INACTIVE)]).toEqual([false, true]);
      await domain.create();
      expect([await listed(List.ACTIVE), await listed(List.INACTIVE)]).toEqual([true, false]);
      await domain.suspend();
      expect([await listed(List.PAUSED), await listed(List.RUNNING)]).toEqual([true, false]);
    });
  });
}

/** [event, detail] of a domain from now on. */
async function lifecycleOf(connect: Connect, name: string): Promise<[number, number][]> {
  const events: [number, number][] = [];
  await connect.on("domain.lifecycle", ({ dom, event, detail }) => {
    if (dom.name === name) events.push([event, detail]);
  });
  return events;
}
