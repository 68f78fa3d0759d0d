import { procedures } from "../../suites/of-libvirts-test-driver.ts";
import type { Difference } from "./differences.ts";

const named =
  (pattern: RegExp): Difference["covers"] =>
  ({ name }) =>
    pattern.test(name);
const ofTheDriver: ReadonlySet<string> = new Set(procedures);

/** Where our test driver, or the daemon before it, answers otherwise than that of libvirt 9.0, and means to. */
export const testDriverDifferences: readonly Difference[] = [
  {
    reason: "calls that 9.0's test driver does not know, or not have",
    covers: (_, theirs) =>
      theirs.text?.startsWith("unknown procedure") === true || theirs.answer.startsWith("3/"),
  },
  {
    reason: "names of snapshots, asked for without room for any: libvirtd ends",
    covers: named(/^domainSnapshotListNames: /),
  },
  {
    reason: "arguments of calls that the driver does not have",
    covers: ({ row }, _, ours) =>
      row !== undefined && !ofTheDriver.has(row.name) && ours.answer.startsWith("3/"),
  },
  {
    reason: "AUTH_POLKIT on a socket without polkit",
    covers: named(/^authPolkit: /),
  },
  {
    reason: "descriptors that do not come are missed after the arguments are looked at",
    covers: named(/^(domainOpenGraphics|domainFdAssociate): /),
  },
  {
    reason: "metadata of a type that is none",
    covers: named(/^domain[GS]etMetadata: the lowest numbers$/),
  },
  {
    reason: "CPU maps too large for a reply",
    covers: named(/^domainGetEmulatorPinInfo: the highest numbers$/),
  },
  {
    reason: "where sources of a kind of pool that is none are described wrongly",
    covers: named(/^connectFindStoragePoolSources: all that may be absent$/),
  },
];
