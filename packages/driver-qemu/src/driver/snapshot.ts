import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuDriver } from "../qemu-driver.ts";
import { findDomain, type RemoteHandlers } from "./common.ts";

/** Answers for domains that have neither snapshots nor checkpoints: none can be made yet. */
export function snapshotHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    domainSnapshotNum({ dom }) {
      findDomain(driver, dom);
      return { num: 0 };
    },
    domainSnapshotListNames({ dom }) {
      findDomain(driver, dom);
      return { names: [] };
    },
    domainListAllSnapshots({ dom }) {
      findDomain(driver, dom);
      return { snapshots: [], ret: 0 };
    },
    domainHasCurrentSnapshot({ dom }) {
      findDomain(driver, dom);
      return { result: 0 };
    },
    domainSnapshotLookupByName({ dom, name }) {
      findDomain(driver, dom);
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.NO_DOMAIN_SNAPSHOT,
        `no domain snapshot with matching name '${name}'`,
      );
    },
    domainSnapshotCurrent({ dom }) {
      findDomain(driver, dom);
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.NO_DOMAIN_SNAPSHOT,
        "the domain does not have a current snapshot",
      );
    },
    domainBackupGetXmlDesc({ dom }) {
      findDomain(driver, dom);
      throw new VirError(ErrorDomain.QEMU, ErrorCode.NO_DOMAIN_BACKUP, "no domain backup job present");
    },
    domainListAllCheckpoints({ dom }) {
      findDomain(driver, dom);
      return { checkpoints: [], ret: 0 };
    },
    domainCheckpointLookupByName({ dom, name }) {
      findDomain(driver, dom);
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.NO_DOMAIN_CHECKPOINT,
        `no domain checkpoint with matching name '${name}'`,
      );
    },
  };
}
