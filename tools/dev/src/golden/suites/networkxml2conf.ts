import { parseNetwork } from "@libvirt-ts/conf/network";
import { dhcpHostsFile, dnsmasqConf } from "@libvirt-ts/driver-network";
import type { Suite } from "../suite.ts";

/** Configuration of dnsmasq; where no hosts file is expected none may have content. */
export const suite: Suite = {
  run(row, corpus) {
    const def = parseNetwork(corpus.text(row.input));
    const conf = dnsmasqConf(def, def.bridge?.name ?? "", { stateDir: "/var/lib/libvirt/dnsmasq" });
    const hostsfile = dhcpHostsFile(def);
    if (hostsfile !== "" && row.expected?.hostsfile === undefined) return { error: "unexpected hosts file" };
    return { got: { conf, hostsfile } };
  },
};
