import { formatDomain } from "@libvirt-ts/conf/domain";
import { expect, test } from "vitest";
import { read } from "../check/testing.ts";

const card = (model: string) => `<interface type='user'><model type='${model}'/></interface>`;
const place = (bus: number, slot: number) => `bus='0x0${bus}' slot='0x0${slot}' function='0x0'`;

/** Machine, what stands beside the devices, the devices, and a part of what libvirt 11.3 makes of them. */
test.each([
  [
    "q35",
    "",
    card("rtl8139"),
    `<model type='rtl8139'/>\n      <address type='pci' domain='0x0000' ${place(2, 1)}`,
  ],
  [
    "q35",
    "",
    card("pcnet"),
    `<model type='pcnet'/>\n      <address type='pci' domain='0x0000' ${place(1, 0)}`,
  ],
  [
    "q35",
    "",
    card("82540em"),
    `<model type='82540EM'/>\n      <address type='pci' domain='0x0000' ${place(2, 1)}`,
  ],
  // A bridge for conventional devices brings a port along, though one is free.
  [
    "q35",
    "",
    `<controller type='pci' index='0' model='pcie-root'/><controller type='pci' index='1' model='pcie-root-port'/>${card("e1000")}`,
    "<controller type='pci' index='3' model='pcie-to-pci-bridge'>",
  ],
  // Only a pci-bridge has to come behind the bus it is on.
  [
    "q35",
    "",
    "<controller type='pci' index='0' model='pcie-root'/><controller type='pci' index='1' model='pcie-to-pci-bridge'/><controller type='pci' index='2' model='pcie-root-port'/>",
    `<model name='pcie-pci-bridge'/>\n      <address type='pci' domain='0x0000' ${place(2, 0)}`,
  ],
  ["pc", "", "<graphics type='spice'/><graphics type='vnc'/>", "<audio id='1' type='none'/>"],
  ["pc", "", "<graphics type='vnc'/><graphics type='spice'/>", "<audio id='1' type='spice'/>"],
  ["pc", "", "<graphics type='vnc'/><graphics type='dbus' p2p='yes'/>", "<audio id='1' type='none'/>"],
  ["pc", "", "<graphics type='spice'/><graphics type='sdl'/>", "<graphics type='sdl'/>\n    <video>"],
])("%s %s %s becomes %s", (machine, beside, devices, part) => {
  expect(formatDomain(read({ machine, beside, devices }))).toContain(part);
});
