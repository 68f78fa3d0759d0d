import {
  attr,
  element,
  type Infer,
  leaves,
  list,
  type Scalar,
  str,
  strictlyOneOf,
  uint,
  yesNo,
} from "@libvirt-ts/xml";
import { dnsName, unsignedShort } from "../types.ts";
import { networkDetail, networkError } from "./errors.ts";
import { ipText } from "./scalars.ts";

const Forwarder = element(
  "forwarder",
  {
    domain: attr("domain", str),
    addr: attr(
      "addr",
      ipText((text, { networkName }) =>
        networkError(`Invalid forwarder IP address '${text}' in network '${networkName}'`),
      ),
    ),
  },
  {
    read({ domain, addr }) {
      if (domain === undefined && addr === undefined) {
        throw networkError("Invalid forwarder element, must contain at least one of addr or domain");
      }
    },
  },
);

const needed = { strict: { required: true } } as const;

export const DnsTxt = element("txt", {
  name: attr("name", dnsName, needed),
  value: attr("value", str, needed),
});
export type DnsTxt = Infer<typeof DnsTxt>;

/** A number of a service, up to 65535. */
const number = (name: string, { least = 0, invalid = "invalid" } = {}) => {
  const scalar: Scalar<number> = {
    ...uint,
    parse(text, element, _attr, { networkName } = {}) {
      const value = /^\s*\+?\d+$/.test(text) ? Number(text) : Number.NaN;
      if (value >= least && value <= 65535) return value;
      const { service } = element.attrs;
      throw networkDetail(
        `${invalid} DNS SRV ${name} attribute for service '${service}' in network '${networkName}'`,
      );
    },
  };
  return attr(name, unsignedShort(scalar), { emptyIsAbsent: true, omit: 0 });
};

export const DnsSrv = element("srv", {
  service: attr("service", str),
  protocol: attr("protocol", strictlyOneOf(str, ["tcp", "udp"])),
  domain: attr("domain", dnsName),
  target: attr("target", str),
  port: number("port", { least: 1 }),
  priority: number("priority", { invalid: "Invalid" }),
  weight: number("weight"),
});
export type DnsSrv = Infer<typeof DnsSrv>;

export const DnsHost = element("host", {
  ip: attr(
    "ip",
    ipText((_text, { networkName }) =>
      networkDetail(`Invalid IP address in network '${networkName}' DNS HOST record`),
    ),
    needed,
  ),
  hostnames: leaves("hostname", dnsName),
});
export type DnsHost = Infer<typeof DnsHost>;

/** `<dns>`. The records' required parts are checked apart: an update may name a record by some of them. */
export const Dns = element("dns", {
  enable: attr("enable", yesNo),
  forwardPlainNames: attr("forwardPlainNames", yesNo),
  forwarders: list(Forwarder),
  txts: list(DnsTxt),
  srvs: list(DnsSrv),
  hosts: list(DnsHost),
});
export type Dns = Infer<typeof Dns>;
