import { DomainSnapshotXmlFlags as XmlFlag } from "@libvirt-ts/api";
import { formatSnapshot, type SnapshotDef } from "@libvirt-ts/conf/snapshot";
import { ErrorCode } from "@libvirt-ts/errors";
import { formatUuid } from "@libvirt-ts/util/uuid";
import { snapshotListing } from "../moments/list.ts";
import type { AnyDomain, DomainDriver, RemoteHandlers } from "./common.ts";
import { listedMoments, MomentCalls, type MomentKind } from "./moments.ts";

const kind: MomentKind<SnapshotDef> = {
  word: "snapshot",
  code: ErrorCode.NO_DOMAIN_SNAPSHOT,
  listing: snapshotListing,
  of: ({ snapshots }) => snapshots,
};

/** For drivers: how they find the snapshots that clients name. */
export const snapshotCalls = <V extends AnyDomain>(driver: DomainDriver<V>): MomentCalls<V, SnapshotDef> =>
  new MomentCalls(driver, kind);

/** What clients ask about snapshots, and which is whose parent. Making them is the driver's own. */
export function snapshotHandlers(driver: DomainDriver): RemoteHandlers {
  const calls = snapshotCalls(driver);
  const names = (found: readonly { name: string }[], most: number) => ({
    names: found.slice(0, most).map(({ name }) => name),
  });
  return {
    domainSnapshotNum: ({ dom, flags }) => ({ num: calls.list(dom, flags, "DomainSnapshotNum").length }),
    domainSnapshotListNames: ({ dom, maxnames, flags }) =>
      names(calls.list(dom, flags, "DomainSnapshotListNames"), maxnames),
    domainListAllSnapshots({ dom, needResults, flags }) {
      const found = calls.list(dom, flags, "DomainListAllSnapshots");
      return { snapshots: listedMoments(found, needResults), ret: found.length };
    },
    domainSnapshotNumChildren: ({ snap, flags }) => ({
      num: calls.children(snap, flags, "DomainSnapshotNumChildren").length,
    }),
    domainSnapshotListChildrenNames: ({ snap, maxnames, flags }) =>
      names(calls.children(snap, flags, "DomainSnapshotListChildrenNames"), maxnames),
    domainSnapshotListAllChildren({ snapshot, needResults, flags }) {
      const found = calls.children(snapshot, flags, "DomainSnapshotListAllChildren");
      return { snapshots: listedMoments(found, needResults), ret: found.length };
    },
    domainSnapshotLookupByName({ dom, name, flags }) {
      calls.checkFlags(flags, 0, "DomainSnapshotLookupByName");
      calls.find({ name, dom });
      return { snap: { name, dom } };
    },
    domainHasCurrentSnapshot({ dom, flags }) {
      calls.checkFlags(flags, 0, "DomainHasCurrentSnapshot");
      return { result: calls.domain(dom).snapshots.current ? 1 : 0 };
    },
    domainSnapshotCurrent({ dom, flags }) {
      calls.checkFlags(flags, 0, "DomainSnapshotCurrent");
      const { current } = calls.domain(dom).snapshots;
      if (!current) throw calls.none("the domain does not have a current snapshot");
      return { snap: { name: current.def.name, dom } };
    },
    domainSnapshotGetParent({ snap, flags }) {
      calls.checkFlags(flags, 0, "DomainSnapshotGetParent");
      return { snap: calls.parent(snap) };
    },
    domainSnapshotIsCurrent({ snap, flags }) {
      calls.checkFlags(flags, 0, "DomainSnapshotIsCurrent");
      const { domain, moment } = calls.find(snap);
      return { current: domain.snapshots.current === moment ? 1 : 0 };
    },
    domainSnapshotHasMetadata({ snap, flags }) {
      calls.checkFlags(flags, 0, "DomainSnapshotHasMetadata");
      calls.find(snap);
      return { metadata: 1 };
    },
    domainSnapshotGetXmlDesc({ snap, flags }) {
      calls.checkFlags(flags, XmlFlag.SECURE, "DomainSnapshotGetXMLDesc");
      const { def } = calls.find(snap).moment;
      const secure = (flags & XmlFlag.SECURE) !== 0;
      return { xml: formatSnapshot(def, { secure, snapshotDomainUuid: formatUuid(snap.dom.uuid) }) };
    },
  };
}
