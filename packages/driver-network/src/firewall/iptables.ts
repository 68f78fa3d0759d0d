import type { Family, NetworkTraffic, TrafficRule, Translation } from "./traffic.ts";

/** A command line, program first. */
export type Command = readonly string[];

const program = (family: Family) => (family === "ipv4" ? "iptables" : "ip6tables");

/** Our chains: table, name, the built-in chain that jumps there. The last one of a table ends on top. */
const chains: readonly (readonly [table: string, chain: string, from: string])[] = [
  ["filter", "LIBVIRT_INP", "INPUT"],
  ["filter", "LIBVIRT_OUT", "OUTPUT"],
  ["filter", "LIBVIRT_FWO", "FORWARD"],
  ["filter", "LIBVIRT_FWI", "FORWARD"],
  ["filter", "LIBVIRT_FWX", "FORWARD"],
  ["nat", "LIBVIRT_PRT", "POSTROUTING"],
  ["mangle", "LIBVIRT_PRT", "POSTROUTING"],
];

/** Looks at the tables of a family, then makes all chains, from nothing. */
export function iptablesNewChains(family: Family): Command[] {
  const start = [program(family), "-w", "--table"];
  return [
    ...["filter", "nat", "mangle"].map((table) => [...start, table, "--list-rules"]),
    ...chains.flatMap(([table, chain, from]) => [
      [...start, table, "--new-chain", chain],
      [...start, table, "--insert", from, "--jump", chain],
    ]),
  ];
}

/** The rules of one network as commands, in order of insertion. */
export function iptablesCommands({ bridge, rules }: NetworkTraffic): Command[] {
  return rules.map((rule) => {
    const { table, chain, match } = iptablesPlace(rule, bridge);
    return [program(rule.family), "-w", "--table", table, "--insert", chain, ...match];
  });
}

interface Place {
  table: "filter" | "nat" | "mangle";
  chain: string;
  match: string[];
}

const filter = (chain: string, ...match: string[]): Place => ({ table: "filter", chain, match });
const device = (option: string, name: string | undefined) => (name === undefined ? [] : [option, name]);

function iptablesPlace(rule: TrafficRule, bridge: string): Place {
  const from = ["--in-interface", bridge];
  const to = ["--out-interface", bridge];
  switch (rule.kind) {
    case "host-input":
      return filter("LIBVIRT_INP", ...from, ...service(rule), "--jump", "ACCEPT");
    case "host-output":
      return filter("LIBVIRT_OUT", ...to, ...service(rule), "--jump", "ACCEPT");
    case "reject-out":
      return filter("LIBVIRT_FWO", ...from, "--jump", "REJECT");
    case "reject-in":
      return filter("LIBVIRT_FWI", ...to, "--jump", "REJECT");
    case "cross":
      return filter("LIBVIRT_FWX", ...from, ...to, "--jump", "ACCEPT");
    case "allow-out": {
      const out = device("--out-interface", rule.device);
      return filter("LIBVIRT_FWO", "--source", rule.subnet, ...from, ...out, "--jump", "ACCEPT");
    }
    case "allow-in": {
      const via = device("--in-interface", rule.device);
      return filter("LIBVIRT_FWI", "--destination", rule.subnet, ...via, ...to, "--jump", "ACCEPT");
    }
    case "allow-related-in": {
      const via = device("--in-interface", rule.device);
      const state = ["--match", "conntrack", "--ctstate", "ESTABLISHED,RELATED"];
      return filter("LIBVIRT_FWI", "--destination", rule.subnet, ...via, ...to, ...state, "--jump", "ACCEPT");
    }
    case "keep-source": {
      const out = device("--out-interface", rule.device);
      const match = [...out, "--source", rule.subnet, "--destination", rule.to, "--jump", "RETURN"];
      return { table: "nat", chain: "LIBVIRT_PRT", match };
    }
    case "masquerade": {
      const protocol = rule.protocol === undefined ? [] : ["-p", rule.protocol];
      const ends = ["--source", rule.subnet, ...protocol, "!", "--destination", rule.subnet];
      const match = [...ends, ...device("--out-interface", rule.device), ...translate(rule.to)];
      return { table: "nat", chain: "LIBVIRT_PRT", match };
    }
    case "fill-checksum": {
      const match = [...to, "--protocol", "udp", "--destination-port", "68"];
      return {
        table: "mangle",
        chain: "LIBVIRT_PRT",
        match: [...match, "--jump", "CHECKSUM", "--checksum-fill"],
      };
    }
  }
}

const service = ({ protocol, port }: { protocol: string; port: number }) => [
  "--protocol",
  protocol,
  "--destination-port",
  String(port),
];

function translate({ address, ports }: Translation): string[] {
  if (address !== undefined) {
    return ["--jump", "SNAT", "--to-source", ports === undefined ? address : `${address}:${ports}`];
  }
  return ports === undefined ? ["--jump", "MASQUERADE"] : ["--jump", "MASQUERADE", "--to-ports", ports];
}
