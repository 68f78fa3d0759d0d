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

test.each([
  [`${head}</networkport>`, "network port has no mac"],
  ["<networkport><mac address='52:54:00:7b:35:93'/></networkport>", "network port has no owner name"],
  [
    "<networkport><owner><uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner></networkport>",
    "network port has no owner name",
  ],
  [`${head}<plug type='magic'/></networkport>`, "Invalid value for attribute 'type' in element 'plug'"],
  ["<port/>", "expecting <networkport>"],
])("refused: %s", (text, message) => {
  expect(() => parseNetworkPort(text)).toThrow(message);
});
