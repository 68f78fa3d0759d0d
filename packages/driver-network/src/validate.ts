import {
  isVirtualNetwork,
  knownIp,
  type NetworkDef,
  type NetworkIp,
  networkMode,
} from "@libvirt-ts/conf/network";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { configUnsupported } from "./errors.ts";

/**
 * Whether this driver can run such a network.
 * @throws VirError CONFIG_UNSUPPORTED, XML_ERROR
 */
export function validateNetwork(def: NetworkDef): void {
  checkDeviceNames(def);
  if (isVirtualNetwork(def)) checkOneDhcpPerFamily(def);
  else refuseOwnServices(def);
  checkPool(def);
  checkPortGroups(def);
  checkVirtualPort(def);
  checkVlan(def);
}

/** Names of interfaces become words of `ip` and nft scripts: nothing but a name may stand there. */
function checkDeviceNames({ bridge, forward }: NetworkDef): void {
  const devices = [...(forward?.interfaces ?? []), ...(forward?.pf ? [forward.pf] : [])].map(
    ({ dev }) => dev,
  );
  for (const name of bridge?.name === undefined ? devices : [bridge.name, ...devices]) {
    if (!/^[A-Za-z0-9_.:@%-]{1,15}$/.test(name)) {
      throw new VirError(ErrorDomain.NETWORK, ErrorCode.XML_ERROR, `'${name}' is not a valid interface name`);
    }
  }
}

function refuseOwnServices(def: NetworkDef): void {
  const refuse = (element: string) =>
    configUnsupported(
      `Unsupported <${element}> element in network ${def.name} with forward mode='${networkMode(def)}'`,
    );
  if (def.ips.length > 0) throw refuse("ip");
  if (def.dns) throw refuse("dns");
  if (def.domain) throw refuse("domain");
  if (def.mac !== undefined) throw refuse("mac");
  if (def.bandwidth) {
    throw configUnsupported(
      `Unsupported network-wide <bandwidth> element in network '${def.name}' with forward mode='${networkMode(def)}'`,
    );
  }
}

const hasDhcp = ({ dhcp }: NetworkIp): boolean => (dhcp?.ranges.length ?? 0) + (dhcp?.hosts.length ?? 0) > 0;

function checkOneDhcpPerFamily(def: NetworkDef): void {
  for (const [family, word] of [
    ["ipv4", "IPv4"],
    ["ipv6", "IPv6"],
  ] as const) {
    const served = def.ips.filter(
      (ip) => hasDhcp(ip) && ip.address !== undefined && knownIp(ip.address).family === family,
    );
    if (served.length > 1) {
      throw configUnsupported(
        `Multiple ${word} dhcp sections found -- dhcp is supported only for a single ${word} address on each network`,
      );
    }
  }
}

function checkPool({ name, forward }: NetworkDef): void {
  if (!forward) return;
  const isHostdev = forward.mode === "hostdev";
  const [device] = forward.interfaces;
  if (isHostdev && device) {
    throw configUnsupported(
      `hostdev network '${name}' lists '${device.dev}' in the device pool, but hostdev networks require all devices to be listed by PCI address, not network device name`,
    );
  }
  if (!isHostdev && forward.addresses.length > 0) {
    throw configUnsupported(
      `network '${name}' has forward mode '${forward.mode}'  but lists a device by PCI address in the device pool. This is only supported for networks with forward mode 'hostdev'`,
    );
  }
}

function checkPortGroups(def: NetworkDef): void {
  const names = new Set<string>();
  let chosen: string | undefined;
  for (const group of def.portGroups) {
    if (names.has(group.name)) {
      throw configUnsupported(
        `multiple <portgroup> elements with the same name (${group.name}) in network '${def.name}'`,
      );
    }
    names.add(group.name);
    if (!group.isDefault) continue;
    if (chosen !== undefined) {
      throw configUnsupported(
        `network '${def.name}' has multiple default <portgroup> elements (${chosen} and ${group.name}), but only one default is allowed`,
      );
    }
    chosen = group.name;
  }
}

/** Which switches a kind of network can talk to, and how error texts call it. */
function virtualPortRule(def: NetworkDef): { types: readonly string[]; what: string } {
  const mode = networkMode(def);
  if (isVirtualNetwork(def)) return { types: [], what: "uses IP forwarding" };
  if (mode === "bridge" && def.bridge?.name !== undefined) {
    return { types: ["openvswitch", "midonet"], what: "uses a bridge device" };
  }
  if (mode === "hostdev") {
    return {
      types: ["802.1Qbg", "802.1Qbh"],
      what: "uses an SR-IOV Virtual Function via PCI passthrough",
    };
  }
  // Without devices a bridge mode network may still stand for a switch of its own.
  const isPool = (def.forward?.interfaces.length ?? 0) > 0 || def.forward?.pf !== undefined;
  return {
    types: isPool ? ["802.1Qbg", "802.1Qbh"] : ["802.1Qbg", "802.1Qbh", "openvswitch", "midonet"],
    what: "uses a macvtap device",
  };
}

function checkVirtualPort(def: NetworkDef): void {
  const { types, what } = virtualPortRule(def);
  for (const { virtualPort } of [def, ...def.portGroups]) {
    const type = virtualPort?.type;
    if (type !== undefined && !types.includes(type)) {
      throw configUnsupported(
        `<virtualport type='${type}'> not supported for network '${def.name}' which ${what}`,
      );
    }
  }
}

function checkVlan(def: NetworkDef): void {
  const mode = networkMode(def);
  const type = def.virtualPort?.type;
  const canTag =
    mode === "hostdev" || mode === "passthrough" || (mode === "bridge" && type === "openvswitch");
  if (canTag || type === "802.1Qbh") return;
  if (def.vlan || def.portGroups.some((group) => group.vlan && group.virtualPort?.type !== "openvswitch")) {
    throw configUnsupported(
      `<vlan> element specified for network ${def.name}, whose type doesn't support vlan configuration`,
    );
  }
}
