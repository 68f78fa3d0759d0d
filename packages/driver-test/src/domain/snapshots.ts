import { stat } from "node:fs/promises";
import {
  DomainSnapshotCreateFlags as CreateFlag,
  DomainSnapshotDeleteFlags as DeleteFlag,
} from "@libvirt-ts/api";
import { type DomainDef, domainDefCopy } from "@libvirt-ts/conf/domain";
import { assertValid } from "@libvirt-ts/conf/schema";
import {
  alignSnapshotDisks,
  parseSnapshot,
  type SnapshotDef,
  type SnapshotState,
  snapshotStates,
} from "@libvirt-ts/conf/snapshot";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  isExternal,
  prepareRedefinition,
  type RemoteHandlers,
  snapshotHandlers as readingHandlers,
  refusePairs,
  requireWith,
  snapshotCalls,
} from "@libvirt-ts/hypervisor";
import { invalid } from "../errors.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import { reading } from "./definition.ts";
import { haltGuest } from "./guest.ts";
import { deleteMoment, secondsNow } from "./moments.ts";
import { revertHandlers } from "./revert.ts";

const API = ErrorDomain.DOMAIN_SNAPSHOT;
const { REDEFINE, CURRENT, NO_METADATA, HALT, QUIESCE, ATOMIC, LIVE, VALIDATE } = CreateFlag;
const redefine = [REDEFINE, "VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE"] as const;

/** Pictures of guests: what they were, and nothing of their disks. */
export function snapshotHandlers(driver: TestDriver): RemoteHandlers {
  const calls = snapshotCalls(driver);
  return {
    ...readingHandlers(driver),
    ...revertHandlers(driver),
    async domainSnapshotCreateXml({ dom, xmlDesc, flags }) {
      requireWith(flags, [[CURRENT, "VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT"], redefine], API);
      const apart = [
        [redefine, [NO_METADATA, "VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA"]],
        [redefine, [HALT, "VIR_DOMAIN_SNAPSHOT_CREATE_HALT"]],
      ] as const;
      refusePairs(flags, apart, API);
      const known = REDEFINE | CURRENT | HALT | QUIESCE | ATOMIC | LIVE | VALIDATE;
      calls.checkFlags(flags, known, "DomainSnapshotCreateXML");
      const domain = calls.domain(dom);
      refuseWithCheckpoints(domain);
      if (!domain.isPersistent && (flags & HALT) !== 0)
        throw invalid("cannot halt after transient domain snapshot");
      if ((flags & VALIDATE) !== 0) assertValid(xmlDesc, "domainsnapshot");
      const isRedefined = (flags & REDEFINE) !== 0;
      const def = parseSnapshot(xmlDesc, {
        momentDomain: reading,
        isRedefined,
        now: secondsNow(driver),
      });
      // Everything that takes time comes first: the guest may change meanwhile.
      const files = isExternal(def) ? await plainFiles((isRedefined && def.domain) || domain.def) : nothing;
      if (isRedefined) redefineSnapshot(domain, { def, files }, (flags & CURRENT) !== 0);
      else takeSnapshot(domain, { def, files }, (flags & HALT) !== 0);
      driver.domains.touch();
      return { snap: { name: def.name, dom } };
    },
    domainSnapshotDelete({ snap, flags }) {
      const { CHILDREN, CHILDREN_ONLY } = DeleteFlag;
      const apart = [
        [
          [CHILDREN, "VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN"],
          [CHILDREN_ONLY, "VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY"],
        ],
      ] as const;
      refusePairs(flags, apart, API);
      calls.checkFlags(flags, CHILDREN | CHILDREN_ONLY, "DomainSnapshotDelete");
      const { domain, moment } = calls.find(snap);
      deleteMoment(driver, { moments: domain.snapshots, moment, flags });
    },
  };
}

const unsupported = (detail: string) =>
  new VirError(ErrorDomain.TEST, ErrorCode.OPERATION_UNSUPPORTED, detail);

function refuseWithCheckpoints({ momentCounts }: TestDomain): void {
  if (momentCounts.checkpoints > 0) throw unsupported("cannot create snapshot while checkpoint exists");
}

const nothing: ReadonlySet<string> = new Set();

/** Which of a guest's images are plain files of this machine: most guests have none. */
async function plainFiles({ devices }: DomainDef): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const { source } of devices.disks) {
    const path = source && "file" in source ? source.file : undefined;
    const about = path === undefined ? undefined : await stat(path).catch(() => undefined);
    if (path !== undefined && about?.isFile()) found.add(path);
  }
  return found;
}

interface Wanted {
  readonly def: SnapshotDef;
  readonly files: ReadonlySet<string>;
}

function align({ def, files }: Wanted, place: "internal" | "external"): void {
  alignSnapshotDisks(def, {
    place,
    isUniform: place === "internal",
    isPlainFile: (path) => files.has(path),
  });
}

function redefineSnapshot(domain: TestDomain, wanted: Wanted, isCurrent: boolean): void {
  const { def } = wanted;
  delete def.cookie;
  prepareRedefinition(def, domain.snapshots, domain.uuid);
  align(wanted, def.state === "disk-snapshot" || isExternal(def) ? "external" : "internal");
  const made = domain.snapshots.redefine(def);
  if (isCurrent) domain.snapshots.current = made;
}

function takeSnapshot(domain: TestDomain, wanted: Wanted, isLast: boolean): void {
  const { def } = wanted;
  def.domain = domainDefCopy(domain.def);
  def.state = stateOf(domain);
  const isOutside = def.memory?.snapshot === "external";
  if (!isOutside) def.memory = { snapshot: def.state === "shutoff" ? "no" : "internal" };
  align(wanted, isOutside ? "external" : "internal");
  if (def.disks?.disks.some(({ snapshot }) => snapshot === "manual"))
    throw unsupported("'manual' snapshot mode is not supported by the test driver");
  const { snapshots } = domain;
  const { current } = snapshots;
  snapshots.current = snapshots.add({ ...def, parent: current?.def.name });
  if (!isLast || !domain.isActive) return;
  haltGuest(domain, { name: "shutoff", reason: "from snapshot" });
  domain.announce({ event: "stopped", detail: "from-snapshot" });
}

const stateOf = ({ state: { name } }: TestDomain): SnapshotState | undefined =>
  snapshotStates.find((each) => each === name);
