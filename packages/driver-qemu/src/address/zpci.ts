import { type Address, allDevices, type DomainDef } from "@libvirt-ts/conf/domain";
import type { QemuCaps } from "../caps/qemu-caps.ts";

/** On s390 a PCI function is known by two numbers of its own. */
export function assignZpci(def: DomainDef, caps: QemuCaps): void {
  if (!def.os.type.arch?.startsWith("s390") || !caps.flags.has("zpci")) return;
  const placed = allDevices(def.devices)
    .filter((each) => !isRoot(each))
    .map((each) => (each.device as { address?: Address }).address) // every kind may have one
    .filter((address) => address?.type === "pci");
  const uids = new Set<number>();
  const fids = new Set<number>();
  // Functions the user has begun to number come first.
  const begun = placed.filter(({ zpci }) => zpci?.uid !== undefined || zpci?.fid !== undefined);
  const blank = placed.filter((address) => !begun.includes(address));
  for (const { zpci } of placed) {
    if (zpci?.uid !== undefined) uids.add(zpci.uid);
    if (zpci?.fid !== undefined) fids.add(zpci.fid);
  }
  for (const address of [...begun, ...blank]) {
    address.zpci ??= {};
    address.zpci.uid ??= lowestFree(uids, 1);
    address.zpci.fid ??= lowestFree(fids, 0);
  }
}

function isRoot({ kind, device }: ReturnType<typeof allDevices>[number]): boolean {
  return kind === "controller" && device.type === "pci" && device.model === "pci-root";
}

function lowestFree(taken: Set<number>, first: number): number {
  let number = first;
  while (taken.has(number)) number++;
  taken.add(number);
  return number;
}
