import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { QemuCaps } from "../caps/qemu-caps.ts";

interface Bootable {
  boot?: { order: number; loadparm?: string | undefined } | undefined;
}

/**
 * Turns `<os><boot dev=…>` into an order of devices: the first device of each kind gets the place of its kind.
 * Devices with an order of their own keep it.
 */
export function bootIndexes(def: DomainDef): ReadonlyMap<object, number> {
  const found = new Map<object, number>();
  const kinds = new Map<string, number>();
  for (const [i, { dev }] of def.os.boots.entries()) kinds.set(dev, i + 1);
  const take = (device: object, kind: string) => {
    const place = kinds.get(kind);
    if (place === undefined) return;
    found.set(device, place);
    kinds.delete(kind);
  };
  for (const disk of def.devices.disks) {
    take(disk, disk.device === "cdrom" ? "cdrom" : disk.device === "floppy" ? "fd" : "hd");
  }
  const [net] = def.devices.interfaces;
  if (net !== undefined) take(net, "network");
  return found;
}

export const bootIndexOf = (
  device: Bootable,
  { bootIndexes: indexes }: { bootIndexes: ReadonlyMap<object, number> },
): number | undefined => device.boot?.order ?? indexes.get(device);

/** Which entry of a boot menu s390 firmware takes, where the device can tell it. */
export const loadparmOf = ({ boot }: Bootable, { caps }: { caps: QemuCaps }): string | undefined =>
  caps.flags.has("virtio-ccw.loadparm") ? boot?.loadparm?.toUpperCase() : undefined;
