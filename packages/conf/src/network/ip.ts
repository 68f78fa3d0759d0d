import {
  attr,
  attrOf,
  child,
  element,
  type Infer,
  list,
  oneOf,
  size,
  str,
  uint,
  yesNo,
} from "@libvirt-ts/xml";
import { ipPrefix } from "../types.ts";
import { ipText, unicastMac } from "./scalars.ts";

const leaseUnits = ["seconds", "minutes", "hours"] as const;

/** How long an address is lent; 0 is for ever. */
const Lease = element(
  "lease",
  {
    expiry: attr("expiry", size, { required: true }),
    unit: attr("unit", oneOf(leaseUnits), { default: "minutes" }),
  },
  { view: (lease) => (lease.expiry === 0 ? ({ expiry: 0 } as typeof lease) : lease) }, // a unit of "for ever" is not shown
);
export type Lease = Infer<typeof Lease>;

export const DhcpRange = element("range", {
  start: attr("start", ipText, { strict: { required: true } }),
  end: attr("end", ipText, { strict: { required: true } }),
  lease: child(Lease),
});
export type DhcpRange = Infer<typeof DhcpRange>;

export const DhcpHost = element(
  "host",
  {
    id: attr("id", str, { emptyIsAbsent: true }),
    mac: attr("mac", unicastMac),
    name: attr("name", str, { emptyIsAbsent: true }),
    ip: attr("ip", ipText, { strict: { required: true } }),
    lease: child(Lease),
  },
  {
    rule: ({ attrs: { mac, id, name } }) =>
      mac === undefined && id === undefined && name === undefined
        ? "<host> needs one of the attributes 'mac', 'id' and 'name'"
        : undefined,
  },
);
export type DhcpHost = Infer<typeof DhcpHost>;

const Dhcp = element("dhcp", {
  ranges: list(DhcpRange),
  hosts: list(DhcpHost),
  bootp: child(element("bootp", { file: attr("file", str), server: attr("server", str) })),
});

const family = attr("family", oneOf(["ipv4", "ipv6"]));

/** `<ip>`: an address of the host on the bridge, and what is offered there. */
export const NetworkIp = element(
  "ip",
  {
    family,
    address: attr("address", ipText),
    netmask: attr("netmask", ipText),
    prefix: attr("prefix", uint),
    localPtr: attr("localPtr", yesNo, { omit: false }),
    tftpRoot: attrOf("tftp", "root", str),
    dhcp: child(Dhcp),
  },
  { endTag: true },
);
export type NetworkIp = Infer<typeof NetworkIp>;

/** `<route>`: a static route by way of an address in the network. */
export const NetworkRoute = element("route", {
  family,
  address: attr("address", ipText),
  prefix: attr("prefix", ipPrefix(uint)),
  netmask: attr("netmask", ipText),
  gateway: attr("gateway", ipText),
  metric: attr("metric", uint),
});
export type NetworkRoute = Infer<typeof NetworkRoute>;
