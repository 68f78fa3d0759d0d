import { ConnectListAllDomainsFlags as Flag } from "@libvirt-ts/api";
import { checkFlags, ErrorDomain, internal } from "@libvirt-ts/errors";
import { type FilterGroup, filterFlags, isListed as isInGroups, ReplyCache } from "@libvirt-ts/objects";
import { Max, NonnullDomain } from "@libvirt-ts/protocol";
import { encoded } from "@libvirt-ts/rpc/server";
import { encode } from "@libvirt-ts/xdr";
import { seenBy } from "./access.ts";
import { type AnyDomain, type DomainDriver, type RemoteHandlers, wireDomain } from "./common.ts";

type Test = (domain: AnyDomain) => boolean;

const isOther: Test = ({ state }) => !["running", "paused", "shutoff"].includes(state.name);

/** `virConnectListAllDomainsFlags`. */
const filterGroups: readonly FilterGroup<AnyDomain>[] = [
  [
    [Flag.ACTIVE, (domain) => domain.isActive],
    [Flag.INACTIVE, (domain) => !domain.isActive],
  ],
  [
    [Flag.PERSISTENT, (domain) => domain.isPersistent],
    [Flag.TRANSIENT, (domain) => !domain.isPersistent],
  ],
  [
    [Flag.RUNNING, ({ state }) => state.name === "running"],
    [Flag.PAUSED, ({ state }) => state.name === "paused"],
    [Flag.SHUTOFF, ({ state }) => state.name === "shutoff"],
    [Flag.OTHER, isOther],
  ],
  [
    [Flag.MANAGEDSAVE, (domain) => domain.hasManagedSave],
    [Flag.NO_MANAGEDSAVE, (domain) => !domain.hasManagedSave],
  ],
  [
    [Flag.AUTOSTART, (domain) => domain.autostart],
    [Flag.NO_AUTOSTART, (domain) => !domain.autostart],
  ],
  [
    [Flag.HAS_SNAPSHOT, ({ momentCounts }) => momentCounts.snapshots > 0],
    [Flag.NO_SNAPSHOT, ({ momentCounts }) => momentCounts.snapshots === 0],
  ],
  [
    [Flag.HAS_CHECKPOINT, ({ momentCounts }) => momentCounts.checkpoints > 0],
    [Flag.NO_CHECKPOINT, ({ momentCounts }) => momentCounts.checkpoints === 0],
  ],
];
/** All of them. */
export const LIST_FLAGS = filterFlags(filterGroups);

/** Whether a domain belongs into a list made with these flags. */
export const isListed = (domain: AnyDomain, flags: number): boolean =>
  isInGroups(domain, flags, filterGroups);

export function listHandlers({ domains, prefix, errorDomain }: DomainDriver): RemoteHandlers {
  const replies = new ReplyCache<string>(() => domains.version);
  const active = () => [...domains].filter((domain) => domain.isActive);
  const defined = () => [...domains].filter((domain) => !domain.isActive);
  return {
    connectNumOfDomains: (_, { client }) => seenBy(client, active(), ({ length }) => ({ num: length })),
    connectListDomains: ({ maxids }, { client }) =>
      seenBy(client, active(), (seen) => ({ ids: seen.slice(0, maxids).map(({ id }) => id) })),
    connectNumOfDefinedDomains: (_, { client }) =>
      seenBy(client, defined(), ({ length }) => ({ num: length })),
    connectListDefinedDomains: ({ maxnames }, { client }) =>
      seenBy(client, defined(), (seen) => ({ names: seen.slice(0, maxnames).map(({ name }) => name) })),
    connectListAllDomains({ needResults, flags }, { client }) {
      checkFlags(flags, LIST_FLAGS, `${prefix}ConnectListAllDomains`, errorDomain);
      const listed = () =>
        flags === 0 ? [...domains] : [...domains].filter((domain) => isListed(domain, flags));
      const list = (seen: readonly AnyDomain[]) => encodeList(seen, needResults !== 0);
      if (client.maySee !== undefined) return seenBy(client, listed(), (seen) => encoded(list(seen)));
      return encoded(replies.get(`${needResults} ${flags}`, () => list(listed())));
    },
  };
}

/** The reply body: count, domains, count again. */
function encodeList(listed: readonly AnyDomain[], needResults: boolean): Uint8Array {
  if (listed.length > Max.DOMAIN_LIST)
    throw internal(ErrorDomain.RPC, `Too many domains '${listed.length}' for limit '${Max.DOMAIN_LIST}'`);
  const shown = needResults ? listed : [];
  return Buffer.concat([word(shown.length), ...shown.map(encodedDomain), word(listed.length)]);
}

const known = new WeakMap<AnyDomain, { id: number; name: string; bytes: Uint8Array }>();

/** A domain's own bytes in lists, encoded once an id and name. */
function encodedDomain(domain: AnyDomain): Uint8Array {
  const kept = known.get(domain);
  if (kept?.id === domain.id && kept.name === domain.name) return kept.bytes;
  const bytes = encode(NonnullDomain, wireDomain(domain));
  known.set(domain, { id: domain.id, name: domain.name, bytes });
  return bytes;
}

function word(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
