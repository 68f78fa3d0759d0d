import {
  attr,
  attrOf,
  child,
  element,
  type Infer,
  list,
  oneOf,
  positive,
  sizeAnyBase,
  str,
  strictlyOneOf,
  uint,
  yesNo,
} from "@libvirt-ts/xml";
import { ipPrefix } from "../types.ts";
import { networkError } from "./errors.ts";
import { ipText, stationMac } from "./scalars.ts";

const leaseUnits = ["seconds", "minutes", "hours"] as const;

/** How long an address is lent; 0 is for ever. */
const Lease = element(
  "lease",
  {
    expiry: attr("expiry", sizeAnyBase, { required: true }),
    unit: attr("unit", oneOf(leaseUnits), { default: "minutes" }),
  },
  { view: (lease) => (lease.expiry === 0 ? ({ expiry: 0 } as typeof lease) : lease) }, // a unit of "for ever" is not shown
);
export type Lease = Infer<typeof Lease>;
/** One that does not say how long says nothing. */
const lease = child(Lease, { skip: ({ attrs }) => attrs.expiry === undefined });

export const DhcpRange = element("range", {
  start: attr("start", ipText(), { strict: { required: true } }),
  end: attr("end", ipText(), { strict: { required: true } }),
  lease,
});
export type DhcpRange = Infer<typeof DhcpRange>;

const mac = stationMac(
  {
    form: (text, { networkName }) =>
      networkError(`Cannot parse MAC address '${text}' in network '${networkName}'`),
    group: (text, { networkName }) =>
      networkError(`expected unicast mac address, found multicast '${text}' in network '${networkName}'`),
  },
  { keep: true },
);

export const DhcpHost = element(
  "host",
  {
    mac: attr("mac", mac),
    id: attr("id", str),
    name: attr("name", str),
    ip: attr(
      "ip",
      ipText((_text, { networkName }) =>
        networkError(`Invalid IP address in static host definition for network '${networkName}'`),
      ),
      { strict: { required: true } },
    ),
    lease,
  },
  {
    rule: ({ attrs: { mac, id, name } }) =>
      mac === undefined && id === undefined && name === undefined
        ? "<host> needs one of the attributes 'mac', 'id' and 'name'"
        : undefined,
  },
);
export type DhcpHost = Infer<typeof DhcpHost>;

const Dhcp = element(
  "dhcp",
  {
    ranges: list(DhcpRange),
    hosts: list(DhcpHost),
    bootp: child(
      element("bootp", { file: attr("file", str, { required: true }), server: attr("server", ipText()) }),
    ),
  },
  // Without addresses to give away nothing is booted either.
  { view: (dhcp) => (dhcp.ranges.length + dhcp.hosts.length > 0 ? dhcp : { ranges: [], hosts: [] }) },
);

const absent = { emptyIsAbsent: true } as const;

/** `<ip>`: an address of the host on the bridge, and what is offered there. Judged by `checkIp`. */
export const NetworkIp = element(
  "ip",
  {
    family: attr("family", strictlyOneOf(str, ["ipv4", "ipv6"]), absent),
    address: attr(
      "address",
      ipText((text, { networkName }) =>
        networkError(`Invalid address '${text}' in network '${networkName}'`),
      ),
      absent,
    ),
    netmask: attr(
      "netmask",
      ipText((text, { networkName }) =>
        networkError(`Invalid netmask '${text}' in network '${networkName}'`),
      ),
      absent,
    ),
    prefix: attr("prefix", uint, { omit: 0 }),
    localPtr: attr("localPtr", yesNo),
    tftpRoot: attrOf("tftp", "root", str, { emptyIsAbsent: true }),
    dhcp: child(Dhcp),
  },
  { endTag: true },
);
export type NetworkIp = Infer<typeof NetworkIp>;

/** An address in a route. */
const hop = (what: string) =>
  ipText((text, { networkName }) =>
    networkError(`${networkName}: Bad ${what} address '${text}' in route definition`),
  );

/** `<route>`: a static route by way of an address in the network. Judged by `checkRoute`. */
export const NetworkRoute = element("route", {
  family: attr("family", strictlyOneOf(str, ["ipv4", "ipv6"])),
  address: attr("address", hop("network")),
  netmask: attr("netmask", hop("netmask")),
  prefix: attr("prefix", ipPrefix(uint)),
  gateway: attr("gateway", hop("gateway")),
  metric: attr("metric", positive),
});
export type NetworkRoute = Infer<typeof NetworkRoute>;
