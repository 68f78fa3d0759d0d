import { parseNetwork, parseNetworkPort } from "@libvirt-ts/conf/network";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { ServiceAccess } from "@libvirt-ts/rpc/server";
import { formatUuid } from "@libvirt-ts/util/uuid";
import type { NetworkDriver } from "../driver.ts";

type Attributes = Readonly<Record<string, string>>;
interface Named {
  readonly name: string;
  readonly uuid: string;
}

/** A network as access rules see it. */
export const networkAttributes = ({ name, uuid }: Named): Attributes => ({
  network_name: name,
  network_uuid: uuid,
});

/** A network's port, by its UUID. */
export const portAttributes = (network: Named, portUuid: string): Attributes => ({
  ...networkAttributes(network),
  port_uuid: portUuid,
});

/** Which network or port a call is about: by UUID wherever there is one, by what its XML says where one is to be made. */
export function networkAccess({ networks }: Pick<NetworkDriver, "networks">): ServiceAccess {
  const existing = (network: (Named & { exists: boolean }) | undefined) =>
    network?.exists === true ? network : undefined;
  const byUuid = (uuid: Uint8Array) => existing(networks.byUuid(formatUuid(uuid)));
  const attributesOf = (network: Named | undefined) =>
    network === undefined ? null : networkAttributes(network);

  function network(args: unknown): Attributes | null {
    const uuid = uuidIn(networkIn(args)) ?? uuidIn(args);
    if (uuid !== undefined) return attributesOf(byUuid(uuid));
    const [xml, name] = [field(args, "xml"), field(args, "name")];
    if (typeof xml === "string") return networkAttributes(parseNetwork(xml, { inactive: true }));
    if (typeof name === "string") return attributesOf(existing(networks.byName(name)));
    throw undecided();
  }

  function port(args: unknown): Attributes | null {
    const own = field(args, "port");
    const networkUuid = uuidIn(networkIn(own) ?? networkIn(args));
    const xml = field(args, "xml");
    const portUuid = uuidIn(own) ?? uuidIn(args);
    if (networkUuid === undefined) throw undecided();
    const found = byUuid(networkUuid);
    if (found === undefined) return null;
    if (typeof xml === "string") return portAttributes(found, parseNetworkPort(xml).uuid);
    if (portUuid === undefined) throw undecided();
    return portAttributes(found, formatUuid(portUuid));
  }

  return {
    driver: "network",
    objectOf(type, args) {
      if (type === "network") return network(args);
      if (type === "network_port") return port(args);
      throw undecided();
    },
  };
}

const field = (of: unknown, name: string): unknown => Reflect.get(Object(of), name);
const networkIn = (of: unknown): unknown => field(of, "net") ?? field(of, "network");

function uuidIn(of: unknown): Uint8Array | undefined {
  const uuid = field(of, "uuid");
  return uuid instanceof Uint8Array ? uuid : undefined;
}

/** A call that does not say what it is about: nobody may make it. */
const undecided = () => new VirError(ErrorDomain.ACCESS, ErrorCode.ACCESS_DENIED);
