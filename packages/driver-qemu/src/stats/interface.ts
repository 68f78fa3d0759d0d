import type { Interface } from "@libvirt-ts/conf/domain";
import { readFact } from "@libvirt-ts/host";
import { typed } from "@libvirt-ts/protocol";
import type { Fields, StatsContext } from "./groups.ts";

/** Traffic of a network card as its guest sees it. */
export interface Traffic {
  rxBytes: bigint;
  rxPackets: bigint;
  rxErrs: bigint;
  rxDrop: bigint;
  txBytes: bigint;
  txPackets: bigint;
  txErrs: bigint;
  txDrop: bigint;
}

/** Counters of all network devices, by name, as the host sees them. */
export function parseTraffic(text: string): Map<string, Traffic> {
  const devices = new Map<string, Traffic>();
  // Two lines of headings; the columns are those of `/proc/net/dev` since Linux 2.1.
  for (const line of text.split("\n").slice(2)) {
    const colon = line.lastIndexOf(":");
    if (colon < 0) continue;
    const [rxBytes, rxPackets, rxErrs, rxDrop, , , , , txBytes, txPackets, txErrs, txDrop] = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(BigInt);
    if (txDrop === undefined) continue;
    devices.set(line.slice(0, colon).trim(), {
      rxBytes: rxBytes ?? 0n,
      rxPackets: rxPackets ?? 0n,
      rxErrs: rxErrs ?? 0n,
      rxDrop: rxDrop ?? 0n,
      txBytes: txBytes ?? 0n,
      txPackets: txPackets ?? 0n,
      txErrs: txErrs ?? 0n,
      txDrop,
    });
  }
  return devices;
}

/** The same seen from the other end of the wire. */
export const fromOtherEnd = (traffic: Traffic): Traffic => ({
  rxBytes: traffic.txBytes,
  rxPackets: traffic.txPackets,
  rxErrs: traffic.txErrs,
  rxDrop: traffic.txDrop,
  txBytes: traffic.rxBytes,
  txPackets: traffic.rxPackets,
  txErrs: traffic.rxErrs,
  txDrop: traffic.rxDrop,
});

/** Counters of the host's devices, below `root`. */
export const readTraffic = async (root: string): Promise<Map<string, Traffic>> =>
  parseTraffic((await readFact(`${root}/proc/net/dev`)) ?? "");

/** Traffic of one card; undefined when the host has no device for it. What a tap receives its guest has sent. */
export function trafficOf(net: Interface, devices: ReadonlyMap<string, Traffic>): Traffic | undefined {
  const counted = devices.get(net.target?.dev ?? "");
  // A macvtap is an end of its own on the wire: it counts as the guest does.
  return counted && (net.type === "direct" ? counted : fromOtherEnd(counted));
}

/** `net.*` */
export async function interfaceStats({ driver, def, guest }: StatsContext): Promise<Fields> {
  if (!guest) return {};
  const { interfaces } = def.devices;
  const devices = interfaces.length > 0 ? await readTraffic(driver.host.root) : new Map<string, Traffic>();
  const fields: Fields = { "net.count": typed.uint(interfaces.length) };
  for (const [number, net] of interfaces.entries()) {
    const prefix = `net.${number}.`;
    if (net.target?.dev === undefined) continue;
    fields[`${prefix}name`] = typed.string(net.target.dev);
    const traffic = trafficOf(net, devices);
    if (!traffic) continue;
    for (const way of ["rx", "tx"] as const) {
      fields[`${prefix}${way}.bytes`] = typed.ullong(traffic[`${way}Bytes`]);
      fields[`${prefix}${way}.pkts`] = typed.ullong(traffic[`${way}Packets`]);
      fields[`${prefix}${way}.errs`] = typed.ullong(traffic[`${way}Errs`]);
      fields[`${prefix}${way}.drop`] = typed.ullong(traffic[`${way}Drop`]);
    }
  }
  return fields;
}
