import { expect, test } from "vitest";
import { formatNodeDevice, parseNodeDevice } from "./parse.ts";

const device = (type: string, body: string) =>
  `<device><name>d</name><capability type='${type}'>${body}</capability></device>`;
const flat = (xml: string) =>
  xml
    .split("\n")
    .map((line) => line.trim())
    .join("");
const pciNumbers = "<domain>0</domain><bus>0</bus><slot>2</slot><function>0</function>";
const pciNames = "<product id='0x1'/><vendor id='0x8086'/>";
const pci = (body: string) => `${pciNumbers}${pciNames}${body}`;
const channel = "<cssid>0x0</cssid><ssid>0x0</ssid><devno>ff</devno>";
const scsiHost = (body: string) => `<host>1</host>${body}`;

test.each([
  ["pci", pci("<class>c0300</class>"), "<class>0x0c0300</class>"],
  ["pci", `<domain>2147483648</domain>${pciNumbers}${pciNames}`, "<domain>-2147483648</domain>"],
  [
    "pci",
    pci(
      "<numa node=''/><pci-express><link validity='sta' port='-1' speed='' width='010'/><link validity='sta' width='1'/></pci-express>",
    ),
    "<pci-express><link validity='sta' width='8'/></pci-express>",
  ],
  [
    "net",
    "<interface>e</interface><feature name='tx'/><feature name='rx'/><feature name='rx'/><capability/>",
    "<feature name='rx'/><feature name='tx'/></capability>",
  ],
  [
    "net",
    "<interface>e</interface><capability type='80203'/><capability type='x'/>",
    "<capability type='80203'/></capability>",
  ],
  [
    "scsi_target",
    "<target>t</target><capability type='fc_remote_port'><rport>r</rport><wwpn>x</wwpn></capability>",
    "<wwpn>x</wwpn>",
  ],
  ["scsi_host", scsiHost("<unique_id>-1</unique_id>"), "<host>1</host></capability>"],
  [
    "ccw",
    `<state>online</state>${channel}<capability/>`,
    "<state>online</state><cssid>0x0</cssid><ssid>0x0</ssid><devno>0x00ff</devno></capability>",
  ],
  [
    "ccwgroup",
    `${channel}<members><ccw_device ref='a'/></members>`,
    "<members><ccw_device ref='a'></ccw_device></members>",
  ],
  [
    "mdev",
    "<type id='t'/><attr name='' value='1'/><attr name='a' value='1'/>",
    "<iommuGroup number='0'/><attr name='a' value='1'/>",
  ],
  [
    "system",
    "<hardware><uuid>81ff0d90-c91e-6742-64da-4a736edb9a9b</uuid></hardware>",
    "<firmware></firmware>",
  ],
])("%s: %s", (type, body, xml) => {
  expect(flat(formatNodeDevice(parseNodeDevice(device(type, body))))).toContain(xml);
});

test.each([
  ["mdev_types", "", "unknown capability type '13' for 'd'"],
  ["usb_device", "<bus>4294967296</bus>", "invalid USB bus number supplied for 'd'"],
  ["pci", `<domain/>${pciNumbers}${pciNames}`, "no PCI domain ID supplied for 'd'"],
  ["pci", pci("<numa node='2147483648'/>"), "invalid NUMA node ID supplied for 'd'"],
  ["pci", pci("<capability/>"), "Missing capability type"],
  ["pci", "<capability/>", "no PCI domain ID supplied for 'd'"],
  [
    "pci",
    pci(
      "<capability type='mdev_types'><type id='t'><deviceAPI>a</deviceAPI><availableInstances>x</availableInstances></type></capability>",
    ),
    "missing number of available instances for mediated device type 't'",
  ],
  ["scsi_host", scsiHost("<unique_id>2147483648</unique_id>"), "invalid unique_id supplied for 'd'"],
  ["ccw", "<cssid>08</cssid>", "invalid cssid value '08' for 'd'"],
  ["ccw", `<state>x</state>${channel}`, "unknown state 'x' for 'd'"],
  ["ccw", `${channel}<capability type='ccwgroup_member'/>`, "missing group_device value for 'd'"],
  [
    "ccwgroup",
    `${channel}<capability type='x'/>`,
    "Invalid value for attribute 'type' in element 'capability': 'x'",
  ],
  [
    "ccwgroup",
    `${channel}<members><ccw_device/></members>`,
    "Missing ref property on ccw_device in members for 'd'",
  ],
  ["mdev", "<type id=''/>", "missing type id attribute for 'd'"],
])("no %s: %s", (type, body, message) => {
  expect(() => parseNodeDevice(device(type, body))).toThrow(message);
});
