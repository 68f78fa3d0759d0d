import { readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";
import { formatPlace, type PciPlace } from "./address/pci-set.ts";

/** Bytes of configuration space every device has; PCI Express ones have more. */
const PLAIN_CONFIG_BYTES = 256;

const folder = (root: string, address: PciPlace) => `${root}/sys/bus/pci/devices/${formatPlace(address)}`;

/** Is a device of the host a PCI Express one? `undefined`: there is no such device. */
export const isPciExpress = (root: string, address: PciPlace): boolean | undefined =>
  ifThere(() => statSync(`${folder(root, address)}/config`).size > PLAIN_CONFIG_BYTES);

/** The IOMMU group of a device of the host; `undefined`: it is in none. */
export const iommuGroup = (root: string, address: PciPlace): number | undefined =>
  ifThere(() => Number(basename(readlinkSync(`${folder(root, address)}/iommu_group`))));

/** sysfs answers from memory: asking it holds nobody up. */
function ifThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
