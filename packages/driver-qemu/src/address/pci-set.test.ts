import { expect, test } from "vitest";
import { connect } from "./pci-connect.ts";
import { formatPlace, PciAddressSet } from "./pci-set.ts";

const options = { dryRun: false, multipleRoots: false, pcieToPciBridge: true };
const pci = connect.pciDevice | connect.autoAssign;
const pcie = connect.pcieDevice | connect.autoAssign;

test("places are given from the lowest slot up", () => {
  const set = new PciAddressSet(options);
  set.addBus("pci-root");
  set.reserve({ domain: 0, bus: 0, slot: 1, function: 0 }, pci);
  expect([set.reserveNext(pci), set.reserveNext(pci)].map(formatPlace)).toEqual([
    "0000:00:02.0",
    "0000:00:03.0",
  ]);
});

test("root ports share a slot function by function", () => {
  const set = new PciAddressSet(options);
  set.addBus("pcie-root");
  const port = connect.pcieRootPort | connect.aggregateSlot;
  const places = Array.from({ length: 9 }, () => formatPlace(set.reserveNext(port)));
  expect(places[0]).toBe("0000:00:01.0");
  expect(places[7]).toBe("0000:00:01.7");
  expect(places[8]).toBe("0000:00:02.0");
});

test.each([
  ["a PCI Express device needs a port", pcie, ["pcie-root", "pcie-root-port"]],
  ["a PCI device needs a port and a bridge", pci, ["pcie-root", "pcie-root-port", "pcie-to-pci-bridge"]],
])("a dry run grows: %s", (_what, flags, models) => {
  const set = new PciAddressSet({ ...options, dryRun: true });
  set.addBus("pcie-root");
  set.reserveNext(flags);
  expect(set.buses.map((bus) => bus.model)).toEqual(models);
});

test.each([
  [{ domain: 0, bus: 0, slot: 2, function: 0 }, "Attempted double use of PCI Address 0000:00:02.0"],
  [
    { domain: 1, bus: 0, slot: 2, function: 0 },
    "Invalid PCI address 0001:00:02.0. Only PCI domain 0 is available",
  ],
  [
    { domain: 0, bus: 3, slot: 2, function: 0 },
    "Invalid PCI address 0000:03:02.0. Only PCI buses up to 0 are available",
  ],
  [{ domain: 0, bus: 0, slot: 0, function: 0 }, "Invalid PCI address 0000:00:00.0. slot must be >= 1"],
])("refuses %o", (place, message) => {
  const set = new PciAddressSet(options);
  set.addBus("pci-root");
  set.reserve({ domain: 0, bus: 0, slot: 2, function: 0 }, pci);
  expect(() => set.reserve(place, pci, { fromConfig: true })).toThrow(message);
});

test("a full bus without a dry run is the end", () => {
  const set = new PciAddressSet(options);
  set.addBus("pcie-root-port");
  set.reserveNext(pcie);
  expect(() => set.reserveNext(pcie)).toThrow("No more available PCI slots");
});
