import { isIPv6 } from "node:net";
import type { DomainDef, Interface } from "@libvirt-ts/conf/domain";
import { hasSharedMemory } from "./memory-rules.ts";
import { type DeviceRule, forEach, isPowerOfTwo, type Rule, xmlComplaint } from "./rule.ts";

type NetRule = DeviceRule<Interface>;

/** Addresses of the guest's side: only user networking can give them. */
const guestAddresses: NetRule = ({ type, ips, routes, backend }) => {
  const isPasst = backend?.type === "passt";
  if (routes.length > 0)
    return "Invalid attempt to set network interface guest-side IP route, not supported by QEMU";
  if (ips.length === 0) return undefined;
  if (type !== "user" && !(type === "vhostuser" && isPasst))
    return "Invalid attempt to set network interface guest-side IP address info, not supported by QEMU";
  const seen = new Set<string>();
  for (const { address = "", prefix, peer } of ips) {
    if (peer !== undefined) return "Invalid attempt to set peer IP for guest";
    const family = isIPv6(address) ? "IPv6" : "IPv4";
    if (seen.has(family)) return `Only one ${family} address per interface is allowed`;
    seen.add(family);
    if (prefix === undefined || prefix === 0) continue;
    if (family === "IPv6" && prefix !== 64) return `unsupported IPv6 address prefix='${prefix}' - must be 64`;
    if (family === "IPv4" && (prefix < 4 || prefix > 27))
      return xmlComplaint("invalid prefix, must be in range of 4-27");
  }
  return undefined;
};

const model: NetRule = ({ type, model: name = "", teaming }) => {
  if (type === "vdpa" && name !== "virtio")
    return `invalid model for interface of type 'vdpa': '${name}' - must be 'virtio'`;
  if (teaming?.type === "persistent" && name !== "virtio")
    return `virtio-net teaming persistent interface must be <model type='virtio'/>, not '${name}'`;
  return teaming?.type === "transient" && type !== "hostdev" && type !== "network"
    ? `virtio-net teaming transient interface must be type='hostdev', not '${type}'`
    : undefined;
};

const queues: NetRule = ({ driver }) => {
  for (const [name, size] of [
    ["rx", driver?.rxQueueSize],
    ["tx", driver?.txQueueSize],
  ] as const)
    if (size !== undefined && !isPowerOfTwo(size)) return `${name}_queue_size has to be a power of two`;
  return undefined;
};

const hostSide: NetRule = ({ type, mtu, coalesce }) => {
  if (mtu !== undefined && !["network", "bridge", "ethernet", "vhostuser"].includes(type))
    return `setting MTU on interface type ${type} is not supported yet`;
  return coalesce !== undefined && type !== "network" && type !== "bridge"
    ? `coalesce settings on interface type ${type} are not supported`
    : undefined;
};

const sharedMemory: NetRule = (net, def) => {
  if (net.type !== "vhostuser") return undefined;
  if (net.backend?.type !== "passt" && net.source?.path === undefined)
    return xmlComplaint("Missing required attribute 'path' in element 'source'");
  if (net.source?.mode === "server" && net.source.reconnect?.enabled)
    return "'reconnect' attribute is not supported when source mode='server' for <interface type='vhostuser'>";
  if (!hasSharedMemory(def)) return "'interface' requires shared memory";
  const { model: name = "" } = net;
  return name.startsWith("virtio")
    ? undefined
    : `invalid model for interface of type 'vhostuser': '${name}' - must be 'virtio'`;
};

/** Rules for network cards. */
export const netRules: readonly Rule[] = [
  forEach((def: DomainDef) => def.devices.interfaces, guestAddresses, model, queues, hostSide, sharedMemory),
];

/** What only a start refuses. */
export const netStartRules: readonly Rule[] = [
  forEach(
    (def) => def.devices.interfaces,
    (net) =>
      net.type === "vhostuser" && net.backend?.tap !== undefined
        ? `interface ${net.mac?.address} - custom tap device path is not supported for network interfaces of type vhostuser`
        : undefined,
  ),
];
