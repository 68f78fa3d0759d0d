import { parseNetwork } from "@libvirt-ts/conf/network";
import {
  checksumFix,
  iptablesCommands,
  iptablesNewChains,
  type NetworkTraffic,
  networkTraffic,
  nftFamilies,
  nftNewTable,
  nftRules,
  nftTable,
} from "@libvirt-ts/driver-network";
import { insertRule } from "@libvirt-ts/firewall";
import type { Ref } from "../corpus.ts";
import { renderCommand } from "../render-command.ts";
import type { Suite } from "../suite.ts";

type Commands = (readonly string[])[];

/** The commands libvirt would run to start a network with an empty firewall, one process each. */
export const suite: Suite = {
  run(row, corpus) {
    const def = parseNetwork(corpus.text(row.input));
    const traffic = networkTraffic(def, def.bridge?.name ?? "");
    const { setup, rules } = row.backend === "iptables" ? withIptables(traffic) : withNft(traffic);
    const { base } = row.inputs as { base: Ref }; // the suite's rows
    const made = setup.map(renderCommand).join("");
    const args = rules.map(renderCommand).join("");
    // What sets up the tables is the same for all and compared with a file of its own.
    return made === corpus.text(base)
      ? { got: { args } }
      : { error: "tables and chains differ from the base file" };
  },
};

function withNft(traffic: NetworkTraffic): { setup: Commands; rules: Commands } {
  const { probe, qdisc, filter } = checksumFix(traffic.bridge);
  return {
    setup: nftFamilies.flatMap((family) => [
      ["nft", "list", "table", family, nftTable],
      ...nftNewTable(family).map((words) => ["nft", ...words]),
    ]),
    rules: [
      ...[probe, qdisc, filter].map((words) => ["tc", ...words]),
      ...nftRules(traffic).map((rule) => ["nft", "-ae", ...insertRule(rule)]),
    ],
  };
}

function withIptables(traffic: NetworkTraffic): { setup: Commands; rules: Commands } {
  return {
    setup: [...iptablesNewChains("ipv4"), ...iptablesNewChains("ipv6")],
    rules: iptablesCommands(traffic),
  };
}
