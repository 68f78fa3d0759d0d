import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { busKinds, connect, controllerNeeds, fits, type PciControllerModel } from "./pci-connect.ts";

export interface PciPlace {
  domain: number;
  bus: number;
  slot: number;
  function: number;
}

const SLOTS = 32;

export interface PciBus {
  model: PciControllerModel;
  flags: number;
  minSlot: number;
  maxSlot: number;
  /** By slot; bit n = function n taken. */
  readonly functions: Uint8Array;
  /** Bit n = devices may share slot n. */
  aggregate: number;
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

  /** The same state of a dry run, to go on with; what is taken in one is not taken in the other. */
  forReal(): PciAddressSet {
    const set = new PciAddressSet({ ...this.#options, dryRun: false });
    for (const bus of this.buses) set.buses.push({ ...bus, functions: bus.functions.slice() });
    return set;
  }

  addBus(model: PciControllerModel, hotplug = true): PciBus {
    const kind = busKinds[model];
    const bus: PciBus = {
      model,
      ...kind,
      flags: hotplug ? kind.flags | connect.hotpluggable : kind.flags,
      functions: new Uint8Array(SLOTS),
      aggregate: 0,
      isolationGroup: 0,
      isolationGroupLocked: false,
    };
    this.buses.push(bus);
    return bus;
  }

  isSlotInUse({ bus, slot }: Pick<PciPlace, "bus" | "slot">): boolean {
    return (this.buses[bus]?.functions[slot] ?? 0) !== 0;
  }

  isBusFull(index: number): boolean {
    const bus = this.buses[index];
    return bus?.functions.every((taken, i) => i < bus.minSlot || i > bus.maxSlot || taken !== 0) ?? true;
  }

  /**
   * Takes one function of a slot.
   * @throws VirError XML/XML_ERROR if the place does not exist, does not suit the device or is taken
   */
  reserve(place: PciPlace, flags: number, { fromConfig = false, isolationGroup = 0 } = {}): void {
    if (this.dryRun) while (place.bus >= this.buses.length) this.#grow(flags);
    const bus = this.#validate(place, flags, fromConfig);
    const { slot } = place;
    const taken = bus.functions[slot];
    const bit = 1 << place.function;
    if (taken === undefined) throw refuse(`Invalid PCI address ${formatPlace(place)}`);
    if (taken & bit) throw refuse(`Attempted double use of PCI Address ${formatPlace(place)}`);
    if (taken === 0 && flags & connect.aggregateSlot) bus.aggregate |= 1 << slot;
    if (isEmpty(bus) && !bus.isolationGroupLocked) bus.isolationGroup = isolationGroup;
    // A place chosen by the user ends the isolation of its bus.
    else if (bus.isolationGroup !== isolationGroup && fromConfig) bus.isolationGroup = 0;
    bus.functions[slot] = taken | bit;
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
      this.addBus("pcie-root-port");
      return this.addBus("pcie-to-pci-bridge");
    }
    if (flags & (connect.pcieDevice | connect.pcieSwitchUpstreamPort | connect.pcieToPciBridge))
      return this.addBus("pcie-root-port");
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
    const bus = this.buses[place.bus];
    const why = bus === undefined ? this.#noBus(place) : whyNot(place, bus, { flags, fromConfig });
    if (bus !== undefined && why === undefined) return bus;
    const code = fromConfig ? ErrorCode.XML_ERROR : ErrorCode.INTERNAL_ERROR;
    throw new VirError(ErrorDomain.DOMAIN, code, why ?? "");
  }

  #noBus(place: PciPlace): string {
    return place.domain === 0
      ? `Invalid PCI address ${formatPlace(place)}. Only PCI buses up to ${this.buses.length - 1} are available`
      : wrongDomain(place);
  }
}

const wrongDomain = (place: PciPlace) =>
  `Invalid PCI address ${formatPlace(place)}. Only PCI domain 0 is available`;

/** What speaks against a place on a bus. */
function whyNot(
  place: PciPlace,
  bus: PciBus,
  { flags, fromConfig }: { flags: number; fromConfig: boolean },
): string | undefined {
  const { domain, slot, function: fn } = place;
  if (domain !== 0) return wrongDomain(place);
  if (!fits(bus.flags, flags, fromConfig)) return mismatch(formatPlace(place), bus.flags, flags);
  const bad = (rule: string) => `Invalid PCI address ${formatPlace(place)}. ${rule}`;
  if (slot < bus.minSlot) return bad(`slot must be >= ${bus.minSlot}`);
  if (slot > bus.maxSlot) return bad(`slot must be <= ${bus.maxSlot}`);
  return fn > 7 ? bad("function must be <= 7") : undefined;
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

const isEmpty = (bus: PciBus): boolean => bus.functions.every((taken) => taken === 0);

function freePlace(bus: PciBus, index: number, flags: number): PciPlace | undefined {
  if (!fits(bus.flags, flags, false)) return undefined;
  for (let slot = bus.minSlot; slot <= bus.maxSlot; slot++) {
    const taken = bus.functions[slot];
    if (taken === undefined) break;
    if (taken === 0) return { domain: 0, bus: index, slot, function: 0 };
    if (!(flags & connect.aggregateSlot) || !(bus.aggregate & (1 << slot))) continue;
    for (let fn = 0; fn < 8; fn++) {
      if (!(taken & (1 << fn))) return { domain: 0, bus: index, slot, function: fn };
    }
  }
  return undefined;
}
