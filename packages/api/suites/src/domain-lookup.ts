import { ConnectListAllDomainsFlags as List } from "@libvirt-ts/api";
import type { Connect } from "@libvirt-ts/client";
import { describe, expect, test } from "vitest";
import { addGuest, guestIn } from "./guests.ts";
import { describeStories } from "./story.ts";
import { connectTo, outcome, type Target } from "./target.ts";

/** What splits all domains in two. */
const opposites: Readonly<Record<string, readonly [number, number]>> = {
  "active or not": [List.ACTIVE, List.INACTIVE],
  "persistent or transient": [List.PERSISTENT, List.TRANSIENT],
  "with a saved image or without": [List.MANAGEDSAVE, List.NO_MANAGEDSAVE],
  "started with the host or not": [List.AUTOSTART, List.NO_AUTOSTART],
  "with snapshots or without": [List.HAS_SNAPSHOT, List.NO_SNAPSHOT],
  "with checkpoints or without": [List.HAS_CHECKPOINT, List.NO_CHECKPOINT],
};

/** How domains are found, counted and listed. */
export function describeDomainLookup(target: Target): void {
  describe("domain lookup and lists", () => {
    test("by name, id and UUID: the same domain", async () => {
      const { connect, domain } = await guestIn(target, "running");
      const { name, uuid, id } = domain;
      const found = [
        await connect.domainLookupByName({ name }),
        await connect.domainLookupById({ id }),
        await connect.domainLookupByUuid({ uuid }),
      ];
      expect(found.map((each) => [each.name, each.uuidText, each.id])).toEqual(
        found.map(() => [name, domain.uuidText, id]),
      );
    });

    describeStories(target, () => connectTo(target), {
      "what is not there": [
        [(c) => c.domainLookupByName({ name: "nobody" }), "NO_DOMAIN/driver"],
        [(c) => c.domainLookupByName({ name: "" }), "NO_DOMAIN/driver"],
        [(c) => c.domainLookupById({ id: 99_999 }), "NO_DOMAIN/driver"],
        [(c) => c.domainLookupByUuid({ uuid: "00000000-0000-0000-0000-0000000000aa" }), "NO_DOMAIN/driver"],
      ],
    });

    test("counts and lists of names agree with the list of all", async () => {
      const { connect, domain } = await guestIn(target, "running");
      const other = await addGuest(target, connect, { state: "shutoff", name: "other" });
      const all = await connect.listAllDomains();
      const ids = await connect.listDomains({ maxids: 100 });
      const names = await connect.listDefinedDomains({ maxnames: 100 });
      expect(ids).toContain(domain.id);
      expect(names).toContain(other.name);
      expect([ids.length, names.length]).toEqual([
        await connect.numOfDomains(),
        await connect.numOfDefinedDomains(),
      ]);
      expect(all).toHaveLength(ids.length + names.length);
      expect((await connect.listDefinedDomains({ maxnames: 0 })).length).toBe(0);
    });

    test.each(Object.entries(opposites))("%s: one of both", async (_, [yes, no]) => {
      const { connect } = await guestIn(target, "running");
      await addGuest(target, connect, { state: "shutoff", name: "other" });
      const named = await names(connect, yes);
      const rest = await names(connect, no);
      expect([...named, ...rest].sort()).toEqual(await names(connect, 0));
      expect(await names(connect, yes | no)).toEqual(await names(connect, 0));
    });

    test("filters of several kinds must all fit", async () => {
      const { connect, domain } = await guestIn(target, "running");
      await domain.setAutostart({ autostart: true });
      const other = await addGuest(target, connect, { state: "shutoff", name: "other" });
      expect(await names(connect, List.ACTIVE | List.AUTOSTART)).toEqual([domain.name]);
      expect(await names(connect, List.INACTIVE | List.AUTOSTART)).toEqual([]);
      expect(await names(connect, List.INACTIVE | List.PERSISTENT)).toContain(other.name);
    });

    test("an unknown filter is refused", async () => {
      const connect = await connectTo(target);
      expect(await outcome(target, connect.listAllDomains({ flags: 2 ** 30 }))).toBe("INVALID_ARG/driver");
    });

    test("a domain with the name or UUID of another is none", async () => {
      const { connect, domain } = await guestIn(target, "shutoff");
      const define = (name: string, uuid?: string) =>
        outcome(target, connect.domainDefineXml({ xml: target.guestXml({ name, ...(uuid && { uuid }) }) }));
      expect(await define(domain.name, "00000000-0000-0000-0000-0000000000bb")).toBe(
        "OPERATION_FAILED/DOMAIN",
      );
      expect(await define("another", domain.uuidText)).toBe("OPERATION_FAILED/DOMAIN");
      expect(await define(domain.name, domain.uuidText)).toBe("ok");
      expect(await names(connect, 0)).toContain(domain.name);
    });
  });
}

const names = async (connect: Connect, flags: number) =>
  (await connect.listAllDomains({ flags })).map(({ name }) => name).sort();
