import { mkdir, readdir, readFile } from "node:fs/promises";
import {
  formatNetwork,
  isVirtualNetwork,
  type NetworkDef,
  parseNetwork,
  parseNetworkPort,
} from "@libvirt-ts/conf/network";
import { ErrorDomain } from "@libvirt-ts/errors";
import { ConfigDirectory } from "@libvirt-ts/objects";
import { writeAtomic } from "@libvirt-ts/util/write-atomic";
import type { NetworkDriver } from "./driver.ts";
import { bridgeOf, unfinishedSuffix } from "./lifecycle.ts";
import { removeFile } from "./mac-map.ts";
import { type LiveNetwork, Network } from "./network.ts";
import { parseStatus } from "./status-xml.ts";

/** Brings a new driver to what the files and the host say, then starts what is to start with the host. */
export async function recover(driver: NetworkDriver): Promise<void> {
  await driver.configs.prepare();
  await mkdir(driver.dirs.status, { recursive: true, mode: 0o755 });
  await mkdir(driver.dirs.dnsmasq, { recursive: true, mode: 0o755 });
  await removeHalfWritten(driver);
  await finishInterrupted(driver);
  await loadConfigs(driver);
  await loadActive(driver);
  await refresh(driver);
  await autostart(driver);
}

/** SIGHUP: stored definitions are read again, firewall and dnsmasq processes put in order. */
export async function reload(driver: NetworkDriver): Promise<void> {
  await loadConfigs(driver);
  await refresh(driver);
}

/** Removes files that were being written when a former daemon was killed; leases are written by others. */
async function removeHalfWritten({ dirs }: NetworkDriver): Promise<void> {
  for (const folder of [dirs.config, dirs.status, dirs.dnsmasq]) {
    for (const file of await readdir(folder)) {
      if (file.endsWith(".new") && !file.endsWith(".status.new")) await removeFile(`${folder}/${file}`);
    }
  }
}

async function finishInterrupted({ dirs, lifecycle, host }: NetworkDriver): Promise<void> {
  for (const file of await readdir(dirs.status)) {
    if (!file.endsWith(unfinishedSuffix)) continue;
    const path = `${dirs.status}/${file}`;
    host.log.info({ path }, "taking away what is left of an interrupted start or stop");
    try {
      await lifecycle.finishTearDown(await readFile(path, "utf8"));
    } catch (error) {
      host.log.error({ err: error, path }, "cannot take away the rest of a network");
    }
  }
}

async function loadConfigs(driver: NetworkDriver): Promise<void> {
  for (const stored of await driver.configs.load()) {
    try {
      await loadConfig(driver, stored);
    } catch (error) {
      driver.host.log.error({ err: error, network: stored.name }, "cannot load the definition of a network");
    }
  }
}

async function loadConfig(
  driver: NetworkDriver,
  { name, text, autostart: isLinked }: { name: string; text: string; autostart: boolean },
): Promise<void> {
  const def = parseNetwork(text, { inactive: true });
  if (def.name !== name) {
    driver.host.log.error(
      { file: name, network: def.name },
      "the name of a definition's file is not that of its network",
    );
    return;
  }
  const before = text.includes(def.uuid) ? formatNetwork(def, { inactive: true }) : "";
  driver.complete(def);
  const known = driver.networks.byName(name);
  if (known && known.uuid !== def.uuid && known.exists) {
    driver.host.log.error({ network: name }, "a definition has another UUID than the network of its name");
    return;
  }
  // What a hand-written file leaves open is chosen once, not anew with every start of the daemon.
  const complete = formatNetwork(def, { inactive: true });
  if (complete !== before) await driver.configs.save(name, complete);
  const network = known ?? new Network(def);
  network.config = def;
  network.autostart = isLinked;
  if (!known) driver.networks.add(network);
  driver.networks.touch();
}

async function loadActive(driver: NetworkDriver): Promise<void> {
  const { host, dirs, lifecycle } = driver;
  const files = new ConfigDirectory({
    path: dirs.status,
    editCommand: "net-edit",
    domain: ErrorDomain.NETWORK,
  });
  for (const { name, text } of await files.load()) {
    try {
      const { def, firewall } = parseStatus(text);
      const live: LiveNetwork = { def, firewall, ports: await loadPorts(driver, name) };
      if (!isStillThere(driver, def)) {
        host.log.warn({ network: name }, "the bridge of an active network is gone, taking it for stopped");
        await lifecycle.stop(live);
        continue;
      }
      const network = driver.networks.byUuid(def.uuid) ?? new Network(def);
      if (!driver.networks.byUuid(def.uuid)) driver.networks.add(network);
      driver.setActive(network, live);
    } catch (error) {
      host.log.error({ err: error, network: name }, "cannot read the status of a network");
    }
  }
}

function isStillThere({ host }: NetworkDriver, def: NetworkDef): boolean {
  return !isVirtualNetwork(def) || host.native.ifIndex(bridgeOf(def)) > 0;
}

async function loadPorts({ host, lifecycle }: NetworkDriver, name: string): Promise<LiveNetwork["ports"]> {
  const folder = lifecycle.portDir(name);
  const ports: LiveNetwork["ports"] = new Map();
  let files: string[];
  try {
    files = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return ports; // node:fs throws nothing else
    throw error;
  }
  for (const file of files.filter((entry) => entry.endsWith(".xml"))) {
    try {
      const port = parseNetworkPort(await readFile(`${folder}/${file}`, "utf8"));
      ports.set(port.uuid, port);
    } catch (error) {
      host.log.error({ err: error, network: name, file }, "cannot read a port of a network");
    }
  }
  return ports;
}

/** Rules and dnsmasq of all active networks, as they should be: somebody may have reset either meanwhile. */
export async function refresh(driver: NetworkDriver): Promise<void> {
  const { host, lifecycle } = driver;
  const active = [...driver.networks].flatMap(({ live }) =>
    live && isVirtualNetwork(live.def) ? [live] : [],
  );
  if (active.length === 0) return;
  try {
    const handles = await lifecycle.firewall.applyAll(
      active.map(({ def }) => ({ def, bridge: bridgeOf(def) })),
    );
    for (const [index, live] of active.entries()) live.firewall = handles[index] ?? [];
  } catch (error) {
    host.log.error({ err: error }, "cannot renew the firewall rules of networks");
  }
  for (const live of active) {
    const { def } = live;
    try {
      await lifecycle.saveStatus(live);
      if ((await lifecycle.dnsmasq.find(def.name)) === undefined) {
        await lifecycle.dnsmasq.start(def, bridgeOf(def));
      }
    } catch (error) {
      host.log.error({ err: error, network: def.name }, "cannot refresh a network");
    }
  }
}

/** Once per boot, however often the daemon is started. */
async function autostart(driver: NetworkDriver): Promise<void> {
  const { host, dirs } = driver;
  const marker = `${dirs.status}/autostarted`;
  const boot = (await readFile(`${host.root}/proc/sys/kernel/random/boot_id`, "latin1")).trim();
  const marked = await readFile(marker, "latin1").catch(() => ""); // none yet
  if (marked.trim() === boot) return;
  await writeAtomic(marker, `${boot}\n`);
  for (const network of driver.networks) {
    if (!network.autostart || network.isActive) continue;
    try {
      await driver.start(network);
    } catch (error) {
      host.log.error({ err: error, network: network.name }, "cannot autostart a network");
    }
  }
}
