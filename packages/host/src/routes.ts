import { readFile } from "node:fs/promises";
import type { IpAddress } from "@libvirt-ts/util/ip";

/** One IPv4 route of the main table. */
export interface Route {
  device: string;
  destination: IpAddress;
  mask: IpAddress;
}

/** The IPv4 routes of the caller's network namespace, from `/proc/net/route` below `root`. */
export async function readRoutes({ root }: { root: string }): Promise<Route[]> {
  return parseRoutes(await readFile(`${root}/proc/net/route`, "latin1"));
}

/** @param text `/proc/net/route`: a heading, then columns; addresses are hex in the host's (little) byte order */
export function parseRoutes(text: string): Route[] {
  const routes: Route[] = [];
  for (const line of text.split("\n").slice(1)) {
    const [device, destination, , , , , , mask] = line.split(/\s+/);
    if (device && destination && mask) {
      routes.push({ device, destination: hexAddress(destination), mask: hexAddress(mask) });
    }
  }
  return routes;
}

function hexAddress(hex: string): IpAddress {
  return { family: "ipv4", value: BigInt(Buffer.from(hex, "hex").readUInt32LE(0)) };
}
