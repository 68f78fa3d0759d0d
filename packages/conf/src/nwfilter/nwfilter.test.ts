import { expect, test } from "vitest";
import { formatNwfilter, parseNwfilter } from "./filter.ts";

const uuid = "81ff0d90-c91e-6742-64da-4a736edb9a9b";
const filter = (body: string, attrs = "") => `<filter name='f'${attrs}><uuid>${uuid}</uuid>${body}</filter>`;
const rule = (inside: string) => filter(`<rule action='drop' direction='in'>${inside}</rule>`);
const flat = (xml: string) =>
  xml
    .split("\n")
    .map((line) => line.trim())
    .join("");
const shown = (xml: string) => flat(formatNwfilter(parseNwfilter(xml)));

test.each([
  ["<stp type='1f'/>", "<stp type='0x1f'/>"],
  ["<stp type='010'/>", "<stp type='10'/>"],
  ["<stp root-cost='-0x1'/>", "<stp root-cost='0xffffffff'/>"],
  ["<arp opcode='0x1f'/>", "<arp opcode='31'/>"],
  ["<vlan encap-protocol='0x3c'/>", "<vlan encap-protocol='0x3c'/>"],
  ["<tcp state=' new,,RELATED'/>", "<tcp state='NEW,RELATED'/>"],
  ["<tcp flags=' SYN, ACK/ALL'/>", "<tcp flags='SYN,ACK/ALL'/>"],
  ["<all ipset=''/>", "<all ipset=''/>"],
  ["<all srcipaddr='10.1'/>", "<all srcipaddr='10.0.0.1'/>"],
  ["<all srcipaddr='::ffff:10.0.0.1'/>", "<all srcipaddr='10.0.0.1'/>"],
  ["<all-ipv6 srcipaddr='::ffff:10.0.0.1'/>", "<all-ipv6 srcipaddr='::ffff:10.0.0.1'/>"],
  ["<all srcipaddr='$A[@ 1 ]\n'/>", "<all srcipaddr='$A[@1]'/>"],
])("a rule with %s", (inside, xml) => {
  expect(shown(rule(inside))).toContain(xml);
});

test.each([
  ["<arp hwtype='65536' opcode='65537'/>", "opcode has illegal value 65537"],
  ["<vlan encap-protocol='59'/>", "encap-protocol has illegal value 59"],
  ["<tcp connlimit-above='0x10'/>", "connlimit-above has illegal value 0x10"],
  ["<all srcipaddr='1.2.3.4' srcipmask='0x10'/>", "srcipmask has illegal value 0x10"],
  ["<all srcipaddr='$A '/>", "srcipaddr has illegal value $A "],
  ["<udp srcportstart='-5'/>", "srcportstart has illegal value -5"],
  ["<mac srcmacaddr=' 52:54:00:00:00:01'/>", "srcmacaddr has illegal value  52:54:00:00:00:01"],
])("no rule with %s", (inside, message) => {
  expect(() => parseNwfilter(rule(inside))).toThrow(message);
});

test.each([
  ["place without chain", filter("", " priority='5'"), "<filter name='f' chain='root'>"],
  ["empty is absent", filter("", " chain='' priority=''"), "<filter name='f' chain='root'>"],
  ["place out of bounds", filter("<rule action='drop' direction='in' priority='1001'/>"), "priority='500'"],
])("%s", (_what, xml, result) => {
  expect(shown(xml)).toContain(result);
});

test.each([
  ["character of a chain", filter("", " chain='a b'"), "Chain name contains invalid characters"],
  ["chain", filter("", " chain='x'"), "Invalid chain name 'x'"],
  ["long chain", filter("", " chain='ipv4xxxxxxxxx'"), "Name of chain is longer than 12 characters"],
  ["place", filter("", " chain='root' priority='2147483648'"), "Could not parse chain priority '2147483648'"],
  ["name", "<filter name=''/>", "filter has no name"],
  [
    "action",
    filter("<rule action='x' direction='in'/>"),
    "Invalid value for attribute 'action' in element 'rule': 'x'",
  ],
  ["direction", filter("<rule action='drop'/>"), "Missing required attribute 'direction' in element 'rule'"],
  ["reference", filter("<filterref/>"), "Missing required attribute 'filter' in element 'filterref'"],
])("refused: %s", (_what, xml, message) => {
  expect(() => parseNwfilter(xml)).toThrow(message);
});
