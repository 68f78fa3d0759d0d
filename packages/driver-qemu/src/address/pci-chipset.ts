import type { Address, AnyDevice, DomainDef, PciAddress } from "@libvirt-ts/conf/domain";
import { isUnsetPci } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { isI440fx, isQ35 } from "../device/machine.ts";
import { connect } from "./pci-connect.ts";
import type { PciNeeds } from "./pci-needs.ts";
import type { PciAddressSet, PciPlace } from "./pci-set.ts";

interface Placeable {
  address?: Address | undefined;
}

const refuse = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, detail);

/** No place yet, and a PCI address is what it should get. */
export const wantsPci = ({ address }: Placeable): boolean => address === undefined || isUnsetPci(address);

export const isPlacedPci = ({ address }: Placeable): boolean =>
  address?.type === "pci" && !isUnsetPci(address);

/** Records a place; what was written about the function (multifunction, zPCI) stays. */
export function placePci(device: Placeable, place: PciPlace, more: Partial<PciAddress> = {}): void {
  const before = device.address?.type === "pci" ? device.address : undefined;
  device.address = { ...before, type: "pci", ...place, ...more };
}

/** Places of the chipset are no matter of choice. */
const fixed = { fromConfig: true };

const at = (slot: number, fn = 0): PciPlace => ({ domain: 0, bus: 0, slot, function: fn });

const isAt = (address: Address | undefined, place: PciPlace): boolean =>
  address?.type === "pci" &&
  address.domain === 0 &&
  address.bus === 0 &&
  address.slot === place.slot &&
  address.function === place.function;

/**
 * Reserves what the chipset has at fixed places, and puts devices where guests expect them.
 * @returns whether all that was taken has been recorded; what a dry run chooses freely is not
 */
export function reserveChipset(def: DomainDef, set: PciAddressSet, needs: PciNeeds): boolean {
  if (set.buses.length === 0) return true;
  if (isI440fx(def)) return reservePiix3(def, set, needs);
  return isQ35(def) ? reserveQ35(def, set, needs) : true;
}

function reservePiix3(def: DomainDef, set: PciAddressSet, needs: PciNeeds): boolean {
  const flags = connect.pciDevice | connect.autoAssign;
  for (const controller of def.devices.controllers) {
    if (controller.index !== 0) continue;
    const isUsb =
      controller.type === "usb" && (controller.model === "piix3-uhci" || controller.model === undefined);
    if (controller.type !== "ide" && !isUsb) continue;
    const place = at(1, isUsb ? 2 : 1);
    if (isPlacedPci(controller)) {
      if (!isAt(controller.address, place)) {
        throw refuse(
          isUsb
            ? "PIIX3 USB controller at index 0 must have PCI address 0:0:1.2"
            : "Primary IDE controller must have PCI address 0:0:1.1",
        );
      }
    } else placePci(controller, place);
    set.reserve(place, flags, fixed);
  }
  set.reserve(at(1), flags, fixed);
  set.reserve(at(1, 3), flags, fixed);
  return placeVideo(def, set, needs, at(2), flags);
}

function reserveQ35(def: DomainDef, set: PciAddressSet, needs: PciNeeds): boolean {
  const flags = connect.pcieDevice;
  for (const controller of def.devices.controllers) {
    if (controller.type === "sata" && controller.index === 0) {
      const place = at(0x1f, 2);
      if (isPlacedPci(controller)) {
        if (!isAt(controller.address, place))
          throw refuse("Primary SATA controller must have PCI address 0:0:1f.2");
      } else {
        placePci(controller, place);
        set.reserve(place, flags, fixed);
      }
    } else if (controller.type === "usb" && controller.model === "ich9-uhci1" && wantsPci(controller)) {
      const place = [at(0x1d), at(0x1a)].find((p) => !set.isSlotInUse(p));
      if (place !== undefined) {
        set.reserve(place, flags, fixed);
        placePci(controller, place, { multifunction: true });
      }
    } else if (
      controller.type === "pci" &&
      controller.model === "dmi-to-pci-bridge" &&
      wantsPci(controller)
    ) {
      const place = at(0x1e);
      if (!set.isSlotInUse(place)) {
        set.reserve(place, needs({ kind: "controller", device: controller }), fixed);
        placePci(controller, place);
      }
    }
  }
  set.reserve(at(0x1f), flags, fixed);
  set.reserve(at(0x1f, 3), flags, fixed);
  const isExact = placeVideo(def, set, needs, at(1), flags);
  for (const sound of def.devices.sounds) {
    const place = at(0x1b);
    if (sound.model !== "ich9" || !wantsPci(sound) || set.isSlotInUse(place)) continue;
    set.reserve(place, flags, fixed);
    placePci(sound, place);
  }
  return isExact;
}

/**
 * The primary card goes where firmware and old guests look for it, if that is free.
 * @returns as `reserveChipset`
 */
function placeVideo(
  def: DomainDef,
  set: PciAddressSet,
  needs: PciNeeds,
  place: PciPlace,
  flags: number,
): boolean {
  const [video] = def.devices.videos;
  if (video === undefined || video.model?.type === "none" || video.model?.type === "ramfb") return true;
  if (!wantsPci(video)) return true;
  if (set.isSlotInUse(place)) {
    const found = set.reserveNext(needs({ kind: "video", device: video } satisfies AnyDevice));
    if (!set.dryRun) placePci(video, found);
    return !set.dryRun;
  }
  set.reserve(place, flags, fixed);
  placePci(video, place);
  return true;
}
