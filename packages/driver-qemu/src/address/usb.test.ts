import { expect, test } from "vitest";
import { UsbAddressSet } from "./usb.ts";

function uhci(): UsbAddressSet {
  const set = new UsbAddressSet();
  set.addController({ type: "usb", index: 0, model: "piix3-uhci" });
  return set;
}

test("ports of the controller come before those of hubs", () => {
  const set = uhci();
  const taken = [
    set.reserveNext(undefined, true),
    set.reserveNext(undefined, false),
    set.reserveNext(undefined, false),
  ];
  expect(taken.map(({ port }) => port)).toEqual(["1", "2", "1.1"]);
});

test.each([
  ["1.9", "requested USB port 1.9 not present on USB bus 0"],
  ["1", "Duplicate USB address bus 0 port 1"],
  ["3", "requested USB port 3 not present on USB bus 0"],
])("port %s is refused", (port, message) => {
  const set = uhci();
  set.reserve(0, "1", true);
  expect(() => set.reserve(0, port, false)).toThrow(message);
});

test("a companion has no ports of its own", () => {
  const set = new UsbAddressSet();
  set.addController({ type: "usb", index: 0, model: "ich9-uhci1", masterStartPort: 0 });
  expect(set.isEmpty).toBe(true);
});
