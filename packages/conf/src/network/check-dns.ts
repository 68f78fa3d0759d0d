import type { Dns, DnsHost, DnsSrv, DnsTxt } from "./dns.ts";
import { networkDetail, networkError } from "./errors.ts";
import type { NetworkDef } from "./network.ts";

type Named = Pick<NetworkDef, "name">;

/** `<dns>`. @throws VirError */
export function checkDns(dns: Dns, def: Named): void {
  for (const host of dns.hosts) checkDnsHost(host, def);
  for (const srv of dns.srvs) checkSrv(srv, def);
  for (const txt of dns.txts) checkTxt(txt, def);
  const entries = dns.forwarders.length + dns.txts.length + dns.srvs.length + dns.hosts.length;
  if (dns.enable === false && entries > 0) throw networkError(`Extra data in disabled network '${def.name}'`);
}

/** @param partial it only has to say enough to find a record. @throws VirError */
export function checkTxt({ name, value }: DnsTxt, def: Named, partial = false): void {
  if (name === undefined)
    throw networkDetail(`missing required name attribute in DNS TXT record of network ${def.name}`);
  if (name.includes(" ")) {
    throw networkDetail(`prohibited character in DNS TXT record name '${name}' of network ${def.name}`);
  }
  if (value === undefined && !partial) {
    throw networkDetail(
      `missing required value attribute in DNS TXT record named '${name}' of network ${def.name}`,
    );
  }
  if (value?.includes("\n")) throw networkDetail("invalid line break in DNS TXT record value attribute");
}

const longestService = 482; // 512 bytes of a record less what DNS puts around the name
const serviceForm = /^[a-zA-Z0-9_+/*-]*$/;
const protocolForm = /^[a-zA-Z0-9+/-]*$/;

/** @param partial it only has to say enough to find a record. @throws VirError */
export function checkSrv(srv: DnsSrv, def: Named, partial = false): void {
  const { service, protocol, target } = srv;
  if (service === undefined && !partial) {
    throw networkDetail(`missing required service attribute in DNS SRV record of network '${def.name}'`);
  }
  if (service !== undefined && service.length > longestService) {
    throw networkDetail(
      `service attribute '${service}' in network '${def.name}' is too long, limit is ${longestService} bytes`,
    );
  }
  const refuseCharacter = (name: string, value: string) =>
    networkDetail(
      `invalid character in ${name} attribute '${value}' in DNS SRV record of network '${def.name}'`,
    );
  if (service !== undefined && !serviceForm.test(service)) throw refuseCharacter("service", service);
  if (protocol === undefined && !partial) {
    throw networkDetail(
      `missing required protocol attribute in DNS SRV record '${service}' of network '${def.name}'`,
    );
  }
  if (protocol !== undefined && !protocolForm.test(protocol)) throw refuseCharacter("protocol", protocol);
  for (const name of ["target", "domain"] as const) {
    if (srv[name]?.includes("\n"))
      throw networkDetail(`invalid line break in DNS SRV record ${name} attribute`);
  }
  if (target !== undefined) return;
  for (const key of ["port", "priority", "weight"] as const) {
    if (srv[key] === undefined) continue;
    throw networkDetail(
      `DNS SRV ${key} attribute not permitted without target for service '${service}' in network '${def.name}'`,
    );
  }
}

/** @param partial it only has to say enough to find an entry. @throws VirError */
export function checkDnsHost({ ip, hostnames }: DnsHost, def: Named, partial = false): void {
  const lacks = (what: string) => networkDetail(`Missing ${what} in network '${def.name}' DNS HOST record`);
  if (hostnames.includes("")) throw lacks("hostname");
  if (hostnames.length === 0 && !partial) throw lacks("hostname");
  if (ip === undefined && !partial) throw lacks("IP address");
  if (ip === undefined && hostnames.length === 0) throw lacks("ip and hostname");
}
