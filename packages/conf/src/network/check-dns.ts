import { xmlError } from "@libvirt-ts/xml";
import type { Dns, DnsHost, DnsSrv, DnsTxt } from "./dns.ts";
import type { NetworkDef } from "./network.ts";

type Named = Pick<NetworkDef, "name">;

/** `<dns>`. @throws VirError */
export function checkDns(dns: Dns, def: Named): void {
  const entries = dns.forwarders.length + dns.txts.length + dns.srvs.length + dns.hosts.length;
  if (dns.enable === false && entries > 0) throw xmlError(`Extra data in disabled network '${def.name}'`);
  for (const txt of dns.txts) checkTxt(txt, def);
  for (const srv of dns.srvs) checkSrv(srv, def);
  for (const host of dns.hosts) checkDnsHost(host, def);
}

/** @param partial it only has to say enough to find a record. @throws VirError */
export function checkTxt({ name, value }: DnsTxt, def: Named, partial = false): void {
  if (name === undefined)
    throw xmlError(`missing required name attribute in DNS TXT record of network ${def.name}`);
  if (name.includes(" ")) {
    throw xmlError(`prohibited character in DNS TXT record name '${name}' of network ${def.name}`);
  }
  if (value === undefined && !partial) {
    throw xmlError(
      `missing required value attribute in DNS TXT record named '${name}' of network ${def.name}`,
    );
  }
}

const longestService = 482; // 512 bytes of a record less what DNS puts around the name

/** @param partial it only has to say enough to find a record. @throws VirError */
export function checkSrv(srv: DnsSrv, def: Named, partial = false): void {
  const { service, protocol, target } = srv;
  if (service === undefined && !partial) {
    throw xmlError(`missing required service attribute in DNS SRV record of network '${def.name}'`);
  }
  if (service !== undefined && service.length > longestService) {
    throw xmlError(
      `service attribute '${service}' in network '${def.name}' is too long, limit is ${longestService} bytes`,
    );
  }
  if (protocol === undefined && !partial) {
    throw xmlError(
      `missing required protocol attribute in DNS SRV record '${service}' of network '${def.name}'`,
    );
  }
  for (const key of ["port", "priority", "weight"] as const) {
    const value = srv[key];
    if (value === undefined) continue;
    if (target === undefined && !partial) {
      throw xmlError(
        `DNS SRV ${key} attribute not permitted without target for service '${service}' in network '${def.name}'`,
      );
    }
    if (value > 65535 || (key === "port" && value < 1)) {
      throw xmlError(`invalid DNS SRV ${key} attribute for service '${service}' in network '${def.name}'`);
    }
  }
}

/** @param partial it only has to say enough to find an entry. @throws VirError */
export function checkDnsHost({ ip, hostnames }: DnsHost, def: Named, partial = false): void {
  if (ip === undefined && hostnames.length === 0) {
    throw xmlError(`Missing ip and hostname in network '${def.name}' DNS HOST record`);
  }
  if (partial) return;
  if (ip === undefined) throw xmlError(`Missing IP address in network '${def.name}' DNS HOST record`);
  if (hostnames.length === 0) throw xmlError(`Missing hostname in network '${def.name}' DNS HOST record`);
}
