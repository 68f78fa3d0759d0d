import { mkdir, rename, rm } from "node:fs/promises";
import {
  hostAddresses,
  isVirtualNetwork,
  knownIp,
  type NetworkDef,
  networkMode,
  routePrefix,
} from "@libvirt-ts/conf/network";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { readRoutes, runOrThrow } from "@libvirt-ts/host";
import {
  bringUpBridge,
  createBridge,
  deleteBridge,
  enableForwarding,
  setBridgeIpv6,
} from "@libvirt-ts/netdev";
import { formatIp, ipNetwork } from "@libvirt-ts/util/ip";
import { Undo } from "@libvirt-ts/util/undo";
import { writeAtomic } from "@libvirt-ts/util/write-atomic";
import { bandwidthCommands } from "./bandwidth.ts";
import { checkRouteCollision } from "./collision.ts";
import { Dnsmasq } from "./dnsmasq/process.ts";
import { configUnsupported, internalError } from "./errors.ts";
import { NetworkFirewall } from "./firewall/apply.ts";
import { NetworkHooks } from "./hooks.ts";
import { MacMap, removeFile } from "./mac-map.ts";
import type { LiveNetwork } from "./network.ts";
import { formatStatus, parseStatus } from "./status-xml.ts";
import type { NetworkDirs, NetworkHost } from "./world.ts";

const EEXIST = 17;

/** Makes networks real on the host, and takes them away again. Knows nothing of definitions kept or of clients. */
export class Lifecycle {
  readonly #host: NetworkHost;
  readonly #dirs: NetworkDirs;
  readonly firewall: NetworkFirewall;
  readonly dnsmasq: Dnsmasq;
  readonly hooks: NetworkHooks;

  constructor(host: NetworkHost, dirs: NetworkDirs) {
    this.#host = host;
    this.#dirs = dirs;
    this.firewall = new NetworkFirewall(host);
    this.dnsmasq = new Dnsmasq(host, dirs);
    this.hooks = new NetworkHooks(host, dirs);
  }

  /**
   * Starts a network. Whatever fails, nothing is left of it.
   * @param stored its definition, which stays as it is
   */
  async start(stored: NetworkDef): Promise<LiveNetwork> {
    const live: LiveNetwork = { def: liveDef(stored), firewall: [], ports: new Map() };
    await rm(this.portDir(stored.name), { recursive: true, force: true });
    const undo = new Undo();
    try {
      await this.hooks.ask("start", live.def);
      undo.add(() => this.hooks.tell("stopped", live.def));
      if (isVirtualNetwork(live.def)) await this.#startVirtual(live, undo);
      await this.hooks.ask("started", live.def);
      await this.saveStatus(live);
      await removeFile(this.#unfinished(stored.name));
      undo.keep();
      return live;
    } finally {
      await undo.run((error) =>
        this.#host.log.warn({ err: error, network: stored.name }, "undo step failed"),
      );
    }
  }

  async #startVirtual(live: LiveNetwork, undo: Undo): Promise<void> {
    const { root, run } = this.#host;
    const { def } = live;
    const bridge = bridgeOf(def);
    if (def.bridge?.zone !== undefined) {
      throw configUnsupported(
        `zone ${def.bridge.zone} requested for network ${def.name} but firewalld is not active`,
      );
    }
    if (def.domain?.register) {
      throw configUnsupported(
        `network '${def.name}' asks to be registered with resolved, which is not supported`,
      );
    }
    checkRouteCollision(def, bridge, await readRoutes({ root }));
    if (this.#host.native.ifIndex(bridge) > 0) {
      throw systemError(ErrorDomain.NETWORK, EEXIST, `error creating bridge interface ${bridge}`);
    }
    await this.#noteUnfinished(live);
    undo.add(() => removeFile(this.#unfinished(def.name)));
    await createBridge(run, {
      name: bridge,
      stp: def.bridge?.stp ?? true,
      delaySeconds: def.bridge?.delay ?? 0,
      ...(def.mac !== undefined && { mac: def.mac }),
      ...(def.mtu !== undefined && { mtu: def.mtu }),
      ...(def.bridge?.macTableManager === "libvirt" && { vlanFiltering: true }),
    });
    undo.add(() => deleteBridge(run, bridge));
    const addresses = hostAddresses(def);
    const hasIpv6 = addresses.some(({ address }) => address.family === "ipv6");
    undo.add(() => this.firewall.remove(live.firewall));
    // Neither waits for the other; a failure is thrown when both have ended.
    const [rules, ...rest] = await Promise.allSettled([
      this.firewall.apply(def, bridge),
      this.#shapeTraffic(def, bridge),
      setBridgeIpv6(root, bridge, hasIpv6),
    ]);
    if (rules.status === "fulfilled") live.firewall = rules.value;
    for (const step of [rules, ...rest]) if (step.status === "rejected") throw step.reason;
    await bringUpBridge(run, {
      name: bridge,
      addresses: addresses.map(({ address, prefix }) => `${formatIp(address)}/${prefix}`),
      routes: def.routes.map(routeWords),
    });
    if (networkMode(def) !== "isolated") {
      await enableForwarding(root, {
        ipv4: addresses.some(({ address }) => address.family === "ipv4"),
        ipv6: hasIpv6,
      });
    }
    await new MacMap().save(this.macsFile(bridge));
    undo.add(() => removeFile(this.macsFile(bridge)));
    undo.add(() => this.dnsmasq.stop(def.name));
    await this.dnsmasq.start(def, bridge);
    undo.add(() => removeFile(this.statusFile(def.name)));
  }

  /** What tc does on a bridge; it goes with the bridge. */
  async #shapeTraffic({ bandwidth = {} }: NetworkDef, bridge: string): Promise<void> {
    const commands = bandwidthCommands(bridge, bandwidth);
    if (commands.length > 0) {
      const input = commands.map((words) => `${words.join(" ")}\n`).join("");
      await runOrThrow(this.#host.run, "tc", ["-batch", "-"], { input, domain: ErrorDomain.NETWORK });
    }
    await this.firewall.fixChecksums(bridge, bandwidth.inbound !== undefined);
  }

  /** Stops a network. What cannot be undone is logged; the network is gone in any case. */
  async stop({ def, firewall }: LiveNetwork): Promise<void> {
    const { name } = def;
    // From here on a restarted daemon finishes the work instead of taking the network for active.
    await rename(this.statusFile(name), this.#unfinished(name)).catch(ignoreMissing);
    await this.#tearDown(def, {
      removeRules: () => this.firewall.remove(firewall),
      endDnsmasq: () => this.dnsmasq.stop(name),
    });
  }

  async #tearDown(
    def: NetworkDef,
    { removeRules, endDnsmasq }: Record<"removeRules" | "endDnsmasq", () => Promise<void>>,
  ): Promise<void> {
    const { name } = def;
    const undo = new Undo(); // runs newest first
    undo.add(() => rm(`${this.#dirs.status}/${name}`, { recursive: true, force: true }));
    if (isVirtualNetwork(def)) {
      const bridge = bridgeOf(def);
      undo.add(() => deleteBridge(this.#host.run, bridge));
      undo.add(removeRules);
      undo.add(() => removeFile(this.macsFile(bridge)));
      undo.add(endDnsmasq);
    }
    let isDone = true;
    await undo.run((error) => {
      isDone = false;
      this.#host.log.warn({ err: error, network: name }, "could not undo all of a network");
    });
    // What is left is tried again by the next daemon.
    if (isDone) await removeFile(this.#unfinished(name));
    await this.hooks.tell("stopped", def);
  }

  /** Takes away what a start or stop left that was cut off by our death. @param text of an unfinished file */
  async finishTearDown(text: string): Promise<void> {
    const { def } = parseStatus(text);
    await removeFile(this.statusFile(def.name));
    await this.#tearDown(def, {
      removeRules: () => this.firewall.sweep(def, bridgeOf(def)),
      endDnsmasq: () => this.dnsmasq.sweep(def.name),
    });
  }

  /** Removes the leases: the network will not come back. */
  async forget(def: NetworkDef): Promise<void> {
    const bridge = def.bridge?.name;
    if (bridge !== undefined && isVirtualNetwork(def)) await removeFile(this.leasesFile(bridge));
  }

  async saveStatus(live: LiveNetwork): Promise<void> {
    await writeAtomic(this.statusFile(live.def.name), formatStatus(live));
  }

  async saveMacs(live: LiveNetwork): Promise<void> {
    const bridge = live.def.bridge?.name;
    if (bridge === undefined || !isVirtualNetwork(live.def)) return;
    const map = new MacMap();
    for (const port of live.ports.values()) map.add(port.owner.name, port.mac);
    await map.save(this.macsFile(bridge));
  }

  statusFile = (name: string): string => `${this.#dirs.status}/${name}.xml`;
  portDir = (name: string): string => `${this.#dirs.status}/${name}/ports`;
  leasesFile = (bridge: string): string => `${this.#dirs.dnsmasq}/${bridge}.status`;
  macsFile = (bridge: string): string => `${this.#dirs.dnsmasq}/${bridge}.macs`;
  #unfinished = (name: string): string => `${this.#dirs.status}/${name}${unfinishedSuffix}`;

  async #noteUnfinished(live: LiveNetwork): Promise<void> {
    await mkdir(this.#dirs.status, { recursive: true });
    await writeAtomic(this.#unfinished(live.def.name), formatStatus(live));
  }
}

/** Files of networks that are neither active nor inactive: `NAME.unfinished`. */
export const unfinishedSuffix = ".unfinished";

/** The bridge of a network that has one by now. */
export function bridgeOf(def: NetworkDef): string {
  const name = def.bridge?.name;
  if (name === undefined) throw internalError(`network '${def.name}' has no bridge name defined`);
  return name;
}

/** The definition of a running network: what was left to choose is chosen. */
function liveDef(stored: NetworkDef): NetworkDef {
  const def = structuredClone(stored);
  if (def.forward?.mode === "nat") {
    def.forward.nat ??= {};
    def.forward.nat.port ??= { start: 1024, end: 65535 };
  }
  return def;
}

function routeWords(route: NetworkDef["routes"][number]): {
  destination: string;
  gateway: string;
  metric: number;
} {
  const address = knownIp(route.address ?? "");
  const prefix = routePrefix(route) ?? 0;
  return {
    destination: `${formatIp(ipNetwork(address, prefix))}/${prefix}`,
    gateway: route.gateway ?? "",
    metric: route.metric ?? 1,
  };
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
