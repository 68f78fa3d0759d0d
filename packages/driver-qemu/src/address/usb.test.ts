import { expect, test } from "vitest";
import { read } from "../check/testing.ts";
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

test("devices get their ports in the order of libvirt", () => {
  const { devices } = read({
    machine: "pc",
    beside: "",
    devices: `<controller type='usb' model='qemu-xhci' ports='15'/><redirdev bus='usb' type='pty'/>
      <filesystem type='mount'><driver type='mtp'/><source dir='/t'/><target dir='t'/></filesystem>
      <input type='tablet' bus='usb'/><serial type='pty'><target type='usb-serial'/></serial><smartcard mode='host'/>
      <hostdev type='usb'><source><vendor id='0x1234'/><product id='0xbeef'/></source></hostdev><sound model='usb'/>
      <interface type='user'><model type='usb-net'/></interface>
      <disk type='file'><source file='/x'/><target dev='sda' bus='usb'/></disk><hub type='usb'/>`,
  });
  const { hubs, disks, interfaces, sounds, hostdevs, controllers, serials, inputs, filesystems, redirdevs } =
    devices;
  const ccid = controllers.filter(({ type }) => type === "ccid");
  const tablets = inputs.filter(({ type }) => type === "tablet");
  const all = [
    hubs,
    disks,
    interfaces,
    sounds,
    hostdevs,
    ccid,
    serials,
    tablets,
    filesystems,
    redirdevs,
  ].flat();
  const ports = all.map(({ address }) => (address?.type === "usb" ? Number(address.port) : undefined));
  expect(ports).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("a bus is one controller's", () => {
  const set = uhci();
  const twice = () => set.addController({ type: "usb", index: 0, model: "qemu-xhci" });
  expect(twice).toThrow("Duplicate USB controllers with index 0");
});
