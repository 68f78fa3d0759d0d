import type { Interface } from "@libvirt-ts/conf/domain";
import type { NetworkDef, NetworkPortDef } from "@libvirt-ts/conf/network";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

type NetworkInterface = Extract<Interface, { type: "network" }>;

/**
 * Makes a card what its network has granted it: from here on `actual` says what it is connected to.
 * @throws VirError NETWORK/INTERNAL_ERROR for a port that is plugged in nowhere
 */
export function useNetworkPort(net: NetworkInterface, port: NetworkPortDef): void {
  const { plug, bandwidth, vlan, virtualPort, trustGuestRxFilters, isolated } = port;
  const common = { bandwidth, vlan, virtualport: virtualPort, trustGuestRxFilters, isolated };
  const source = { ...net.source, network: net.source?.network ?? "", portid: port.uuid };
  switch (plug?.type) {
    case "network":
    case "bridge": {
      const { bridge, macTableManager } = plug;
      net.source = { ...source, bridge };
      net.actual = { ...common, type: plug.type, source: { bridge, macTableManager } };
      break;
    }
    case "direct": {
      const { dev, mode } = plug;
      net.source = { ...source, dev, mode };
      net.actual = { ...common, type: "direct", source: { dev, mode } };
      break;
    }
    case "hostdev-pci": {
      const { address, managed, driver } = plug;
      net.source = source;
      net.actual = {
        ...common,
        type: "hostdev",
        managed,
        hostDriver: driver,
        source: { address: { type: "pci", ...address } },
      };
      break;
    }
    default:
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.INTERNAL_ERROR,
        `network '${source.network}' has given a port that is plugged in nowhere`,
      );
  }
}

/**
 * Where a display listens that names a network: the host's first address there.
 * @throws VirError INTERNAL_ERROR for a network on which the host has none of its own
 */
export function listenAddressOf({ name, ips }: Pick<NetworkDef, "name" | "ips">): string {
  const address = ips.find((ip) => ip.address !== undefined)?.address;
  if (address !== undefined) return address;
  throw new VirError(
    ErrorDomain.NETWORK,
    ErrorCode.INTERNAL_ERROR,
    `network '${name}' doesn't have an IP address`,
  );
}
