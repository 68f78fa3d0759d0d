import {
  isVirtualNetwork,
  type NetworkDef,
  type NetworkUpdate,
  networkImpact,
  networkImpactFlags,
  sectionName,
  type UpdateSection,
  updateNetwork,
} from "@libvirt-ts/conf/network";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { hasDhcp } from "../dnsmasq/conf.ts";
import type { NetworkDriver } from "../driver.ts";
import { bridgeOf } from "../lifecycle.ts";
import type { LiveNetwork, Network } from "../network.ts";
import { type NetworkHandlers, networkOf } from "./target.ts";

/** NETWORK_UPDATE: one entry of a network, running or stored or both. */
export function updateHandlers(driver: NetworkDriver): NetworkHandlers {
  return {
    async networkUpdate({ net, command, section, parentIndex, xml, flags }) {
      checkFlags(flags, networkImpactFlags, "networkUpdate", ErrorDomain.NETWORK);
      const network = networkOf(driver, net);
      await driver.change(network, () =>
        update(driver, network, { flags, change: { command, section, parentIndex, xml } }),
      );
    },
  };
}

async function update(
  driver: NetworkDriver,
  network: Network,
  { flags, change }: { flags: number; change: NetworkUpdate },
): Promise<void> {
  const impact = networkImpact(network, flags);
  // Both are made before either is true: a change that fits only one of them is refused.
  const config = impact.config && network.config ? updateNetwork(network.config, change) : undefined;
  const live = impact.live && network.live ? updateNetwork(network.live.def, change) : undefined;
  for (const def of [config, live]) if (def) driver.check(def);
  if (config) await driver.replaceConfig(network, config);
  if (live && network.live)
    await updateLive(driver, network.live, { def: live, section: sectionName(change.section) });
}

async function updateLive(
  { lifecycle }: NetworkDriver,
  live: LiveNetwork,
  { def, section }: { def: NetworkDef; section: UpdateSection },
): Promise<void> {
  const before = live.def;
  live.def = def;
  if (isVirtualNetwork(def)) {
    const bridge = bridgeOf(def);
    if (firewallSections.has(section))
      live.firewall = await lifecycle.firewall.apply(def, bridge, live.firewall);
    const effect = dnsmasqEffect(section, before, def);
    if (effect) await lifecycle.dnsmasq.refresh(def, bridge, effect);
  }
  await lifecycle.saveStatus(live);
  await lifecycle.hooks.tell("updated", def);
}

const firewallSections: ReadonlySet<UpdateSection> = new Set(["forward", "forward-interface", "ip"]);

/** What dnsmasq has to be told: it reads hosts files again, but not its configuration. */
function dnsmasqEffect(
  section: UpdateSection,
  before: NetworkDef,
  after: NetworkDef,
): "hosts" | "all" | undefined {
  switch (section) {
    case "dns-host":
      return "hosts";
    case "ip-dhcp-host":
      return before.ips.some((ip) => hasDhcp({ ip })) === after.ips.some((ip) => hasDhcp({ ip }))
        ? "hosts"
        : "all";
    case "bridge":
    case "domain":
    case "ip":
    case "ip-dhcp-range":
    case "dns-txt":
    case "dns-srv":
      return "all";
    default:
      return undefined;
  }
}
