import { DomainSnapshotRevertFlags } from "@libvirt-ts/api";
import { domainDefCopy } from "@libvirt-ts/conf/domain";
import type { SnapshotDef } from "@libvirt-ts/conf/snapshot";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type Moment, type RemoteHandlers, refusePairs, snapshotCalls } from "@libvirt-ts/hypervisor";
import { invalid } from "../errors.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import { bootGuest, haltGuest } from "./guest.ts";

const { RUNNING, PAUSED, FORCE } = DomainSnapshotRevertFlags;

/** Guests go back to what they were. */
export function revertHandlers(driver: TestDriver): RemoteHandlers {
  const calls = snapshotCalls(driver);
  return {
    domainRevertToSnapshot({ snap, flags }) {
      const apart = [
        [
          [RUNNING, "VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING"],
          [PAUSED, "VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED"],
        ],
      ] as const;
      refusePairs(flags, apart, ErrorDomain.DOMAIN_SNAPSHOT);
      calls.checkFlags(flags, RUNNING | PAUSED | FORCE, "DomainRevertToSnapshot");
      const { domain, moment } = calls.find(snap);
      revert(driver, domain, { moment, flags });
    },
  };
}

interface Reverting {
  moment: Moment<SnapshotDef>;
  flags: number;
}

function revert(driver: TestDriver, domain: TestDomain, { moment, flags }: Reverting): void {
  const { state, domain: before, name } = moment.def;
  const wasOn = state === "running" || state === "paused";
  const wanted = (flags & (RUNNING | PAUSED)) !== 0;
  if (!domain.isPersistent && !wasOn && !wanted)
    throw invalid("transient domain needs to request run or pause to revert to inactive snapshot");
  if (!before)
    throw new VirError(
      ErrorDomain.TEST,
      ErrorCode.SNAPSHOT_REVERT_RISKY,
      `snapshot '${name}' lacks domain '${domain.name}' rollback info`,
    );
  if (domain.isActive) {
    haltGuest(domain, { name: "shutoff", reason: "from snapshot" });
    domain.announce({ event: "stopped", detail: "from-snapshot" });
  }
  domain.def = domainDefCopy(before);
  // A guest that was off is said to start when that is asked for, and stays off: so does libvirt's.
  if (wasOn) bootGuest(driver, domain, { name: "running", reason: "from snapshot" });
  if (wasOn || wanted) domain.announce({ event: "started", detail: "from-snapshot" });
  const isPaused = (flags & PAUSED) !== 0 || (state === "paused" && (flags & RUNNING) === 0);
  if (wasOn && isPaused) domain.adopt({ name: "paused", reason: "from snapshot" });
  if (isPaused) domain.announce({ event: "suspended", detail: "from-snapshot" });
  domain.snapshots.current = moment;
}
