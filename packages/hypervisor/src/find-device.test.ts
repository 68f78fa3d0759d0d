import { formatDevice, parseDevice, readDomain } from "@libvirt-ts/conf/domain";
import { ErrorDomain } from "@libvirt-ts/errors";
import { parseXml } from "@libvirt-ts/xml";
import { expect, test } from "vitest";
import { findByAlias, findDevice } from "./find-device.ts";

const { devices } = readDomain(
  parseXml(`<domain type='qemu'><name>vm</name><memory>1024</memory><os><type arch='x86_64'>hvm</type></os><devices>
  <disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/><alias name='virtio-disk0'/></disk>
  <interface type='user'><mac address='52:54:00:00:00:01'/><alias name='net0'/></interface>
  <interface type='user'><mac address='52:54:00:00:00:02'/><alias name='net1'/></interface>
  <interface type='user'><mac address='52:54:00:00:00:02'/><alias name='net2'/></interface>
  <rng model='virtio'><backend model='random'>/dev/urandom</backend><alias name='rng0'/></rng></devices></domain>`),
  { skipCheck: true },
);
const rng = (path: string) => `<rng model='virtio'><backend model='random'>${path}</backend></rng>`;
const card = (mac: string, more = "") => `<interface type='user'><mac address='${mac}'/>${more}</interface>`;

test.each([
  ["a disk by its target", "<disk type='block'><source dev='/x'/><target dev='vda'/></disk>", "virtio-disk0"],
  ["a card by its address", card("52:54:00:00:00:01"), "net0"],
  ["of several cards the one that is named", card("52:54:00:00:00:02", "<alias name='net2'/>"), "net2"],
  ["another device by all that is said of it", rng("/dev/urandom"), "rng0"],
])("%s", (_what, text, alias) => {
  const found = findDevice(devices, parseDevice(text), ErrorDomain.QEMU);
  expect(found.device).toBe(findByAlias(devices, alias)?.device);
  expect(formatDevice(found)).toContain(alias);
});

test.each([
  ["<disk type='block'><source dev='/x'/><target dev='vdb'/></disk>", "disk vdb not found"],
  [card("52:54:00:00:00:09"), "no device matching MAC address 52:54:00:00:00:09 found"],
  [card("52:54:00:00:00:02"), "multiple devices matching MAC address 52:54:00:00:00:02 found"],
  [rng("/dev/random"), "matching device not found"],
])("none or too many: %s", (text, message) => {
  expect(() => findDevice(devices, parseDevice(text), ErrorDomain.QEMU)).toThrow(message);
});

test("by alias", () => {
  expect(findByAlias(devices, "net1")?.kind).toBe("interface");
  expect(findByAlias(devices, "net9")).toBeUndefined();
});
