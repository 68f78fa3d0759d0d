import { type AnyDevice, type Disk, removeDevice } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { findByAlias } from "@libvirt-ts/hypervisor";
import type { Guest, QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { diskPath, unlockOne } from "./locks.ts";
import { takeBackImages } from "./ownership.ts";
import { type Plugging, partsOfDisk, unpluggable } from "./plug.ts";
import { isChardev, removeChardev } from "./plug-chardev.ts";

/** So long a caller waits for the guest to let a device go; it may do so later too. */
const WAIT_MS = 5000;

/**
 * Asks a running guest to let a device go, and waits a little for it.
 * @throws VirError OPERATION_FAILED when the guest refuses
 */
export async function unplugDevice(plugging: Plugging, each: AnyDevice): Promise<void> {
  const { guest } = plugging;
  if (each.kind === "lease") {
    await unplugLease(plugging, each);
    return;
  }
  if (each.kind !== "disk" && each.kind !== "interface" && !isChardev(each))
    throw unpluggable(`live detach of device '${each.kind}' is not supported`);
  const alias = each.device.alias ?? "";
  const outcome = guest.expectRemoval(alias, WAIT_MS);
  try {
    await guest.monitor.remove("device_del", { id: alias });
  } catch (error) {
    guest.settleRemoval(alias, "waiting");
    throw error;
  }
  const end = await outcome;
  if (end === "refused")
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.OPERATION_FAILED,
      `unplug of device was rejected by the guest`,
    );
  if (end === "removed") await forgetDevice(plugging, alias);
}

/** Nothing that the guest knows of. */
async function unplugLease(
  { driver, domain }: Plugging,
  each: Extract<AnyDevice, { kind: "lease" }>,
): Promise<void> {
  if (domain.state.name === "running") await unlockOne(driver, domain, each.device);
  removeDevice(domain.def.devices, each);
  driver.status.save(domain);
}

/** QEMU has let a device go: whoever waits for it does the rest, else it is done as soon as nobody else is at work. */
export function deviceRemoved(driver: QemuDriver, domain: QemuDomain, guest: Guest, alias: string): void {
  if (guest.settleRemoval(alias, "removed")) return;
  guest.queue.push(() =>
    domain.jobs.run("modify", { api: "device removed" }, () =>
      forgetDevice({ driver, domain, guest }, alias),
    ),
  );
}

/** Takes back what a device that has gone was given. */
async function forgetDevice(plugging: Plugging, alias: string): Promise<void> {
  const { driver, domain, guest } = plugging;
  const each = findByAlias(domain.def.devices, alias);
  if (!each) return;
  const report = (err: unknown) =>
    driver.log.warn({ err, domain: domain.name, alias }, "clean-up step failed");
  if (each.kind === "disk") await removeNodes(plugging, each.device).catch(report);
  if (isChardev(each)) await removeChardev(plugging, each, report);
  if (each.kind === "interface") {
    await guest.monitor.remove("netdev_del", { id: `host${alias}` }).catch(report);
    const { device } = each;
    if (device.type === "network" && device.source?.portid !== undefined)
      await driver.networks.deletePort(device.source.network ?? "", device.source.portid).catch(report);
  }
  removeDevice(domain.def.devices, each);
  guest.facts.devices = guest.facts.devices.filter((name) => name !== alias);
  if (each.kind === "disk") await releaseImage(plugging, each.device);
  driver.status.save(domain);
  driver.events.emit("deviceRemoved", domain, { devAlias: alias });
}

/** The nodes of a disk, those on top first. */
export async function removeNodes(plugging: Plugging, disk: Disk): Promise<void> {
  for (const part of partsOfDisk(plugging, disk).reverse()) {
    if (part.kind === "blockdev")
      await plugging.guest.monitor.remove("blockdev-del", { "node-name": part.props["node-name"] });
    else if (part.kind === "object") await plugging.guest.monitor.remove("object-del", { id: part.props.id });
  }
}

/** QEMU does not use the image any more: neither lock nor owner is needed. */
export async function releaseImage({ driver, domain, guest }: Plugging, disk: Disk): Promise<void> {
  const path = diskPath(disk);
  if (domain.state.name === "running") await unlockOne(driver, domain, disk);
  const { formerOwners } = guest.facts;
  const given = formerOwners.filter((one) => one.path === path);
  await takeBackImages(driver, given);
  formerOwners.splice(0, Infinity, ...formerOwners.filter((one) => one.path !== path));
}
