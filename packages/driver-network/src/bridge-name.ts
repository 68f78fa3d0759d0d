import { isVirtualNetwork, type NetworkDef } from "@libvirt-ts/conf/network";
import { generateMac } from "@libvirt-ts/util/mac";
import { internalError, operationFailed } from "./errors.ts";

const highestBridge = 256;

export interface BridgeNames {
  /** Whether another network, stored or active, has this bridge. */
  isTaken(name: string): boolean;
  /** Whether the host has such an interface. */
  exists(name: string): boolean;
}

/**
 * Gives a virtual network what its bridge needs: a name (lowest free `virbrN`, or by its own template) and a MAC.
 * @throws VirError OPERATION_FAILED when another network has the bridge named
 */
export function completeBridge(
  def: NetworkDef,
  names: BridgeNames,
  random: (size: number) => Uint8Array,
): void {
  if (!isVirtualNetwork(def)) return;
  const wanted = def.bridge?.name;
  if (wanted !== undefined && !wanted.includes("%d")) {
    if (names.isTaken(wanted)) throw operationFailed(`bridge name '${wanted}' already in use.`);
  } else {
    def.bridge = { ...def.bridge, name: freeName(wanted ?? "virbr%d", names) };
  }
  def.mac ??= generateMac("52:54:00", random);
}

function freeName(template: string, names: BridgeNames): string {
  for (let number = 0; number <= highestBridge; number++) {
    const name = template.replace("%d", () => String(number));
    if (!names.isTaken(name) && !names.exists(name)) return name;
  }
  throw internalError(`Bridge generation exceeded max id ${highestBridge}`);
}
