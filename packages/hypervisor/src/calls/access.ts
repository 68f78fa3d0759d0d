import { parseDomain } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Registry } from "@libvirt-ts/objects";
import type { Client, ServiceAccess } from "@libvirt-ts/rpc/server";
import { formatUuid } from "@libvirt-ts/util/uuid";
import type { AnyDomain } from "./common.ts";

type Attributes = Readonly<Record<string, string>>;
interface Named {
  readonly name: string;
  readonly uuid: string;
}

/** A domain as access rules see it. */
export const domainAttributes = ({ name, uuid }: Named): Attributes => ({
  domain_name: name,
  domain_uuid: uuid,
});

/**
 * Which domain a call is about: by UUID wherever there is one, by what its XML says where one is to be made.
 * @param driver its name in access rules: "QEMU"
 */
export function domainAccess(
  driver: string,
  domains: Pick<Registry<AnyDomain>, "byName" | "byUuid" | typeof Symbol.iterator>,
): ServiceAccess {
  const found = (domain: Named | undefined) => (domain === undefined ? null : domainAttributes(domain));
  const byUuid = (uuid: Uint8Array) => found(domains.byUuid(formatUuid(uuid)));
  return {
    driver,
    objectOf(type, args) {
      if (type !== "domain") throw undecided();
      const uuid = uuidIn(args) ?? uuidIn(field(args, "dom")) ?? uuidIn(domainBehind(args));
      if (uuid !== undefined) return byUuid(uuid);
      const xml = field(args, "xmlDesc") ?? field(args, "xml");
      if (typeof xml === "string") return domainAttributes(parseDomain(xml, { inactive: true }));
      const name = field(args, "name");
      if (typeof name === "string") return found(domains.byName(name));
      const id = field(args, "id");
      if (typeof id === "number") return found([...domains].find((each) => each.isActive && each.id === id));
      throw undecided();
    },
  };
}

/** The domains that a client may see; all of them, and at once, where there are no access drivers. */
export function seenBy<D extends Named, R>(
  { maySee }: Client,
  domains: readonly D[],
  make: (seen: readonly D[]) => R,
  permission = "domain:getattr",
): R | Promise<R> {
  if (maySee === undefined) return make(domains);
  return Promise.all(domains.map((domain) => maySee(permission, domainAttributes(domain)))).then((seen) =>
    make(domains.filter((_, i) => seen[i])),
  );
}

const field = (of: unknown, name: string): unknown => Reflect.get(Object(of), name);

function uuidIn(of: unknown): Uint8Array | undefined {
  const uuid = field(of, "uuid");
  return uuid instanceof Uint8Array ? uuid : undefined;
}

/** Snapshots and checkpoints name their domain. */
const domainBehind = (args: unknown): unknown =>
  field(field(args, "snap") ?? field(args, "snapshot") ?? field(args, "checkpoint"), "dom");

/** A call that does not say which domain it is about, as those on saved images: nobody may make it. */
const undecided = () => new VirError(ErrorDomain.ACCESS, ErrorCode.ACCESS_DENIED);
