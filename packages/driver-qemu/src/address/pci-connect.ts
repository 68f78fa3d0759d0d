/**
 * What a bus offers and a device needs, as one set of bits: a device fits a bus if they share a type bit and the bus
 * has every requirement of the device.
 */
export const connect = {
  /** Devices may be put here without being asked. */
  autoAssign: 1 << 0,
  /** Functions of one slot may belong to different devices of this kind (root ports). */
  aggregateSlot: 1 << 1,
  pciDevice: 1 << 2,
  pcieDevice: 1 << 3,
  pcieRootPort: 1 << 4,
  pcieSwitchUpstreamPort: 1 << 5,
  pcieSwitchDownstreamPort: 1 << 6,
  dmiToPciBridge: 1 << 7,
  pciExpanderBus: 1 << 8,
  pcieExpanderBus: 1 << 9,
  pciBridge: 1 << 10,
  pcieToPciBridge: 1 << 11,
  /** Only directly on the root bus. */
  integrated: 1 << 12,
  /** Devices may be plugged in and out while the guest runs. */
  hotpluggable: 1 << 13,
} as const;

const endpoint = connect.pciDevice | connect.pcieDevice;
const types =
  endpoint |
  connect.pcieRootPort |
  connect.pcieSwitchUpstreamPort |
  connect.pcieSwitchDownstreamPort |
  connect.dmiToPciBridge |
  connect.pciExpanderBus |
  connect.pcieExpanderBus |
  connect.pciBridge |
  connect.pcieToPciBridge;

export type PciControllerModel =
  | "pci-root"
  | "pcie-root"
  | "pci-bridge"
  | "dmi-to-pci-bridge"
  | "pcie-to-pci-bridge"
  | "pcie-root-port"
  | "pcie-switch-upstream-port"
  | "pcie-switch-downstream-port"
  | "pci-expander-bus"
  | "pcie-expander-bus";

/** What a PCI controller needs where it is plugged in; 0 = it is not plugged in anywhere. */
export const controllerNeeds: Readonly<Record<PciControllerModel, number>> = {
  "pci-root": 0,
  "pcie-root": 0,
  "pci-bridge": connect.pciBridge,
  "dmi-to-pci-bridge": connect.dmiToPciBridge,
  "pcie-to-pci-bridge": connect.pcieToPciBridge,
  "pcie-root-port": connect.pcieRootPort | connect.aggregateSlot,
  "pcie-switch-upstream-port": connect.pcieSwitchUpstreamPort,
  "pcie-switch-downstream-port": connect.pcieSwitchDownstreamPort,
  "pci-expander-bus": connect.pciExpanderBus,
  "pcie-expander-bus": connect.pcieExpanderBus,
};

export interface BusKind {
  flags: number;
  minSlot: number;
  maxSlot: number;
}

const c = connect;
const port: BusKind = {
  flags: c.autoAssign | c.pcieDevice | c.pcieSwitchUpstreamPort | c.pcieToPciBridge,
  minSlot: 0,
  maxSlot: 0,
};

/** What the bus behind a controller offers. */
export const busKinds: Readonly<Record<PciControllerModel, BusKind>> = {
  "pci-root": {
    flags: c.autoAssign | c.pciDevice | c.pciBridge | c.pciExpanderBus | c.integrated,
    minSlot: 1,
    maxSlot: 31,
  },
  "pcie-root": {
    flags: c.pciDevice | c.pcieDevice | c.pcieRootPort | c.dmiToPciBridge | c.pcieExpanderBus | c.integrated,
    minSlot: 1,
    maxSlot: 31,
  },
  "pci-bridge": { flags: c.autoAssign | c.pciDevice | c.pciBridge, minSlot: 1, maxSlot: 31 },
  "pci-expander-bus": { flags: c.autoAssign | c.pciDevice | c.pciBridge, minSlot: 0, maxSlot: 31 },
  "dmi-to-pci-bridge": { flags: c.pciDevice | c.pciBridge, minSlot: 0, maxSlot: 31 },
  "pcie-to-pci-bridge": { flags: c.autoAssign | c.pciDevice | c.pciBridge, minSlot: 1, maxSlot: 31 },
  "pcie-root-port": port,
  "pcie-switch-downstream-port": port,
  "pcie-switch-upstream-port": { flags: c.pcieSwitchDownstreamPort, minSlot: 0, maxSlot: 31 },
  "pcie-expander-bus": { flags: c.pcieRootPort | c.dmiToPciBridge, minSlot: 0, maxSlot: 31 },
};

/** @param fromConfig the user chose this place: PCI and PCIe endpoints may then be mixed, and places nobody would choose by themselves are fine */
export function fits(bus: number, device: number, fromConfig: boolean): boolean {
  let offered = bus;
  let needed = device;
  if (fromConfig) {
    if (offered & endpoint) offered |= endpoint;
    needed &= ~(connect.autoAssign | connect.hotpluggable);
  }
  if (!(offered & needed & types)) return false;
  const requirements = connect.autoAssign | connect.hotpluggable | connect.integrated;
  return (needed & requirements & ~offered) === 0;
}
