import type { ChardevSource } from "@libvirt-ts/conf/domain";
import type { Undo } from "@libvirt-ts/util/undo";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import type { GuestPaths } from "./guest-paths.ts";
import { openHostDevices } from "./host-devices.ts";
import { attachInterface } from "./interfaces.ts";
import { chardevs, GuestResources, listenOn } from "./resources.ts";

/**
 * Opens what QEMU gets as descriptors: the monitor's socket, logs and files of character devices, taps.
 * What outlives the descriptors is put into `undo`; the descriptors themselves are the caller's to close.
 */
export async function openResources(
  driver: QemuDriver,
  domain: QemuDomain,
  { paths, masterKey, undo }: { paths: GuestPaths; masterKey: Uint8Array; undo: Undo },
): Promise<GuestResources> {
  const resources = new GuestResources(masterKey);
  try {
    resources.monitorFd = await listenOn(paths.monitor);
    for (const chardev of chardevs(domain.def)) await openChardev(driver, domain, { resources, ...chardev });
    await openHostDevices(domain.def, resources);
    for (const net of domain.def.devices.interfaces) {
      const tap = await attachInterface(driver, domain, net, undo);
      if (tap) resources.putTap(net.alias ?? "", tap);
    }
    return resources;
  } catch (error) {
    resources.close();
    throw error;
  }
}

/** Opens what a character device writes to or listens on; with what was opened before an error, `resources` are to be closed. */
export async function openChardev(
  driver: QemuDriver,
  domain: QemuDomain,
  { resources, alias, source }: { resources: GuestResources; alias: string; source: ChardevSource },
): Promise<void> {
  if (source.type === "file" && source.source?.path !== undefined) {
    const { path, append } = source.source;
    resources.put("file", alias, await openOutput(driver, domain, path, append === true));
  }
  if (source.type === "unix" && source.source?.mode === "bind" && source.source.path !== undefined) {
    resources.put("listen", alias, await listenOn(source.source.path));
  }
  const { file, append } = source.log ?? {};
  if (file !== undefined) {
    resources.put("log", alias, await openOutput(driver, domain, file, append === true));
  }
}

/** A file that QEMU writes to, or a pipe into virtlogd. */
async function openOutput(
  { logs }: QemuDriver,
  { uuid, name }: QemuDomain,
  path: string,
  append: boolean,
): Promise<number> {
  const { fd } = await logs.open({ driver: "qemu", uuid, name, path, truncate: !append });
  return fd;
}
