import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, chown, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DomainDef, domainDefCopy } from "@libvirt-ts/conf/domain";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import type { Undo } from "@libvirt-ts/util/undo";
import { assignAliases } from "../address/aliases.ts";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { type GuestPaths, guestPaths } from "./guest-paths.ts";
import { diskPath } from "./locks.ts";
import { hasBackingFile } from "./qcow2.ts";

const MASTER_KEY_BYTES = 32;

/**
 * Makes the definition that is about to run: a copy, with an id, names for its devices and
 * the ports and paths of this run. Everything is taken back when the start fails or the guest is gone.
 */
export async function prepareDefinition(
  driver: QemuDriver,
  domain: QemuDomain,
  definition: DomainDef,
  undo: Undo,
): Promise<GuestPaths> {
  if (domain.isPersistent) domain.nextDef = domain.def;
  domain.def = domainDefCopy(definition);
  domain.id = driver.nextId();
  domain.def.id = domain.id;
  undo.add(driver.inhibit());
  domain.move({ name: "paused", reason: "starting up" }, null);
  const paths = guestPaths(driver.dirs, domain.id, domain.name);
  assignAliases(domain.def);
  setChannelPaths(domain.def, paths);
  setLabel(driver, domain.def);
  await endChains(domain.def);
  await setDisplayPorts(driver, domain.def, undo);
  return paths;
}

/** Channels that listen get a socket in the guest's own folder unless they name one. */
function setChannelPaths({ devices }: DomainDef, paths: GuestPaths): void {
  for (const { source, target } of devices.channels) {
    if (source.type !== "unix" || target.type === "guestfwd") continue;
    const { mode = "bind", path = join(paths.channel, target.name ?? ""), ...rest } = source.source ?? {};
    source.source = { seclabels: [], ...rest, mode, path };
  }
}

/** The owner QEMU's files get, as the running definition shows it. */
function setLabel({ user, paths }: QemuDriver, def: DomainDef): void {
  if (!paths.privileged || def.seclabels.some(({ model }) => model === "dac")) return;
  const label = `+${user.uid}:+${user.gid}`;
  def.seclabels.push({ type: "dynamic", model: "dac", relabel: true, label, imagelabel: label });
}

/** Says of images that stand on no other that they do not. QEMU finds the others by what is written in them. */
async function endChains({ devices }: DomainDef): Promise<void> {
  for (const disk of devices.disks) {
    const path = diskPath(disk);
    if (path === undefined || disk.backingStore !== undefined) continue;
    const { type } = disk.driver ?? {};
    if (type === "raw" || (type === "qcow2" && !(await hasBackingFile(path)))) disk.backingStore = {};
  }
}

async function setDisplayPorts(driver: QemuDriver, { devices }: DomainDef, undo: Undo): Promise<void> {
  const { displayPorts, websocketPorts } = driver;
  for (const graphics of devices.graphics) {
    if (graphics.type !== "vnc") continue;
    for (const listen of graphics.listens) {
      if (listen.type === "address" && listen.address === undefined) {
        listen.address = driver.settings.vnc_listen;
        listen.fromConfig = "1";
      }
    }
    if (!graphics.listens.some(({ type }) => type === "address" || type === "network")) continue;
    if (graphics.autoport) {
      const port = await displayPorts.acquire();
      undo.add(() => displayPorts.release(port));
      graphics.port = port;
    }
    if (graphics.websocket === -1) {
      const port = await websocketPorts.acquire();
      undo.add(() => websocketPorts.release(port));
      graphics.websocket = port;
    }
  }
}

/**
 * Makes the folders and files of a run.
 * @returns the master key: what protects secrets handed to QEMU
 */
export async function prepareHost(
  driver: QemuDriver,
  domain: QemuDomain,
  paths: GuestPaths,
  undo: Undo,
): Promise<Uint8Array> {
  await checkDisks(domain.def);
  undo.add(() => rm(paths.pidFile, { force: true }));
  for (const folder of [paths.lib, paths.channel]) {
    undo.add(() => rm(folder, { recursive: true, force: true }));
    await mkdir(folder, { recursive: true, mode: 0o750 });
    await giveToQemu(driver, folder);
  }
  const masterKey = randomBytes(MASTER_KEY_BYTES);
  await writeFile(paths.masterKey, masterKey, { mode: 0o600 });
  await giveToQemu(driver, paths.masterKey);
  return masterKey;
}

async function giveToQemu({ user }: QemuDriver, path: string): Promise<void> {
  if (user.uid !== process.getuid?.()) await chown(path, user.uid, user.gid);
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
