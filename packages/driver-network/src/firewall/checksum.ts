/**
 * tc commands that give DHCP answers leaving a bridge a valid checksum: some guests drop answers
 * whose checksum the host left to a network card that is not there.
 */
export function checksumFix(bridge: string): { probe: string[]; qdisc: string[]; filter: string[] } {
  const match = ["u32", "match", "ip", "dport", "68", "ffff"];
  return {
    probe: ["qdisc", "show", "dev", bridge, "handle", "1:"],
    qdisc: ["qdisc", "add", "dev", bridge, "root", "handle", "1:", "htb", "default", "2"],
    filter: [
      ...["filter", "add", "dev", bridge, "prio", "2", "protocol", "ip", "parent", "1:"],
      ...match,
      ...["action", "csum", "ip", "and", "udp"],
    ],
  };
}
