import { ErrorDomain } from "@libvirt-ts/errors";
import { type Run, runOrThrow } from "@libvirt-ts/host";
import { readSysctl, writeSysctl } from "./sysctl.ts";

export interface NewBridge {
  name: string;
  mac?: string;
  stp: boolean;
  /** Seconds a new port listens before it forwards. */
  delaySeconds: number;
  mtu?: number;
  /** Packets only go where the bridge was told that their receiver is. */
  vlanFiltering?: boolean;
}

/** Makes a bridge; it stays down. @throws VirError with ip's words, also when the name is taken */
export async function createBridge(
  run: Run,
  { name, mac, stp, delaySeconds, mtu, vlanFiltering }: NewBridge,
): Promise<void> {
  const words = ["link", "add", "name", name];
  if (mac !== undefined) words.push("address", mac);
  if (mtu !== undefined) words.push("mtu", String(mtu));
  // The kernel looks at the delay before it turns STP on, whatever the order here.
  words.push("type", "bridge", "forward_delay", String(delaySeconds * 100), "stp_state", stp ? "1" : "0");
  if (vlanFiltering) words.push("vlan_filtering", "1");
  await ipBatch(run, [words]);
}

/** An address or a route, as ip writes it: `10.0.0.1/24`, `fd00::1/64`. */
export interface BridgeNetworks {
  name: string;
  addresses: readonly string[];
  routes: readonly { destination: string; gateway: string; metric?: number }[];
}

/** Gives a bridge its addresses, brings it up and adds the routes that lead through it. */
export async function bringUpBridge(run: Run, { name, addresses, routes }: BridgeNetworks): Promise<void> {
  await ipBatch(run, [
    ...addresses.map((address) =>
      address.includes(":")
        ? ["address", "add", address, "dev", name]
        : ["address", "add", address, "broadcast", "+", "dev", name],
    ),
    ["link", "set", "dev", name, "up"],
    ...routes.map(({ destination, gateway, metric }) => [
      ...["route", "add", destination, "via", gateway, "dev", name, "proto", "static"],
      ...(metric === undefined ? [] : ["metric", String(metric)]),
    ]),
  ]);
}

/** Removes a bridge, its addresses and its routes; its ports stay without it. One that is gone is fine. */
export async function deleteBridge(run: Run, name: string): Promise<void> {
  const { status, stderr } = await run("ip", ["link", "delete", "dev", name, "type", "bridge"]);
  if (status !== 0 && !/Cannot find device/.test(stderr)) {
    await runOrThrow(run, "ip", ["link", "delete", "dev", name, "type", "bridge"]);
  }
}

/** Runs several commands of ip in one process; the first that fails ends it. */
async function ipBatch(run: Run, commands: readonly (readonly string[])[]): Promise<void> {
  const input = commands.map((words) => `${words.join(" ")}\n`).join("");
  await runOrThrow(run, "ip", ["-batch", "-"], { input, domain: ErrorDomain.NETWORK });
}

/** How IPv6 behaves on a bridge of ours: its addresses are only those it is given. */
export async function setBridgeIpv6(root: string, name: string, enabled: boolean): Promise<void> {
  const base = `net/ipv6/conf/${name}`;
  if ((await readSysctl(root, `${base}/disable_ipv6`)) === undefined) {
    // A kernel without IPv6: nothing to turn off, and no use to turn it on.
    if (enabled) await writeSysctl(root, `${base}/disable_ipv6`, "0");
    return;
  }
  await writeSysctl(root, `${base}/disable_ipv6`, enabled ? "0" : "1");
  await writeSysctl(root, `${base}/accept_ra`, "0");
  await writeSysctl(root, `${base}/autoconf`, "0");
}
