import type { Bandwidth } from "@libvirt-ts/conf/network";

/** Kilobytes a second, as tc writes them. */
const rateText = (value: number) => `${value}kbps`;
const sizeText = (kilobytes: number) => `${kilobytes}kb`;

/**
 * tc commands that limit what passes a network's bridge. What guests receive is what the bridge sends:
 * class 1:1 is all of it, 1:2 what has no class of its own.
 */
export function bandwidthCommands(bridge: string, { inbound, outbound }: Bandwidth): string[][] {
  const commands: string[][] = [];
  if (inbound?.average) {
    const { average, peak = average, burst } = inbound;
    const rates = ["htb", "rate", rateText(average), "ceil", rateText(peak)];
    // Bytes a class may send at once: one packet of 1500 bytes a turn, more for the fast.
    const quantum = Math.max(1, Math.floor((average * 1024) / 8 / 1500));
    const dev = ["dev", bridge];
    commands.push(
      ["qdisc", "add", ...dev, "root", "handle", "1:", "htb", "default", "2"],
      ["class", "add", ...dev, "parent", "1:", "classid", "1:1", ...rates, "quantum", String(quantum)],
      [
        ...["class", "add", ...dev, "parent", "1:1", "classid", "1:2", ...rates],
        ...(burst ? ["burst", sizeText(burst)] : []),
      ],
      ["qdisc", "add", ...dev, "parent", "1:2", "handle", "2:", "sfq", "perturb", "10"],
      [
        "filter",
        "add",
        ...dev,
        "parent",
        "1:0",
        "protocol",
        "all",
        "prio",
        "1",
        "handle",
        "1",
        "fw",
        "flowid",
        "1",
      ],
    );
  }
  if (outbound?.average) {
    const { average, burst = average } = outbound;
    const police = ["police", "rate", rateText(average), "burst", sizeText(burst), "mtu", "64kb", "drop"];
    commands.push(
      ["qdisc", "add", "dev", bridge, "ingress"],
      [
        ...["filter", "add", "dev", bridge, "parent", "ffff:", "protocol", "all"],
        ...["u32", "match", "u32", "0", "0", ...police, "flowid", ":1"],
      ],
    );
  }
  return commands;
}
