import { readFile } from "node:fs/promises";
import { ErrorDomain, internal } from "@libvirt-ts/errors";
import { readSysctl, writeSysctl } from "./sysctl.ts";

/** Lets the host forward packets between its interfaces. @throws VirError when that would cut the host off */
export async function enableForwarding(
  root: string,
  families: { ipv4: boolean; ipv6: boolean },
): Promise<void> {
  if (families.ipv4) await turnOn(root, "net/ipv4/ip_forward");
  if (families.ipv6 && (await readSysctl(root, "net/ipv6/conf/all/forwarding")) !== "1") {
    await checkRoutesFromRouters(root);
    await turnOn(root, "net/ipv6/conf/all/forwarding");
  }
}

async function turnOn(root: string, key: string): Promise<void> {
  if ((await readSysctl(root, key)) !== "1") await writeSysctl(root, key, "1");
}

/** A host that forwards forgets what routers told it, unless an interface is told to listen nevertheless. */
async function checkRoutesFromRouters(root: string): Promise<void> {
  for (const device of routesFromRouters(await readFile(`${root}/proc/net/ipv6_route`, "latin1"))) {
    if ((await readSysctl(root, `net/ipv6/conf/${device}/accept_ra`)) === "2") continue;
    throw internal(
      ErrorDomain.NETWORK,
      `Check the host setup: interface ${device} has kernel autoconfigured IPv6 routes and enabling forwarding  without accept_ra set to 2 will cause the kernel to flush them, breaking networking.`,
    );
  }
}

const RTF_ADDRCONF = 0x40000;
const flagsColumn = 8;
const deviceColumn = 9;

/** Interfaces with routes learnt from router advertisements. @param text `/proc/net/ipv6_route` */
export function routesFromRouters(text: string): string[] {
  const devices = text.split("\n").flatMap((line) => {
    const columns = line.trim().split(/\s+/);
    const isLearnt = (Number.parseInt(columns[flagsColumn] ?? "0", 16) & RTF_ADDRCONF) !== 0;
    const device = columns[deviceColumn];
    return isLearnt && device !== undefined ? [device] : [];
  });
  return [...new Set(devices)];
}
