import type { ConnectionKind } from "@libvirt-ts/protocol";
import type { Outcome } from "./outcome.ts";
import type { Request } from "./requests.ts";

/** Where we answer otherwise than libvirt 9.0 and mean to. */
export interface Difference {
  /** As docs/differences.md tells it. */
  readonly reason: string;
  readonly covers: (request: Request, theirs: Outcome, ours: Outcome) => boolean;
}

/** Drivers whose daemons are not there; libvirtd has them all in itself. */
const absent: ReadonlySet<ConnectionKind | undefined> = new Set([
  "storage",
  "nodedev",
  "interface",
  "nwfilter",
  "secret",
]);
const noSupport = /^3\//;
const named =
  (pattern: RegExp): Difference["covers"] =>
  ({ name }) =>
    pattern.test(name);

export const differences: readonly Difference[] = [
  {
    reason: "storage, nodedev, interface, nwfilter and secret calls without their daemons",
    covers: ({ row }, _, ours) => absent.has(row?.conn) && noSupport.test(ours.answer),
  },
  {
    reason: "calls that are not there yet",
    covers: ({ row }, _, ours) => row !== undefined && noSupport.test(ours.answer),
  },
  {
    reason: "calls and events that 9.0 does not know",
    covers: ({ name }, { text = "" }) => text.startsWith("unknown procedure") || /: event (1|27)$/.test(name),
  },
  {
    reason: "features of migration",
    covers: named(/^feature (2|3|4|6|7|12|13), open$/),
  },
  {
    reason: "a URI with a host",
    covers: named(/^with a host$/),
  },
  {
    reason: "AUTH_POLKIT on a socket without polkit",
    covers: named(/^authPolkit: /),
  },
  {
    reason: "descriptors that do not come are missed after the arguments are looked at",
    covers: named(/^(domainOpenGraphics|domainFdAssociate): by a reader$/),
  },
  {
    reason: "the labels of a domain that is not there",
    covers: named(/^domainGetSecurityLabelList: (no such object|by a reader)$/),
  },
  {
    reason: "parameters of an interface that is not there",
    covers: named(/^domainGetInterfaceParameters: a real domain$/),
  },
  {
    reason: "a list of processors that is none, of a domain that is not there",
    covers: named(/^domainSetGuestVcpus: no such object$/),
  },
  {
    reason: "a lockspace that cannot be made",
    covers: named(/^lock: new, registered: plain$/),
  },
  {
    reason: "seconds out of range",
    covers: named(/^domainStartDirtyRateCalc: no such object$/),
  },
  {
    reason: "flags of snapshot and checkpoint calls",
    covers: named(/^domain(ListAll|HasCurrent)?(Snapshot|Checkpoint)\w*: an unknown flag$/),
  },
];
