import { attr, element, type Infer, leaves, list, oneOf, str, uint, xmlError, yesNo } from "@libvirt-ts/xml";
import { dnsName } from "../types.ts";
import { ipText } from "./scalars.ts";

const Forwarder = element(
  "forwarder",
  { domain: attr("domain", str), addr: attr("addr", ipText) },
  {
    read({ domain, addr }) {
      if (domain === undefined && addr === undefined) {
        throw xmlError("Invalid forwarder element, must contain at least one of addr or domain");
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

export const DnsSrv = element("srv", {
  service: attr("service", str),
  protocol: attr(
    "protocol",
    oneOf(["tcp", "udp"], (text) => xmlError(`invalid protocol attribute value '${text}' in DNS SRV record`)),
  ),
  domain: attr("domain", dnsName),
  target: attr("target", str),
  port: attr("port", uint),
  priority: attr("priority", uint),
  weight: attr("weight", uint),
});
export type DnsSrv = Infer<typeof DnsSrv>;

export const DnsHost = element("host", {
  ip: attr("ip", ipText, { strict: { required: true } }),
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
