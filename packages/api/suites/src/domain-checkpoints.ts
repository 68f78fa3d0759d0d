import {
  DomainCheckpointCreateFlags as Create,
  DomainCheckpointDeleteFlags as Delete,
  DomainCheckpointListFlags as List,
} from "@libvirt-ts/api";
import type { DomainCheckpoint } from "@libvirt-ts/client";
import { describe } from "vitest";
import { type Guest, guestIn } from "./guests.ts";
import { describeStories, type Stories } from "./story.ts";
import type { Target } from "./target.ts";

const unknown = 2 ** 30;
const xml = (name: string) => `<domaincheckpoint><name>${name}</name></domaincheckpoint>`;

interface Scene extends Guest {
  /** The first of two, and the parent of the second. */
  readonly first: DomainCheckpoint;
  readonly second: DomainCheckpoint;
}

/** Checkpoints of a guest's disks. */
export function describeDomainCheckpoints(target: Target): void {
  const open = async (): Promise<Scene> => {
    const guest = await guestIn(target, "running");
    const first = await guest.domain.checkpointCreateXml({ xmlDesc: xml("first") });
    const second = await guest.domain.checkpointCreateXml({ xmlDesc: xml("second") });
    return { ...guest, first, second };
  };
  describe("domain checkpoints", () => {
    describeStories(target, open, ofTwo);
    describeStories(target, () => guestIn(target, "shutoff"), ofShutoff);
  });
}

const ofTwo: Stories<Scene> = {
  "two, one the parent of the other": [
    [({ domain }) => domain.listAllCheckpoints(), ["first", "second"]],
    [({ domain }) => domain.listAllCheckpoints({ flags: List.ROOTS }), ["first"]],
    [({ domain }) => domain.listAllCheckpoints({ flags: List.LEAVES }), ["second"]],
    [({ domain }) => domain.listAllCheckpoints({ flags: List.NO_LEAVES }), ["first"]],
    [({ domain }) => domain.listAllCheckpoints({ flags: List.TOPOLOGICAL }), ["first", "second"]],
    [({ domain }) => domain.listAllCheckpoints({ flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.checkpointLookupByName({ name: "first" }), "first"],
    [({ domain }) => domain.checkpointLookupByName({ name: "none" }), "NO_DOMAIN_CHECKPOINT/driver"],
    [({ domain }) => domain.checkpointLookupByName({ name: "first", flags: unknown }), "INVALID_ARG/driver"],
    [({ second }) => second.getParent(), "first"],
    [({ first }) => first.getParent(), "NO_DOMAIN_CHECKPOINT/driver"],
    [({ first }) => first.listAllChildren(), ["second"]],
    [({ second }) => second.listAllChildren(), []],
    [async ({ second }) => /<parent>\s*<name>first<\/name>/.test(await second.getXmlDesc()), true],
    [({ second }) => second.getXmlDesc({ flags: unknown }), "INVALID_ARG/driver"],
  ],
  "deleted, alone and with what comes of them": [
    [({ first }) => first.delete({ flags: unknown }), "INVALID_ARG/driver"],
    [({ first }) => first.delete(), "ok"],
    [({ domain }) => domain.listAllCheckpoints(), ["second"]],
    [({ second }) => second.getParent(), "NO_DOMAIN_CHECKPOINT/driver"],
    [({ second }) => second.delete({ flags: Delete.CHILDREN }), "ok"],
    [({ domain }) => domain.listAllCheckpoints(), []],
    [({ second }) => second.delete(), "NO_DOMAIN_CHECKPOINT/driver"],
  ],
  "checkpoints that cannot be made": [
    [({ domain }) => domain.checkpointCreateXml({ xmlDesc: xml("first") }), "OPERATION_FAILED/DOMAIN"],
    [
      ({ domain }) => domain.checkpointCreateXml({ xmlDesc: "<domaincheckpoint" }),
      "XML_DETAIL/DOMAIN_CHECKPOINT",
    ],
    [({ domain }) => domain.checkpointCreateXml({ xmlDesc: "<domain/>" }), "XML_ERROR/XML"],
    [({ domain }) => domain.checkpointCreateXml({ xmlDesc: xml("x"), flags: unknown }), "INVALID_ARG/driver"],
    [
      ({ domain }) => domain.checkpointCreateXml({ xmlDesc: xml("x"), flags: Create.REDEFINE }),
      "INTERNAL_ERROR/DOMAIN_CHECKPOINT",
    ],
    [({ domain }) => domain.checkpointCreateXml({ xmlDesc: xml("a/b") }), "XML_INVALID_SCHEMA/XML"],
    [
      ({ domain }) => domain.snapshotCreateXml({ xmlDesc: "<domainsnapshot/>" }),
      "OPERATION_UNSUPPORTED/driver",
    ],
  ],
};

const ofShutoff: Stories<Guest> = {
  "checkpoints of a guest that is off": [
    [({ domain }) => domain.checkpointCreateXml({ xmlDesc: xml("x") }), "OPERATION_UNSUPPORTED/driver"],
    [({ domain }) => domain.listAllCheckpoints(), []],
  ],
};
