import type { CheckpointDef } from "@libvirt-ts/conf/checkpoint";
import { ErrorCode } from "@libvirt-ts/errors";
import { checkpointListing } from "../moments/list.ts";
import type { AnyDomain, DomainDriver, RemoteHandlers } from "./common.ts";
import { listedMoments, MomentCalls, type MomentKind } from "./moments.ts";

const kind: MomentKind<CheckpointDef> = {
  word: "checkpoint",
  code: ErrorCode.NO_DOMAIN_CHECKPOINT,
  listing: checkpointListing,
  of: ({ checkpoints }) => checkpoints,
};

/** For drivers: how they find the checkpoints that clients name. */
export const checkpointCalls = <V extends AnyDomain>(
  driver: DomainDriver<V>,
): MomentCalls<V, CheckpointDef> => new MomentCalls(driver, kind);

/** What clients ask about checkpoints, and which is whose parent. What they are is the driver's own. */
export function checkpointHandlers(driver: DomainDriver): RemoteHandlers {
  const calls = checkpointCalls(driver);
  return {
    domainListAllCheckpoints({ dom, needResults, flags }) {
      const found = calls.list(dom, flags, "DomainListAllCheckpoints");
      return { checkpoints: listedMoments(found, needResults), ret: found.length };
    },
    domainCheckpointListAllChildren({ checkpoint, needResults, flags }) {
      const found = calls.children(checkpoint, flags, "DomainCheckpointListAllChildren");
      return { checkpoints: listedMoments(found, needResults), ret: found.length };
    },
    domainCheckpointLookupByName({ dom, name, flags }) {
      calls.checkFlags(flags, 0, "DomainCheckpointLookupByName");
      calls.find({ name, dom });
      return { checkpoint: { name, dom } };
    },
    domainCheckpointGetParent({ checkpoint, flags }) {
      calls.checkFlags(flags, 0, "DomainCheckpointGetParent");
      return { parent: calls.parent(checkpoint) };
    },
  };
}
