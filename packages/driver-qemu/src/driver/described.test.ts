import { type DomainDef, formatDomain, readDomain } from "@libvirt-ts/conf/domain";
import { parseXml } from "@libvirt-ts/xml";
import { expect, test } from "vitest";
import { migratableForm } from "./described.ts";

const guest = (devices: string, machine = "pc"): DomainDef =>
  readDomain(
    parseXml(
      `<domain type='qemu'><name>vm</name><memory>65536</memory><os><type arch='x86_64' machine='${machine}'>hvm</type></os>
<devices>${devices}</devices></domain>`,
    ),
    { skipCheck: true },
  );

const kept = (devices: string, machine?: string): boolean => {
  const def = guest(devices, machine);
  const shown = formatDomain(migratableForm(def), { inactive: true });
  return shown === formatDomain(def, { inactive: true });
};

const usb = "<controller type='usb' index='0' model='piix3-uhci'/>";

test.each([
  ["the USB controller guests always had", usb, "pc"],
  ["the PCI bus guests always had", "<controller type='pci' index='0' model='pci-root'/>", "pc"],
  ["the keyboard guests always had", "<input type='keyboard' bus='ps2'/>", "q35"],
  ["sound that goes nowhere in particular", "<audio id='1' type='none'/>", "pc"],
  ["what a platform always has", "<panic model='pseries'/>", "pseries"],
])("%s is not told", (_what, devices, machine) => {
  expect(kept(devices, machine)).toBe(false);
});

test.each([
  ["a USB controller on a newer board", usb, "q35"],
  ["another model", "<controller type='usb' index='0' model='qemu-xhci'/>", "pc"],
  ["one of several", `${usb}<controller type='usb' index='1' model='piix3-uhci'/>`, "pc"],
  [
    "one the user named",
    "<controller type='usb' index='0' model='piix3-uhci'><alias name='ua-u'/></controller>",
    "pc",
  ],
  ["the root of PCI Express", "<controller type='pci' index='0' model='pcie-root'/>", "q35"],
  [
    "a PCI bus with a setting",
    "<controller type='pci' index='0' model='pci-root'><pcihole64 unit='KiB'>1048576</pcihole64></controller>",
    "pc",
  ],
  ["a mouse", "<input type='mouse' bus='ps2'/>", "pc"],
  ["sound that goes to a device", "<audio id='1' type='oss'><input dev='/dev/dsp0'/></audio>", "pc"],
  ["a panic device that can be left out", "<panic model='isa'/>", "pc"],
])("%s is told", (_what, devices, machine) => {
  expect(kept(devices, machine)).toBe(true);
});
