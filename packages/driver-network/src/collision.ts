import { hostAddresses, knownIp, type NetworkDef, routePrefix } from "@libvirt-ts/conf/network";
import type { Route } from "@libvirt-ts/host";
import { type IpAddress, ipMask, ipNetwork } from "@libvirt-ts/util/ip";
import { internalError } from "./errors.ts";

/**
 * Refuses a network whose subnet the host reaches in another way already.
 * @throws VirError INTERNAL_ERROR "Network is already in use by interface X"
 */
export function checkRouteCollision(def: NetworkDef, bridge: string, routes: readonly Route[]): void {
  const own = [
    ...hostAddresses(def),
    ...def.routes.flatMap((route) => {
      if (route.address === undefined) return [];
      const address = knownIp(route.address);
      return [{ address, prefix: routePrefix(route) ?? 0 }];
    }),
  ].filter(({ address }) => address.family === "ipv4");
  for (const { device, destination, mask } of routes) {
    if (device === bridge || destination.value === 0n) continue; // the default route is in nobody's way
    if (own.some((subnet) => isSame(subnet, destination, mask))) {
      throw internalError(`Network is already in use by interface ${device}`);
    }
  }
}

function isSame(
  { address, prefix }: { address: IpAddress; prefix: number },
  destination: IpAddress,
  mask: IpAddress,
): boolean {
  return (
    mask.value === ipMask("ipv4", prefix).value && destination.value === ipNetwork(address, prefix).value
  );
}
