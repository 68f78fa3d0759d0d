import { expect, test } from "vitest";
import { formatInterface, parseInterface } from "./interface.ts";

const flat = (xml: string) =>
  xml
    .split("\n")
    .map((line) => line.trim())
    .join("");
const shown = (type: string, body: string) =>
  flat(formatInterface(parseInterface(`<interface type='${type}' name='i'>${body}</interface>`)));
const card = "<interface type='ethernet' name='e'/>";

test.each([
  [
    "ethernet",
    "<start mode=''/><mtu size=''/><link state=''/>",
    "<interface type='ethernet' name='i'></interface>",
  ],
  [
    "ethernet",
    "<protocol family='ipv4'><ip address='a' prefix='0x10'/><route gateway=''/></protocol>",
    "<protocol family='ipv4'><ip address='a' prefix='16'/></protocol>",
  ],
  ["bond", `<bond><miimon freq='1' updelay='' carrier=''/>${card}</bond>`, "<miimon freq='1'/>"],
  ["bridge", `<bridge stp='x' delay='1'>${card}</bridge>`, "<bridge></bridge>"],
])("%s: %s", (type, body, xml) => {
  expect(shown(type, body)).toContain(xml);
});

test.each([
  ["vlan", "<vlan tag=''><interface name='e'/></vlan>", "vlan interface misses the tag attribute"],
  ["vlan", "<vlan tag='1'><interface name=''/></vlan>", "vlan interface misses name attribute"],
  [
    "ethernet",
    "<protocol family='ipv4'><ip address='a' prefix='08'/></protocol>",
    "Invalid value for attribute 'prefix'",
  ],
])("no %s: %s", (type, body, message) => {
  expect(() => shown(type, body)).toThrow(message);
});
