import { attr, child, custom, element, flag, type Infer, leaf, list, oneOf, raw, str } from "@libvirt-ts/xml";
import { isCurrent, momentDomain, momentInactiveDomain, momentPast, momentStart } from "../moment.ts";
import { SnapshotDisk, snapshotPlaces } from "./disk.ts";
import { unsupported } from "./errors.ts";

declare module "@libvirt-ts/xml" {
  interface Context {
    /** The guest's UUID, for a snapshot that does not hold the guest itself. */
    readonly snapshotDomainUuid?: string;
  }
}

/** What the guest was doing; `disk-snapshot`: only its disks were looked at. */
export const snapshotStates = [
  "running",
  "blocked",
  "paused",
  "shutdown",
  "shutoff",
  "crashed",
  "pmsuspended",
  "disk-snapshot",
] as const;
export type SnapshotState = (typeof snapshotStates)[number];

const state = {
  words: snapshotStates,
  parse(text: string): SnapshotState {
    const found = snapshotStates.find((word) => word === text);
    if (found === undefined) throw unsupported(`Invalid state '${text}' in domain snapshot XML`);
    return found;
  },
  format: (value: SnapshotState) => value,
};

const Memory = element("memory", {
  snapshot: attr("snapshot", oneOf(snapshotPlaces)),
  file: attr("file", str),
});

/** `<domain><uuid>U</uuid></domain>` in place of the guest; present while writing only. */
const domainUuid = custom<string>({
  tags: ["domain"],
  parse: () => undefined,
  formatBody(value, writer) {
    writer.open("domain");
    writer.open("uuid");
    writer.closeWithText("uuid", value);
    writer.close("domain");
  },
});

const disks = list(SnapshotDisk);

export const SnapshotSyntax = element(
  "domainsnapshot",
  {
    ...momentStart,
    state: leaf("state", state),
    ...momentPast,
    memory: child(Memory),
    isBeingDeleted: flag("snapshotDeleteInProgress"),
    disks: child(element("disks", { disks })),
    /** What disks were written to since, after the guest went back to this snapshot. */
    revertDisks: child(element("revertDisks", { disks }), { show: "status" }),
    domain: momentDomain,
    domainUuid,
    /** What the guest will be at its next start, where that differs. */
    inactiveDomain: momentInactiveDomain,
    cookie: raw("cookie", { plain: true }),
    isCurrent,
  },
  {
    view: (def, { snapshotDomainUuid }) => (def.domain ? def : { ...def, domainUuid: snapshotDomainUuid }),
  },
);
export type SnapshotSyntax = Infer<typeof SnapshotSyntax>;

/** A guest at a moment: always with a name and a time. */
export type SnapshotDef = SnapshotSyntax & { name: string; creationTime: number };
