import { DomainSnapshotDeleteFlags } from "@libvirt-ts/api";
import type { Moment, MomentDef, Moments } from "@libvirt-ts/hypervisor";
import type { TestDriver } from "../test-driver.ts";

const { CHILDREN, CHILDREN_ONLY } = DomainSnapshotDeleteFlags; // those of checkpoints are the same
const US_PER_SECOND = 1_000_000n;

/** Forgets a moment, what came after it, or both: there is nothing else of it. */
export function deleteMoment<D extends MomentDef>(
  { domains }: Pick<TestDriver, "domains">,
  { moments, moment, flags }: { moments: Moments<D>; moment: Moment<D>; flags: number },
): void {
  if ((flags & (CHILDREN | CHILDREN_ONLY)) !== 0) moments.removeDescendants(moment);
  if ((flags & CHILDREN_ONLY) === 0) moments.remove(moment);
  domains.touch();
}

/** Seconds since 1970. */
export const secondsNow = ({ now }: Pick<TestDriver, "now">): number => Number(now() / US_PER_SECOND);
