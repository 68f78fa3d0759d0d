import type { NftCommand, NftFamily, NftRule } from "@libvirt-ts/firewall";
import type { Family, NetworkTraffic, TrafficRule, Translation } from "./traffic.ts";

/** The table libvirt keeps to itself, one of each family. */
export const nftTable = "libvirt_network";
export const nftFamilies: readonly NftFamily[] = ["ip", "ip6"];

const forwardHook = "{ type filter hook forward priority 0; policy accept; }";
const postroutingHook = "{ type nat hook postrouting priority 100; policy accept; }";
/** Chains jumped to from `forward`; the last one ends on top. */
const forwardChains = ["guest_output", "guest_input", "guest_cross"];

/** Makes the table of a family and its chains, from nothing. */
export function nftNewTable(family: NftFamily): NftCommand[] {
  return [
    ["add", "table", family, nftTable],
    ["add", "chain", family, nftTable, "forward", forwardHook],
    ...forwardChains.flatMap((chain) => [
      ["add", "chain", family, nftTable, chain],
      ["insert", "rule", family, nftTable, "forward", "counter", "jump", chain],
    ]),
    ["add", "chain", family, nftTable, "guest_nat", postroutingHook],
  ];
}

/** The same whatever is there already: chains are kept, the jumps are made anew. */
export function nftEnsureTable(family: NftFamily): NftCommand[] {
  const commands = nftNewTable(family);
  const jump = commands.findIndex(([verb]) => verb === "insert");
  return [
    ...commands.slice(0, jump - 1),
    ["flush", "chain", family, nftTable, "forward"],
    ...commands.slice(jump - 1),
  ];
}

/** The rules of one network, in order of insertion. */
export function nftRules({ bridge, rules }: NetworkTraffic): NftRule[] {
  return rules.flatMap((rule) => {
    const place = nftPlace(rule, bridge);
    return place ? [{ family: nftFamily(rule.family), table: nftTable, ...place }] : [];
  });
}

/** Whether the text of a rule in the kernel belongs to this network. */
export function isRuleOf({ bridge, rules }: NetworkTraffic): (chain: string, text: string) => boolean {
  const subnets = new Set(rules.flatMap((rule) => (rule.kind === "masquerade" ? [rule.subnet] : [])));
  return (chain, text) => {
    if (chain !== "guest_nat") return text.includes(`"${bridge}"`);
    return [...subnets].some((subnet) => text.includes(`saddr ${subnet} `));
  };
}

const nftFamily = (family: Family): NftFamily => (family === "ipv4" ? "ip" : "ip6");
const device = (key: "iifname" | "oifname", name: string | undefined) =>
  name === undefined ? [] : [key, name];

function nftPlace(rule: TrafficRule, bridge: string): Pick<NftRule, "chain" | "words"> | undefined {
  const ip = nftFamily(rule.family);
  switch (rule.kind) {
    case "reject-out":
      return { chain: "guest_output", words: ["iif", bridge, "counter", "reject"] };
    case "reject-in":
      return { chain: "guest_input", words: ["oif", bridge, "counter", "reject"] };
    case "cross":
      return { chain: "guest_cross", words: ["iif", bridge, "oif", bridge, "counter", "accept"] };
    case "allow-out": {
      const words = [ip, "saddr", rule.subnet, "iif", bridge, ...device("oifname", rule.device)];
      return { chain: "guest_output", words: [...words, "counter", "accept"] };
    }
    case "allow-in": {
      const words = [ip, "daddr", rule.subnet, ...device("iifname", rule.device), "oif", bridge];
      return { chain: "guest_input", words: [...words, "counter", "accept"] };
    }
    case "allow-related-in": {
      const words = [...device("iifname", rule.device), "oif", bridge, ip, "daddr", rule.subnet];
      return {
        chain: "guest_input",
        words: [...words, "ct", "state", "related,established", "counter", "accept"],
      };
    }
    case "keep-source": {
      const words = [...device("oifname", rule.device), ip, "saddr", rule.subnet, ip, "daddr", rule.to];
      return { chain: "guest_nat", words: [...words, "counter", "return"] };
    }
    case "masquerade": {
      const protocol = rule.protocol === undefined ? [] : ["meta", "l4proto", rule.protocol];
      const words = [...protocol, ip, "saddr", rule.subnet, ip, "daddr", "!=", rule.subnet];
      return {
        chain: "guest_nat",
        words: [...words, ...device("oifname", rule.device), "counter", ...translate(rule.to)],
      };
    }
    // The host's own services are left to the host's policy; checksums are not nft's.
    case "host-input":
    case "host-output":
    case "fill-checksum":
      return undefined;
  }
}

function translate({ address, ports }: Translation): string[] {
  const range = ports === undefined ? "" : `:${ports}`;
  if (address !== undefined) return ["snat", "to", `${address}${range}`];
  return ports === undefined ? ["masquerade"] : ["masquerade", "to", range];
}
