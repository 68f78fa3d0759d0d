import type { Interface } from "@libvirt-ts/conf/domain";
import type { NetworkPortDef } from "@libvirt-ts/conf/network";
import { run, runOrThrow } from "@libvirt-ts/host";
import type { Undo } from "@libvirt-ts/util/undo";
import { randomUuid } from "@libvirt-ts/util/uuid";
import type { TapResources } from "../command/types.ts";
import { unsupported } from "../driver/common.ts";
import type { QemuDomain } from "../guest.ts";
import { useNetworkPort } from "../peers/network.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { openVhostNet } from "./host-devices.ts";

/**
 * Connects a guest's card in the host: asks its network for a port, makes the tap.
 * @returns the tap, or undefined for cards that need none
 */
export async function attachInterface(
  driver: QemuDriver,
  domain: QemuDomain,
  net: Interface,
  undo: Undo,
): Promise<TapResources | undefined> {
  if (net.type === "network") await claimPort(driver, domain, net, undo);
  const bridge = bridgeOf(net);
  if (bridge === undefined && net.type !== "ethernet") return undefined;
  const mtu = net.mtu;
  const wanted = net.target?.dev;
  const tap = driver.taps.create({
    ...(bridge === undefined ? { isForeign: net.target?.managed === false } : { bridge }),
    mac: net.mac?.address ?? "",
    vnetHdr: net.model?.startsWith("virtio") === true,
    queues: net.driver?.queues ?? 1,
    ...(mtu === undefined ? {} : { mtu }),
    ...(wanted === undefined ? {} : { name: wanted }),
  });
  net.target = { ...net.target, dev: tap.name };
  const { script, downscript } = net;
  if (script !== undefined) await runScript(script, tap.name);
  if (downscript !== undefined) undo.add(() => runScript(downscript, tap.name));
  return { name: tap.name, fds: tap.fds, vhostFds: await openVhostNet(net, tap.fds.length) };
}

/**
 * Lets the administrator's program connect a tap, or undo that.
 * @throws VirError INTERNAL_ERROR when it fails
 */
export async function runScript(path: string, tap: string): Promise<void> {
  await runOrThrow(run, path, [tap]);
}

/** The bridge a card goes to, once its network has said so. */
export function bridgeOf(net: Interface): string | undefined {
  if (net.type === "bridge") return net.source?.bridge;
  return net.type === "network" ? net.source?.bridge : undefined;
}

type NetworkInterface = Extract<Interface, { type: "network" }>;

async function claimPort(
  driver: QemuDriver,
  domain: QemuDomain,
  net: NetworkInterface,
  undo: Undo,
): Promise<void> {
  const network = net.source?.network ?? "";
  const port = await driver.networks.createPort(network, portWish(domain, net));
  undo.add(() => driver.networks.deletePort(network, port.uuid));
  const plug = port.plug?.type ?? "nothing";
  if (plug !== "network" && plug !== "bridge")
    throw unsupported(`network '${network}' connects by '${plug}', which is not supported`);
  useNetworkPort(net, port);
}

/** The port a card asks for; with the UUID it has, if it has one. */
export function portWish(domain: QemuDomain, net: NetworkInterface): Omit<NetworkPortDef, "plug"> {
  const { bandwidth, vlan, virtualport, trustGuestRxFilters, isolated } = net;
  return {
    uuid: net.source?.portid ?? randomUuid(),
    owner: { name: domain.name, uuid: domain.uuid },
    mac: net.mac?.address ?? "",
    group: net.source?.portgroup,
    bandwidth,
    vlan,
    virtualPort: virtualport,
    trustGuestRxFilters,
    isolated,
  };
}
