import { readFile } from "node:fs/promises";
import { hostAddresses, knownIp, type NetworkDef } from "@libvirt-ts/conf/network";
import type { NetworkDhcpLease } from "@libvirt-ts/protocol";
import { isInNetwork, parseIp } from "@libvirt-ts/util/ip";
import { parseMac } from "@libvirt-ts/util/mac";
import { internalError } from "./errors.ts";

/** A record of a `.status` file, as far as it has what it should. */
interface Record {
  "ip-address"?: string;
  "mac-address"?: string;
  hostname?: string;
  "client-id"?: string;
  iaid?: string;
  "expiry-time"?: number;
}

export interface LeaseQuery {
  def: NetworkDef;
  bridge: string;
  /** Only leases of this card. */
  mac?: string;
  nowMs: number;
}

/** The leases dnsmasq has given on a bridge, from `BRIDGE.status`; no file means none. */
export async function readLeases(path: string, query: LeaseQuery): Promise<NetworkDhcpLease[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return []; // node:fs throws nothing else
    throw error;
  }
  return text.trim() === "" ? [] : parseLeases(parseRecords(text, path), query);
}

function parseRecords(text: string, path: string): Record[] {
  try {
    const records: unknown = JSON.parse(text);
    if (Array.isArray(records)) return records as Record[]; // each member is looked at before use
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw internalError(`invalid json in file: ${path}`);
}

/** Leases that have not run out, in the order of the records. */
export function parseLeases(
  records: readonly Record[],
  { def, bridge, mac, nowMs }: LeaseQuery,
): NetworkDhcpLease[] {
  const wanted = mac === undefined ? undefined : (parseMac(mac) ?? mac);
  const nowSeconds = Math.floor(nowMs / 1000);
  const leases: NetworkDhcpLease[] = [];
  for (const record of records) {
    const { "mac-address": card, "ip-address": ip, "expiry-time": expiry } = record;
    if (card === undefined) throw internalError("found lease without mac-address");
    if (wanted !== undefined && (parseMac(card) ?? card) !== wanted) continue;
    if (typeof expiry !== "number") throw internalError("found lease without expiry-time");
    if (expiry > 0 && expiry < nowSeconds) continue;
    if (ip === undefined) throw internalError("found lease without ip-address");
    leases.push({
      iface: bridge,
      expirytime: BigInt(expiry),
      type: ip.includes(":") ? 1 : 0,
      mac: card,
      iaid: record.iaid ?? null,
      ipaddr: ip,
      prefix: leasePrefix(def, ip),
      hostname: record.hostname ?? null,
      clientid: record["client-id"] ?? null,
    });
  }
  return leases;
}

/** The prefix of the subnet an address was given from. */
function leasePrefix(def: NetworkDef, ip: string): number {
  const address = parseIp(ip);
  if (!address) return 0;
  const hosts = hostAddresses(def).filter((host) => host.address.family === address.family);
  const home =
    hosts.find((host) => isInNetwork(address, knownIp(host.ip.address ?? ip), host.prefix)) ?? hosts[0];
  return home?.prefix ?? 0;
}
