import { expect, test } from "vitest";
import { formatNetworkPort, parseNetworkPort } from "./port.ts";

const head = `<networkport>
  <uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff3207d</uuid>
  <owner>
    <name>guest</name>
    <uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid>
  </owner>
`;

test.each([
  ["network", "  <plug type='network' bridge='virbr0' macTableManager='libvirt'/>\n"],
  ["direct", "  <plug type='direct' dev='eth0' mode='vepa'/>\n"],
  [
    "hostdev",
    "  <plug type='hostdev-pci' managed='yes'>\n    <driver name='vfio'/>\n    <address domain='0x0000' bus='0x02' slot='0x03' function='0x4'/>\n  </plug>\n",
  ],
  [
    "all before the plug",
    "  <virtualport type='openvswitch'>\n    <parameters interfaceid='d54df46f-1ab5-4a22-8618-4560ef5fac2c'/>\n  </virtualport>\n  <bandwidth classID='3'>\n    <inbound average='1' floor='2'/>\n  </bandwidth>\n  <vlan>\n    <tag id='5'/>\n  </vlan>\n  <port isolated='no'/>\n  <rxfilters trustGuest='no'/>\n",
  ],
])("a port with %s comes back", (_what, body) => {
  const text = `${head}  <group>g</group>\n  <mac address='52:54:00:7b:35:93'/>\n${body}</networkport>\n`;
  expect(formatNetworkPort(parseNetworkPort(text))).toBe(text);
});

const uuid = "<uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff3207d</uuid>";
const mac = "<mac address='52:54:00:7b:35:93'/>";
const plugged = (plug: string) => `${head}${mac}${plug}</networkport>`;

test.each([
  [plugged("<plug type='direct' dev='e'/>"), "<plug type='direct' dev='e' mode='vepa'/>"],
  [plugged("<plug/>"), "<mac address='52:54:00:7b:35:93'/>\n</networkport>"],
  [`${head}<mac address='01:00:5e:00:00:01'/></networkport>`, "<mac address='01:00:5e:00:00:01'/>"],
])("%s", (text, part) => {
  expect(formatNetworkPort(parseNetworkPort(text))).toContain(part);
});

test.each([
  [`${head}</networkport>`, "network port has no mac"],
  [`<networkport>${uuid}${mac}</networkport>`, "network port has no owner name"],
  ["<networkport><owner><name>g</name></owner></networkport>", "network port has no owner UUID"],
  [`${head}<mac address='x'/></networkport>`, "Unable to parse MAC 'x'"],
  ["<networkport><uuid>x</uuid></networkport>", "Unable to parse UUID 'x'"],
  [plugged("<plug type='magic'/>"), "Invalid value for attribute 'type' in element 'plug'"],
  [plugged("<plug type='bridge'/>"), "Missing network port bridge name"],
  [plugged("<plug type='direct'/>"), "Missing network port link device name"],
  [plugged("<plug type='direct' dev='e' mode='x'/>"), "Invalid mode setting 'x' in network port"],
  [plugged("<plug type='hostdev-pci'/>"), "Missing network port PCI address"],
  [
    plugged("<plug type='hostdev-pci'><address slot='0x20'/></plug>"),
    "Invalid PCI address slot='0x20', must be <= 0x1F",
  ],
  [
    plugged("<plug type='bridge' bridge='b' macTableManager='x'/>"),
    "Invalid macTableManager setting 'x' in network port",
  ],
  [
    plugged("<vlan trunk='x'><tag id='1'/><tag id='2'/></vlan>"),
    `invalid "trunk='x'" in <vlan> - trunk='yes' is required for more than one vlan tag`,
  ],
  [plugged("<vlan trunk='x'><tag id='1'/></vlan>"), `invalid "trunk='x'" in <vlan> - must be yes or no`],
  ["<port/>", "expecting <networkport>"],
])("refused: %s", (text, message) => {
  expect(() => parseNetworkPort(text)).toThrow(message);
});
