import type { NodeDeviceDef } from "@libvirt-ts/conf/nodedev";

/** `virNodeDevCapType`: names in the order of the bits that lists are asked for with. */
const capabilityNames = [
  "system",
  "pci",
  "usb_device",
  "usb",
  "net",
  "scsi_host",
  "scsi_target",
  "scsi",
  "storage",
  "fc_host",
  "vports",
  "scsi_generic",
  "drm",
  "mdev_types",
  "mdev",
  "ccw",
  "css",
  "vdpa",
  "ap_card",
  "ap_queue",
  "ap_matrix",
  "vpd",
  "ccwgroup",
  "ccwgroup_member",
] as const;
export type CapabilityName = (typeof capabilityNames)[number];

export const capabilityFlags: readonly (readonly [name: CapabilityName, bit: number])[] = capabilityNames.map(
  (name, index) => [name, 1 << index],
);

/** Whether a device is of a kind, be it within another one: a SCSI adapter may be one of Fibre Channel. */
export function hasCapability({ capabilities }: NodeDeviceDef, name: string): boolean {
  const nested = name === "vports" ? "vport_ops" : name;
  return capabilities.some(
    (each) => each.type === name || ("extras" in each && each.extras.some(({ type }) => type === nested)),
  );
}
