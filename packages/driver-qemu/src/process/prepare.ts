import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { type Disk, type DomainDef, domainDefCopy } from "@libvirt-ts/conf/domain";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import type { Undo } from "@libvirt-ts/util/undo";
import { assignAliases } from "../address/aliases.ts";
import { prepareDefaults } from "../command/prepare.ts";
import { commandSettings } from "../command-settings.ts";
import type { QemuDomain } from "../guest.ts";
import type { HostMemory } from "../host-memory.ts";
import { listenAddressOf } from "../peers/network.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { type GuestPaths, guestPaths } from "./guest-paths.ts";
import { checkPassthrough } from "./host-devices.ts";
import { diskPath } from "./locks.ts";
import { makeMemoryFolders } from "./memory-folders.ts";
import { prepareNvram } from "./nvram.ts";
import { giveToQemu } from "./ownership.ts";
import type { PortAllocator } from "./ports.ts";
import { hasBackingFile } from "./qcow2.ts";

const MASTER_KEY_BYTES = 32;

/**
 * Makes the definition that is about to run: a copy, with an id, names for its devices and
 * the ports and paths of this run. Everything is taken back when the start fails or the guest is gone.
 */
export async function prepareDefinition(
  driver: QemuDriver,
  domain: QemuDomain,
  { definition, memory }: { definition: DomainDef; memory: HostMemory },
  undo: Undo,
): Promise<GuestPaths> {
  domain.runAs(domainDefCopy(definition));
  domain.id = driver.nextId();
  domain.def.id = domain.id;
  undo.add(driver.inhibit());
  domain.move({ name: "paused", reason: "starting up" }, null);
  const paths = guestPaths(driver.dirs, domain.id, domain.name);
  assignAliases(domain.def);
  await findListenAddresses(driver, domain.def);
  prepareDefaults(domain.def, {
    ...commandSettings(driver, paths, domain.id, memory),
    resources: { random: randomBytes },
  });
  setLabel(driver, domain.def);
  for (const disk of domain.def.devices.disks) await endChain(disk);
  await setDisplayPorts(driver, domain.def, undo);
  return paths;
}

/** Displays that name a network listen where the host is there. */
async function findListenAddresses({ networks }: QemuDriver, { devices }: DomainDef): Promise<void> {
  for (const graphics of devices.graphics) {
    if (!("listens" in graphics)) continue;
    for (const listen of graphics.listens)
      if (listen.type === "network")
        listen.address = listenAddressOf(await networks.definition(listen.network ?? ""));
  }
}

/** The owner QEMU's files get, as the running definition shows it. */
function setLabel({ user, paths }: QemuDriver, def: DomainDef): void {
  if (!paths.privileged || def.seclabels.some(({ model }) => model === "dac")) return;
  const label = `+${user.uid}:+${user.gid}`;
  def.seclabels.push({ type: "dynamic", model: "dac", relabel: true, label, imagelabel: label });
}

/** Says of an image that stands on no other that it does not. QEMU finds the others by what is written in them. */
export async function endChain(disk: Disk): Promise<void> {
  const path = diskPath(disk);
  if (path === undefined || disk.backingStore !== undefined) return;
  const { type } = disk.driver ?? {};
  if (type === "raw" || (type === "qcow2" && !(await hasBackingFile(path)))) disk.backingStore = {};
}

async function setDisplayPorts(driver: QemuDriver, { devices }: DomainDef, undo: Undo): Promise<void> {
  const { displayPorts, websocketPorts, settings } = driver;
  const take = async (ports: PortAllocator) => {
    const port = await ports.acquire();
    undo.add(() => ports.release(port));
    return port;
  };
  for (const graphics of devices.graphics) {
    if (graphics.type !== "vnc" && graphics.type !== "spice") continue;
    if (!graphics.listens.some(({ type }) => type === "address" || type === "network")) continue;
    if (graphics.type === "vnc") {
      if (graphics.autoport) graphics.port = await take(displayPorts);
      if (graphics.websocket === -1) graphics.websocket = await take(websocketPorts);
      continue;
    }
    const { plain, tls } = spicePorts(graphics, settings.spice_tls);
    if (plain) graphics.port = await take(displayPorts);
    if (tls) graphics.tlsPort = await take(displayPorts);
  }
}

type Spice = Extract<DomainDef["devices"]["graphics"][number], { type: "spice" }>;

/** Which ports a SPICE server has to be given: those its channels need, or those asked for with -1. */
export function spicePorts(
  { autoport, port, tlsPort, defaultMode = "any", channels }: Spice,
  hasTls: boolean,
) {
  if (!autoport) return { plain: port === -1, tls: tlsPort === -1 };
  const modes = [defaultMode, ...channels.map(({ mode }) => mode)];
  return {
    plain: modes.some((mode) => mode !== "secure"),
    tls: modes.includes("secure") || (hasTls && modes.includes("any")),
  };
}

/**
 * Makes the folders and files of a run.
 * @returns the master key: what protects secrets handed to QEMU
 */
export async function prepareHost(
  driver: QemuDriver,
  domain: QemuDomain,
  { paths, undo, resetNvram }: { paths: GuestPaths; undo: Undo; resetNvram: boolean },
): Promise<Uint8Array> {
  await checkPassthrough(domain.def, driver.host.root);
  await checkDisks(domain.def);
  await prepareNvram(driver, domain.def, { reset: resetNvram });
  undo.add(() => rm(paths.pidFile, { force: true }));
  for (const folder of [paths.lib, paths.channel]) {
    undo.add(() => rm(folder, { recursive: true, force: true }));
    await mkdir(folder, { recursive: true, mode: 0o750 });
    await giveToQemu(driver, folder);
  }
  await makeMemoryFolders(driver, domain.def, { paths, undo });
  const masterKey = randomBytes(MASTER_KEY_BYTES);
  await writeFile(paths.masterKey, masterKey, { mode: 0o600 });
  await giveToQemu(driver, paths.masterKey);
  return masterKey;
}

/** An image that is not there is told now, in libvirt's words, and not by QEMU in its own. */
async function checkDisks({ devices }: DomainDef): Promise<void> {
  for (const disk of devices.disks) {
    const path = diskPath(disk);
    if (path === undefined) continue;
    try {
      await access(path, constants.F_OK);
    } catch (error) {
      const cause = error as NodeJS.ErrnoException; // node:fs throws nothing else
      throw systemError(ErrorDomain.STORAGE, cause, `Cannot access storage file '${path}'`);
    }
  }
}
