import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { busKinds, connect, controllerNeeds, fits, type PciControllerModel } from "./pci-connect.ts";

export interface PciPlace {
  domain: number;
  bus: number;
  slot: number;
  function: number;
}

interface Slot {
  /** Bit n = function n taken. */
  functions: number;
  aggregate: boolean;
}

export interface PciBus {
  model: PciControllerModel;
  flags: number;
  minSlot: number;
  maxSlot: number;
  slots: Slot[];
  isolationGroup: number;
  isolationGroupLocked: boolean;
}

export interface PciSetOptions {
  /** The set may grow by itself; nothing is recorded in devices. */
  dryRun: boolean;
  /** Every new bus is a root (pSeries). */
  multipleRoots: boolean;
  pcieToPciBridge: boolean;
}

/** `0000:00:02.0` */
export const formatPlace = ({ domain, bus, slot, function: fn }: PciPlace): string =>
  `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${fn}`;
const hex = (value: number, width: number) => value.toString(16).padStart(width, "0");

const refuse = (detail: string) => new VirError(ErrorDomain.DOMAIN, ErrorCode.XML_ERROR, detail);

/** Which functions of which slots of which buses of a guest are taken. Index of a bus = index of its controller. */
export class PciAddressSet {
  readonly buses: PciBus[] = [];
  readonly #options: PciSetOptions;

  constructor(options: PciSetOptions) {
    this.#options = options;
  }

  get dryRun(): boolean {
    return this.#options.dryRun;
  }

  addBus(model: PciControllerModel, hotplug = true): PciBus {
    const kind = busKinds[model];
    const bus: PciBus = {
      model,
      ...kind,
      flags: hotplug ? kind.flags | connect.hotpluggable : kind.flags,
      slots: Array.from({ length: 32 }, () => ({ functions: 0, aggregate: false })),
      isolationGroup: 0,
      isolationGroupLocked: false,
    };
    this.buses.push(bus);
    return bus;
  }

  isSlotInUse({ bus, slot }: Pick<PciPlace, "bus" | "slot">): boolean {
    return (this.buses[bus]?.slots[slot]?.functions ?? 0) !== 0;
  }

  isBusFull(index: number): boolean {
    const bus = this.buses[index];
    return bus?.slots.every((s, i) => i < bus.minSlot || i > bus.maxSlot || s.functions !== 0) ?? true;
  }

  /**
   * Takes one function of a slot.
   * @throws VirError XML/XML_ERROR if the place does not exist, does not suit the device or is taken
   */
  reserve(place: PciPlace, flags: number, { fromConfig = false, isolationGroup = 0 } = {}): void {
    if (this.dryRun) while (place.bus >= this.buses.length) this.#grow(flags);
    const bus = this.#validate(place, flags, fromConfig);
    const slot = bus.slots[place.slot];
    const bit = 1 << place.function;
    if (slot === undefined) throw refuse(`Invalid PCI address ${formatPlace(place)}`);
    if (slot.functions & bit) throw refuse(`Attempted double use of PCI Address ${formatPlace(place)}`);
    if (slot.functions === 0 && flags & connect.aggregateSlot) slot.aggregate = true;
    if (isEmpty(bus) && !bus.isolationGroupLocked) bus.isolationGroup = isolationGroup;
    // A place chosen by the user ends the isolation of its bus.
    else if (bus.isolationGroup !== isolationGroup && fromConfig) bus.isolationGroup = 0;
    slot.functions |= bit;
  }

  /** Takes the first free place that suits; a dry run adds controllers until there is one. */
  reserveNext(flags: number, isolationGroup = 0): PciPlace {
    const place = this.findNext(flags, isolationGroup);
    this.reserve(place, flags, { isolationGroup });
    return place;
  }

  /** The first free place that suits, not taken yet. */
  findNext(flags: number, isolationGroup = 0): PciPlace {
    for (const [index, bus] of this.buses.entries()) {
      if (bus.isolationGroup !== isolationGroup) continue;
      const place = freePlace(bus, index, flags);
      if (place !== undefined) return place;
    }
    for (const [index, bus] of this.buses.entries()) {
      if (!isEmpty(bus) || bus.isolationGroupLocked) continue;
      const place = freePlace(bus, index, flags);
      if (place === undefined) continue;
      bus.isolationGroup = isolationGroup;
      return place;
    }
    if (!this.dryRun) {
      throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INTERNAL_ERROR, "No more available PCI slots");
    }
    const grown = this.#grow(flags);
    grown.isolationGroup = isolationGroup;
    return { domain: 0, bus: this.buses.length - 1, slot: grown.minSlot, function: 0 };
  }

  /** Adds what is needed for one more device; the last bus then has room for it. */
  #grow(flags: number): PciBus {
    if (this.#options.multipleRoots) return this.addBus("pci-root");
    if (flags & (connect.pciDevice | connect.pciBridge)) {
      if (this.buses.some((bus) => bus.flags & connect.pciBridge)) return this.addBus("pci-bridge");
      if (!this.#options.pcieToPciBridge) return this.addBus("dmi-to-pci-bridge");
      const roomForBridge = this.buses.some(
        (bus, i) => freePlace(bus, i, connect.pcieToPciBridge) !== undefined,
      );
      if (!roomForBridge) this.addBus("pcie-root-port");
      return this.addBus("pcie-to-pci-bridge");
    }
    if (flags & (connect.pcieDevice | connect.pcieSwitchUpstreamPort | connect.pcieToPciBridge)) {
      return this.addBus("pcie-root-port");
    }
    const model = (Object.keys(controllerNeeds) as PciControllerModel[]).find(
      (m) => controllerNeeds[m] === flags,
    ); // its own keys
    throw new VirError(
      ErrorDomain.DOMAIN,
      ErrorCode.INTERNAL_ERROR,
      `a PCI slot is needed to connect a PCI controller model='${model}', but none is available, and it cannot be automatically added`,
    );
  }

  #validate(place: PciPlace, flags: number, fromConfig: boolean): PciBus {
    const code = fromConfig ? ErrorCode.XML_ERROR : ErrorCode.INTERNAL_ERROR;
    const bad = (detail: string) => new VirError(ErrorDomain.DOMAIN, code, detail);
    const at = formatPlace(place);
    if (place.domain !== 0) throw bad(`Invalid PCI address ${at}. Only PCI domain 0 is available`);
    const bus = this.buses[place.bus];
    if (bus === undefined) {
      const last = this.buses.length - 1;
      throw bad(`Invalid PCI address ${at}. Only PCI buses up to ${last} are available`);
    }
    if (!fits(bus.flags, flags, fromConfig)) throw bad(mismatch(at, bus.flags, flags));
    if (place.slot < bus.minSlot) throw bad(`Invalid PCI address ${at}. slot must be >= ${bus.minSlot}`);
    if (place.slot > bus.maxSlot) throw bad(`Invalid PCI address ${at}. slot must be <= ${bus.maxSlot}`);
    if (place.function > 7) throw bad(`Invalid PCI address ${at}. function must be <= 7`);
    return bus;
  }
}

const kindNames: readonly (readonly [bit: number, name: string])[] = [
  [connect.pcieDevice, "a PCI Express device"],
  [connect.pciDevice, "a standard PCI device"],
  [connect.pcieRootPort, "a pcie-root-port"],
  [connect.pcieSwitchUpstreamPort, "a pcie-switch-upstream-port"],
  [connect.pcieSwitchDownstreamPort, "a pcie-switch-downstream-port"],
  [connect.dmiToPciBridge, "a dmi-to-pci-bridge"],
  [connect.pciExpanderBus, "a pci-expander-bus"],
  [connect.pcieExpanderBus, "a pcie-expander-bus"],
  [connect.pciBridge, "a pci-bridge"],
  [connect.pcieToPciBridge, "a pcie-to-pci-bridge"],
];

function mismatch(at: string, bus: number, device: number): string {
  const kind = kindNames.find(([bit]) => device & bit);
  if (kind !== undefined && !(bus & kind[0])) {
    return `The device at PCI address ${at} cannot be plugged into the PCI controller with index='${Number.parseInt(at.slice(5, 7), 16)}'. It requires a controller that accepts ${kind[1]}.`;
  }
  if (device & connect.integrated && !(bus & connect.integrated)) {
    return `The device at PCI address ${at} needs to be an integrated device (bus=0)`;
  }
  return `The device at PCI address ${at} requires hotplug capability, but the PCI controller with index='${Number.parseInt(at.slice(5, 7), 16)}' doesn't support hotplug`;
}

const isEmpty = (bus: PciBus): boolean => bus.slots.every((slot) => slot.functions === 0);

function freePlace(bus: PciBus, index: number, flags: number): PciPlace | undefined {
  if (!fits(bus.flags, flags, false)) return undefined;
  for (let number = bus.minSlot; number <= bus.maxSlot; number++) {
    const slot = bus.slots[number];
    if (slot === undefined) break;
    if (slot.functions === 0) return { domain: 0, bus: index, slot: number, function: 0 };
    if (!(flags & connect.aggregateSlot) || !slot.aggregate) continue;
    for (let fn = 0; fn < 8; fn++) {
      if (!(slot.functions & (1 << fn))) return { domain: 0, bus: index, slot: number, function: fn };
    }
  }
  return undefined;
}
