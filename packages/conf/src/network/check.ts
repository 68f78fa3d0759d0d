import { checkDns } from "./check-dns.ts";
import { checkIp, checkRoute } from "./check-ip.ts";
import { networkError } from "./errors.ts";
import type { Forward, ForwardAddress } from "./forward.ts";
import { isVirtualNetwork, modeWord } from "./mode.ts";
import type { NetworkDef } from "./network.ts";

/**
 * What must hold of any network, whatever runs it.
 * @throws VirError XML_ERROR
 */
export function checkNetwork(def: NetworkDef): void {
  if (def.dns) checkDns(def.dns, def);
  for (const ip of def.ips) checkIp(ip, def);
  for (const route of def.routes) checkRoute(route, def);
  if (def.forward) checkForward(def.forward, def);
  checkBridge(def);
  if (def.mtu !== undefined && !isVirtualNetwork(def)) {
    throw networkError(
      `mtu size only allowed in open, route, nat, and isolated mode, not in ${modeWord(def)} (network '${def.name}')`,
    );
  }
}

function checkForward(forward: Forward, def: NetworkDef): void {
  const { mode, interfaces } = forward;
  checkDuplicates(forward, def);
  if (forward.nat && mode !== "nat") {
    throw networkError(
      `The <nat> element can only be used when <forward> 'mode' is 'nat' in network ${def.name}`,
    );
  }
  if (mode === "nat" || mode === "route") {
    if (def.ips.length === 0) {
      throw networkError(
        `${mode} forwarding requested, but no IP address provided for network '${def.name}'`,
      );
    }
    if (interfaces.length > 1) {
      throw networkError(
        `multiple forwarding interfaces specified for network '${def.name}', only one is supported`,
      );
    }
  }
  if (mode === "open" && interfaces.length > 0) {
    throw networkError(`forward dev not allowed for network '${def.name}' with forward mode='open'`);
  }
}

function checkDuplicates({ interfaces, addresses }: Forward, { name }: NetworkDef): void {
  const twice = firstRepeated(interfaces.map((item) => item.dev));
  if (twice !== undefined)
    throw networkError(`interface '${twice}' can only be listed once in network ${name}`);
  const address = firstRepeated(addresses.map(pciText));
  if (address !== undefined)
    throw networkError(`PCI device '${address}' can only be listed once in network ${name}`);
}

const digits = (value: number, count: number) => value.toString(16).padStart(count, "0");
const pciText = ({ domain, bus, slot, function: fn }: ForwardAddress): string =>
  `${digits(domain, 4)}:${digits(bus, 2)}:${digits(slot, 2)}.${fn}`;

function firstRepeated(words: readonly string[]): string | undefined {
  return words.find((word, index) => words.indexOf(word) < index);
}

function checkBridge(def: NetworkDef): void {
  const { bridge, name, forward } = def;
  if (!bridge || isVirtualNetwork(def)) return;
  const mode = modeWord(def);
  if (bridge.name !== undefined && mode !== "bridge")
    throw networkError(`bridge name not allowed in ${mode} mode (network '${name}')`);
  if (bridge.stp === false || bridge.delay || bridge.zone !== undefined) {
    throw networkError(
      `bridge delay/stp/zone options only allowed in open, route, nat, and isolated mode, not in ${mode} (network '${name}')`,
    );
  }
  if (bridge.name !== undefined && forward && forward.interfaces.length > 0) {
    throw networkError(
      `A network with forward mode='${mode}' can specify a bridge name or a forward dev, but not both (network '${name}')`,
    );
  }
  if (bridge.macTableManager !== undefined && mode !== "bridge") {
    throw networkError(`bridge macTableManager setting not allowed in ${mode} mode (network '${name}')`);
  }
}
