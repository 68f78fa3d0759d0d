import {
  DomainSnapshotCreateFlags as Create,
  DomainSnapshotDeleteFlags as Delete,
  DomainState,
  DomainSnapshotListFlags as List,
  DomainSnapshotRevertFlags as Revert,
} from "@libvirt-ts/api";
import type { DomainSnapshot } from "@libvirt-ts/client";
import { waitFor } from "@libvirt-ts/testing";
import { describe, expect, test } from "vitest";
import { type Guest, type GuestState, guestIn } from "./guests.ts";
import { describeStories, type Stories } from "./story.ts";
import type { Target } from "./target.ts";

const unknown = 2 ** 30;
const xml = (name: string, more = "") => `<domainsnapshot><name>${name}</name>${more}</domainsnapshot>`;

interface Scene extends Guest {
  /** The first of two, and the parent of the second, which is the current one. */
  readonly first: DomainSnapshot;
  readonly second: DomainSnapshot;
}

/** Snapshots of a guest, and the way back to them. */
export function describeDomainSnapshots(target: Target): void {
  const open = async (state: GuestState): Promise<Scene> => {
    const guest = await guestIn(target, state);
    const first = await guest.domain.snapshotCreateXml({ xmlDesc: xml("first") });
    const second = await guest.domain.snapshotCreateXml({ xmlDesc: xml("second") });
    return { ...guest, first, second };
  };
  describe("domain snapshots", () => {
    describeStories(target, () => open("running"), ofTwo);
    describeStories(target, () => guestIn(target, "running"), ofNone);
    describeStories(target, () => open("shutoff"), ofShutoff);

    test("the way back is told", async () => {
      const { connect, domain, first } = await open("running");
      const seen: [number, number][] = [];
      await connect.on("domain.lifecycle", ({ event, detail }) => seen.push([event, detail]), {
        object: domain,
      });
      await domain.destroy();
      await first.domainRevertToSnapshot();
      expect(await domain.getState()).toMatchObject({ state: DomainState.RUNNING });
      await waitFor("the start", () => seen.some(([event]) => event === 2));
      expect(seen).toContainEqual([2, 3]);
    });
  });
}

const ofTwo: Stories<Scene> = {
  "two, one the parent of the other": [
    [({ domain }) => domain.snapshotNum(), 2],
    [({ domain }) => domain.snapshotListNames({ maxnames: 10 }), ["first", "second"]],
    [({ domain }) => domain.listAllSnapshots(), ["first", "second"]],
    [({ domain }) => domain.listAllSnapshots({ flags: List.ROOTS }), ["first"]],
    [({ domain }) => domain.listAllSnapshots({ flags: List.LEAVES }), ["second"]],
    [({ domain }) => domain.listAllSnapshots({ flags: List.NO_LEAVES }), ["first"]],
    [({ domain }) => domain.listAllSnapshots({ flags: List.ACTIVE }), ["first", "second"]],
    [({ domain }) => domain.listAllSnapshots({ flags: List.INACTIVE }), []],
    [({ domain }) => domain.listAllSnapshots({ flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.snapshotNum({ flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.hasCurrentSnapshot(), 1],
    [({ domain }) => domain.hasCurrentSnapshot({ flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.snapshotCurrent(), "second"],
    [({ domain }) => domain.snapshotLookupByName({ name: "first" }), "first"],
    [({ domain }) => domain.snapshotLookupByName({ name: "none" }), "NO_DOMAIN_SNAPSHOT/driver"],
    [({ domain }) => domain.snapshotLookupByName({ name: "first", flags: unknown }), "INVALID_ARG/driver"],
    [({ second }) => second.getParent(), "first"],
    [({ first }) => first.getParent(), "NO_DOMAIN_SNAPSHOT/driver"],
    [({ first }) => first.numChildren(), 1],
    [({ first }) => first.listChildrenNames({ maxnames: 10 }), ["second"]],
    [({ first }) => first.listAllChildren(), ["second"]],
    [({ second }) => second.listAllChildren(), []],
    [({ first }) => first.isCurrent(), false],
    [({ second }) => second.isCurrent(), true],
    [({ second }) => second.hasMetadata(), 1],
    [async ({ second }) => /<parent>\s*<name>first<\/name>/.test(await second.getXmlDesc()), true],
    [({ second }) => second.getXmlDesc({ flags: unknown }), "INVALID_ARG/driver"],
  ],
  "deleted, alone and with what comes of them": [
    [({ first }) => first.delete({ flags: unknown }), "INVALID_ARG/driver"],
    [({ first }) => first.delete(), "ok"],
    [({ domain }) => domain.listAllSnapshots(), ["second"]],
    [({ second }) => second.getParent(), "NO_DOMAIN_SNAPSHOT/driver"],
    [({ domain }) => domain.snapshotCreateXml({ xmlDesc: xml("third") }), "third"],
    [({ second }) => second.delete({ flags: Delete.CHILDREN_ONLY }), "ok"],
    [({ domain }) => domain.listAllSnapshots(), ["second"]],
    [({ domain }) => domain.snapshotCurrent(), "second"],
    [({ second }) => second.delete({ flags: Delete.CHILDREN }), "ok"],
    [({ domain }) => domain.hasCurrentSnapshot(), 0],
    [({ second }) => second.delete(), "NO_DOMAIN_SNAPSHOT/driver"],
    [({ second }) => second.getXmlDesc(), "NO_DOMAIN_SNAPSHOT/driver"],
  ],
  "the way back": [
    [({ domain }) => domain.suspend(), "ok"],
    [({ first }) => first.domainRevertToSnapshot(), "ok"],
    [async ({ domain }) => (await domain.getState()).state, 1],
    [({ first }) => first.isCurrent(), true],
    [({ first }) => first.domainRevertToSnapshot({ flags: Revert.PAUSED }), "ok"],
    [async ({ domain }) => (await domain.getState()).state, 3],
    [
      ({ first }) => first.domainRevertToSnapshot({ flags: Revert.PAUSED | Revert.RUNNING }),
      "INVALID_ARG/DOMAIN_SNAPSHOT",
    ],
    [({ first }) => first.domainRevertToSnapshot({ flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.destroy(), "ok"],
    [({ first }) => first.domainRevertToSnapshot(), "ok"],
    [({ domain }) => domain.isActive(), true],
    [({ domain }) => domain.undefine(), "ok"],
  ],
  "snapshots that cannot be made": [
    [({ domain }) => domain.snapshotCreateXml({ xmlDesc: xml("first") }), "OPERATION_FAILED/DOMAIN"],
    [({ domain }) => domain.snapshotCreateXml({ xmlDesc: "<domainsnapshot" }), "XML_DETAIL/DOMAIN_SNAPSHOT"],
    [({ domain }) => domain.snapshotCreateXml({ xmlDesc: "<domain/>" }), "XML_ERROR/XML"],
    [({ domain }) => domain.snapshotCreateXml({ xmlDesc: xml("x"), flags: unknown }), "INVALID_ARG/driver"],
    [
      ({ domain }) => domain.snapshotCreateXml({ xmlDesc: xml("x"), flags: Create.CURRENT }),
      "INVALID_ARG/DOMAIN_SNAPSHOT",
    ],
    [
      ({ domain }) => domain.snapshotCreateXml({ xmlDesc: xml("x"), flags: Create.REDEFINE }),
      "INTERNAL_ERROR/DOMAIN_SNAPSHOT",
    ],
    [({ domain }) => domain.snapshotCreateXml({ xmlDesc: xml("a/b") }), "a/b"],
    [({ domain }) => domain.snapshotCreateXml({ xmlDesc: xml("h"), flags: Create.HALT }), "h"],
    [({ domain }) => domain.isActive(), false],
  ],
};

const ofNone: Stories<Guest> = {
  "no snapshot at all": [
    [({ domain }) => domain.snapshotNum(), 0],
    [({ domain }) => domain.hasCurrentSnapshot(), 0],
    [({ domain }) => domain.snapshotCurrent(), "NO_DOMAIN_SNAPSHOT/driver"],
    [({ domain }) => domain.listAllSnapshots(), []],
    [
      ({ domain }) =>
        domain.snapshotCreateXml({ xmlDesc: "<domainsnapshot/>" }).then(({ name }) => /^\d+$/.test(name)),
      true,
    ],
    [({ domain }) => domain.snapshotNum(), 1],
    [
      ({ domain }) => domain.snapshotCreateXml({ xmlDesc: xml("only disks"), flags: Create.DISK_ONLY }),
      "INVALID_ARG/driver",
    ],
    [({ domain }) => domain.listAllSnapshots({ flags: List.DISK_ONLY }), []],
    [
      ({ domain }) => domain.snapshotCreateXml({ xmlDesc: xml("not kept"), flags: Create.NO_METADATA }),
      "INVALID_ARG/driver",
    ],
    [({ domain }) => domain.listAllSnapshots({ flags: List.EXTERNAL }), []],
  ],
};

const ofShutoff: Stories<Scene> = {
  "snapshots of a guest that is off": [
    [({ domain }) => domain.listAllSnapshots({ flags: List.INACTIVE }), ["first", "second"]],
    [({ domain }) => domain.create(), "ok"],
    [({ first }) => first.domainRevertToSnapshot(), "ok"],
    [({ domain }) => domain.isActive(), false],
    [({ domain }) => domain.undefine(), "OPERATION_INVALID/driver"],
    [({ domain }) => domain.undefineFlags({ flags: 2 }), "ok"],
    [({ first }) => first.getXmlDesc(), "NO_DOMAIN/driver"],
  ],
};
