import { mkdir } from "node:fs/promises";
import {
  formatNetworkPort,
  isVirtualNetwork,
  type NetworkDef,
  type NetworkPortDef,
  networkMode,
  type Plug,
  type PortGroup,
  parseNetworkPort,
  type VirtualPort,
} from "@libvirt-ts/conf/network";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Uuid } from "@libvirt-ts/util/uuid";
import { writeAtomic } from "@libvirt-ts/util/write-atomic";
import type { NetworkDriver } from "./driver.ts";
import { configUnsupported, internalError, noPortWithUuid, notActive, operationInvalid } from "./errors.ts";
import { bridgeOf } from "./lifecycle.ts";
import { removeFile } from "./mac-map.ts";
import type { LiveNetwork, Network } from "./network.ts";

/**
 * Gives a guest's interface a place in a network.
 * @param reclaim a guest that runs already says what it is plugged into; a port of its UUID is replaced
 */
export async function createPort(
  driver: NetworkDriver,
  network: Network,
  { xml, reclaim }: { xml: string; reclaim: boolean },
): Promise<NetworkPortDef> {
  const wish = parseNetworkPort(xml);
  return driver.change(network, async () => {
    const live = liveOf(network);
    if (wish.plug && !reclaim) throw internalError("Port reclaim not requested but plug type is not none");
    const had = live.ports.get(wish.uuid);
    if (had && !reclaim) {
      throw new VirError(
        ErrorDomain.NETWORK,
        ErrorCode.NETWORK_PORT_EXIST,
        `Network port with UUID ${wish.uuid} already exists`,
      );
    }
    const port = applyGroup(wish, live.def);
    if (port.bandwidth?.inbound?.floor) {
      throw configUnsupported(
        "a guaranteed inbound bandwidth (floor) is not supported by this network driver",
      );
    }
    port.plug ??= plugInto(live.def);
    await driver.lifecycle.hooks.ask("port-created", live.def, port);
    if (had) count(live.def, had, -1);
    count(live.def, port, 1);
    live.ports.set(port.uuid, port);
    try {
      await savePort(driver, network.name, port);
      await savePortList(driver, live);
    } catch (error) {
      live.ports.delete(port.uuid);
      count(live.def, port, -1);
      await removeFile(portFile(driver, network.name, port.uuid));
      throw error;
    }
    return port;
  });
}

/** @throws VirError NO_NETWORK_PORT */
export async function deletePort(driver: NetworkDriver, network: Network, uuid: Uuid): Promise<void> {
  await driver.change(network, async () => {
    const live = liveOf(network);
    const port = findPort(network, uuid);
    live.ports.delete(uuid);
    count(live.def, port, -1);
    await removeFile(portFile(driver, network.name, uuid));
    await savePortList(driver, live);
    await driver.lifecycle.hooks.tell("port-deleted", live.def, port);
  });
}

/** Changes what a port may transfer. */
export async function setPortBandwidth(
  driver: NetworkDriver,
  network: Network,
  { uuid, bandwidth }: { uuid: Uuid; bandwidth: NetworkPortDef["bandwidth"] },
): Promise<void> {
  await driver.change(network, async () => {
    const port = findPort(network, uuid);
    if (bandwidth?.inbound?.floor) throw operationInvalid("a guaranteed bandwidth (floor) cannot be set");
    const changed = { ...port, bandwidth };
    await savePort(driver, network.name, changed);
    liveOf(network).ports.set(uuid, changed);
  });
}

/** @throws VirError NO_NETWORK_PORT */
export function findPort(network: Network, uuid: Uuid): NetworkPortDef {
  const port = network.live?.ports.get(uuid);
  if (!port) throw noPortWithUuid(uuid);
  return port;
}

export function liveOf({ live, name }: Network): LiveNetwork {
  if (!live) throw notActive(name);
  return live;
}

const portFile = (driver: NetworkDriver, name: string, uuid: Uuid) =>
  `${driver.lifecycle.portDir(name)}/${uuid}.xml`;

async function savePort(driver: NetworkDriver, name: string, port: NetworkPortDef): Promise<void> {
  await mkdir(driver.lifecycle.portDir(name), { recursive: true });
  await writeAtomic(portFile(driver, name, port.uuid), formatNetworkPort(port));
}

async function savePortList({ lifecycle }: NetworkDriver, live: LiveNetwork): Promise<void> {
  await lifecycle.saveMacs(live);
  await lifecycle.saveStatus(live);
}

/** What the interface does not say itself comes from its port group, then from the network. */
function applyGroup(wish: NetworkPortDef, def: NetworkDef): NetworkPortDef {
  const group = def.portGroups.find((known) =>
    wish.group === undefined ? known.isDefault : known.name === wish.group,
  );
  return {
    ...wish,
    group: group?.name ?? wish.group,
    bandwidth: wish.bandwidth ?? group?.bandwidth,
    vlan: wish.vlan ?? group?.vlan ?? def.vlan,
    isolated: wish.isolated ?? group?.isolated ?? def.isolated,
    trustGuestRxFilters: wish.trustGuestRxFilters ?? group?.trustGuestRxFilters ?? def.trustGuestRxFilters,
    virtualPort: mergeVirtualPorts(wish, def, group),
  };
}

/** Attributes may stand in any of the three; the same one twice has to agree. */
function mergeVirtualPorts(
  wish: NetworkPortDef,
  def: NetworkDef,
  group: PortGroup | undefined,
): VirtualPort | undefined {
  let merged: VirtualPort | undefined;
  for (const { virtualPort } of [wish, def, group ?? {}]) {
    if (!virtualPort) continue;
    if (merged?.type !== undefined && virtualPort.type !== undefined && merged.type !== virtualPort.type) {
      throw configUnsupported(
        `attempt to merge virtualports with mismatched types (${merged.type} and ${virtualPort.type})`,
      );
    }
    const parameters = { ...merged?.parameters };
    for (const [name, value] of Object.entries(virtualPort.parameters ?? {})) {
      const known = parameters[name as keyof typeof parameters]; // the same element's fields
      if (known !== undefined && known !== value) {
        throw configUnsupported(
          `attempt to merge virtualports with mismatched ${name}s ('${known}' and '${value}')`,
        );
      }
      Object.assign(parameters, { [name]: value });
    }
    merged = {
      type: merged?.type ?? virtualPort.type,
      ...(Object.keys(parameters).length > 0 && { parameters }),
    };
  }
  return merged;
}

function plugInto(def: NetworkDef): Plug {
  const { bridge, name, forward } = def;
  const manager = bridge?.macTableManager;
  const macTable = manager === undefined ? {} : { macTableManager: manager };
  if (isVirtualNetwork(def)) return { type: "network", bridge: bridgeOf(def), ...macTable };
  const mode = networkMode(def);
  if (mode === "bridge" && bridge?.name !== undefined)
    return { type: "bridge", bridge: bridge.name, ...macTable };
  if (mode === "hostdev" || forward?.pf) {
    throw configUnsupported(`network '${name}' hands out virtual functions, which is not supported`);
  }
  if (mode !== "bridge" && mode !== "private" && mode !== "vepa" && mode !== "passthrough") {
    throw internalError(`network '${name}' has no way to plug in an interface`);
  }
  return { type: "direct", dev: leastUsedDevice(def), mode };
}

/** A device of the pool: an unused one where devices cannot be shared, else the one with the fewest users. */
function leastUsedDevice(def: NetworkDef): string {
  const pool = def.forward?.interfaces ?? [];
  if (pool.length === 0) {
    throw internalError(
      `network '${def.name}' uses a direct mode, but has no forward dev and no interface pool`,
    );
  }
  const mode = networkMode(def);
  const isExclusive = mode === "passthrough" || (mode === "private" && def.virtualPort?.type === "802.1Qbh");
  const [best] = [...pool].sort((a, b) => (a.connections ?? 0) - (b.connections ?? 0));
  if (!best || (isExclusive && (best.connections ?? 0) > 0)) {
    throw internalError(
      `network '${def.name}' requires exclusive access to interfaces, but none are available`,
    );
  }
  return best.dev;
}

/** Live XML tells how often a network and each of its devices is used. */
function count(def: NetworkDef, { plug }: NetworkPortDef, by: 1 | -1): void {
  def.connections = Math.max(0, (def.connections ?? 0) + by);
  if (plug?.type !== "direct") return;
  const device = def.forward?.interfaces.find(({ dev }) => dev === plug.dev);
  if (device) device.connections = Math.max(0, (device.connections ?? 0) + by);
}
