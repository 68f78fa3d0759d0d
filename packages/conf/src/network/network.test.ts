import { expect, test } from "vitest";
import { formatNetwork, parseNetwork } from "./parse.ts";

const uuid = "81ff0d90-c91e-6742-64da-4a736edb9a9b";
const wrap = (body: string, attrs = "") =>
  `<network${attrs}><name>n</name><uuid>${uuid}</uuid>${body}</network>`;
const ip4 = "<ip address='192.168.7.1' netmask='255.255.255.0'>";

test("everything in one network comes back in libvirt's order and form", () => {
  const text = `<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0' ipv6='yes'>
  <name>n</name>
  <uuid>${uuid}</uuid>
  <title>T</title>
  <description>D &amp; E</description>
  <metadata>
    <a:x xmlns:a="urn:a">text</a:x>
  </metadata>
  <forward dev='eth0' mode='nat'>
    <nat ipv6='yes'>
      <address start='1.2.3.4' end='1.2.3.9'/>
      <port start='500' end='1000'/>
    </nat>
    <interface dev='eth0'/>
  </forward>
  <bridge name='virbr7' zone='z' stp='off' delay='3' macTableManager='libvirt'/>
  <mtu size='9000'/>
  <mac address='52:54:00:00:00:07'/>
  <domain name='lan' localOnly='yes'/>
  <dns forwardPlainNames='no'>
    <forwarder domain='x.org' addr='9.9.9.9'/>
    <txt name='t' value='v'/>
    <srv service='s' protocol='tcp' target='h' port='1' priority='2' weight='3'/>
    <host ip='192.168.7.9'>
      <hostname>h</hostname>
    </host>
  </dns>
  <bandwidth>
    <inbound average='1000' peak='2000' burst='1024'/>
    <outbound average='128'/>
  </bandwidth>
  <port isolated='yes'/>
  <ip address='192.168.7.1' netmask='255.255.255.0' localPtr='yes'>
    <tftp root='/srv'/>
    <dhcp>
      <range start='192.168.7.2' end='192.168.7.99'>
        <lease expiry='2' unit='hours'/>
      </range>
      <host mac='52:54:00:00:00:01' name='a' ip='192.168.7.200'>
        <lease expiry='0'/>
      </host>
      <bootp file='f' server='10.0.0.1'/>
    </dhcp>
  </ip>
  <ip family='ipv6' address='fd00:7::1' prefix='64'>
  </ip>
  <route address='10.9.0.0' prefix='16' gateway='192.168.7.3' metric='4'/>
  <portgroup name='p' default='yes'>
    <vlan trunk='yes'>
      <tag id='1'/>
      <tag id='2' nativeMode='untagged'/>
    </vlan>
    <bandwidth>
      <inbound average='1'/>
    </bandwidth>
  </portgroup>
  <dnsmasq:options>
    <dnsmasq:option value='log-queries'/>
  </dnsmasq:options>
</network>
`;
  expect(formatNetwork(parseNetwork(text))).toBe(text);
  expect(formatNetwork(parseNetwork(text), { inactive: true })).toBe(text);
});

test("defaults: UUID, bridge settings, forward mode, classes of addresses", () => {
  const def = parseNetwork("<network><name>n</name><forward/><ip address='10.0.0.1'/></network>", {
    newUuid: () => uuid,
  });
  expect(formatNetwork(def)).toBe(`<network>
  <name>n</name>
  <uuid>${uuid}</uuid>
  <forward mode='nat'/>
  <bridge stp='on' delay='0'/>
  <ip address='10.0.0.1'>
  </ip>
</network>
`);
});

test("connections and the pool of a physical function belong to the live form", () => {
  const def = parseNetwork(wrap("<forward mode='passthrough'><pf dev='eth0'/></forward>"));
  def.connections = 2;
  def.forward?.interfaces.push({ dev: "eth0v1", connections: 1 });
  expect(formatNetwork(def)).toContain("<network connections='2'>");
  expect(formatNetwork(def)).toContain("<interface dev='eth0v1' connections='1'/>");
  expect(formatNetwork(def, { inactive: true })).not.toMatch(/connections|eth0v1/);
});

test.each([
  ["no name", "<network/>", "missing name information"],
  ["other root", "<domain/>", "expecting root element of 'network', not 'domain'"],
  ["bad uuid", "<network><name>n</name><uuid>x</uuid></network>", "malformed uuid"],
  [
    "nat without address",
    wrap("<forward mode='nat'/>"),
    "nat forwarding requested, but no IP address provided for network 'n'",
  ],
  [
    "two devices",
    wrap(`<forward mode='nat'><interface dev='a'/><interface dev='b'/></forward>${ip4}</ip>`),
    "multiple forwarding interfaces specified",
  ],
  [
    "dev differs",
    wrap("<forward mode='nat' dev='x'><interface dev='a'/></forward>"),
    "<forward dev='x'> must match first <interface dev='a'/>",
  ],
  ["unknown mode", wrap("<forward mode='warp'/>"), "unknown forwarding type 'warp'"],
  [
    "device twice",
    wrap("<forward mode='vepa'><interface dev='a'/><interface dev='a'/></forward>"),
    "can only be listed once",
  ],
  ["open with device", wrap("<forward mode='open' dev='a'/>"), "forward dev not allowed"],
  [
    "bridge name in vepa",
    wrap("<forward mode='vepa'/><bridge name='b'/>"),
    "bridge name not allowed in vepa mode (network 'n')",
  ],
  [
    "stp of a host bridge",
    wrap("<forward mode='bridge'/><bridge name='b' stp='off'/>"),
    "bridge delay/stp/zone options only allowed",
  ],
  [
    "mtu of a host bridge",
    wrap("<forward mode='bridge'/><bridge name='b'/><mtu size='9000'/>"),
    "mtu size only allowed",
  ],
  ["group mac", wrap("<mac address='01:00:5e:00:00:01'/>"), "Invalid multicast bridge mac address"],
  ["no address", wrap("<ip/>"), "Missing required address attribute in network 'n'"],
  [
    "IPv6 without family",
    wrap("<ip address='fd00::1'/>"),
    "no family specified for non-IPv4 address 'fd00::1' in network 'n'",
  ],
  [
    "wrong family",
    wrap("<ip family='ipv6' address='1.2.3.4'/>"),
    "Family 'ipv6' specified for non-IPv6 address",
  ],
  [
    "mask and prefix",
    wrap("<ip address='1.2.3.4' netmask='255.0.0.0' prefix='8'/>"),
    "Network 'n' IP address cannot have both a prefix and a netmask",
  ],
  ["long prefix", wrap("<ip address='1.2.3.4' prefix='33'/>"), "Invalid IPv4 prefix '33' in network 'n'"],
  [
    "hole in mask",
    wrap(
      "<ip address='1.2.3.4' netmask='255.0.255.0'><dhcp><range start='1.2.3.5' end='1.2.3.6'/></dhcp></ip>",
    ),
    "bad prefix -1 for network 1.2.3.4 when checking range 1.2.3.5 - 1.2.3.6",
  ],
  [
    "range outside",
    wrap(`${ip4}<dhcp><range start='192.168.8.2' end='192.168.8.9'/></dhcp></ip>`),
    "is not entirely within network 192.168.7.1/24",
  ],
  [
    "range reversed",
    wrap(`${ip4}<dhcp><range start='192.168.7.9' end='192.168.7.2'/></dhcp></ip>`),
    "is reversed",
  ],
  [
    "range at network",
    wrap(`${ip4}<dhcp><range start='192.168.7.0' end='192.168.7.2'/></dhcp></ip>`),
    "is the network address",
  ],
  [
    "range at broadcast",
    wrap(`${ip4}<dhcp><range start='192.168.7.2' end='192.168.7.255'/></dhcp></ip>`),
    "is the broadcast address",
  ],
  [
    "range too large",
    wrap("<ip address='10.0.0.1' prefix='8'><dhcp><range start='10.0.0.2' end='10.9.0.2'/></dhcp></ip>"),
    "is too large",
  ],
  [
    "short lease",
    wrap(
      `${ip4}<dhcp><range start='192.168.7.2' end='192.168.7.9'><lease expiry='9' unit='seconds'/></range></dhcp></ip>`,
    ),
    "The minimum lease time should be greater than 2 minutes",
  ],
  [
    "host without ip",
    wrap(`${ip4}<dhcp><host name='a'/></dhcp></ip>`),
    "Missing IP address in static host definition",
  ],
  [
    "host without name",
    wrap(`${ip4}<dhcp><host ip='192.168.7.9'/></dhcp></ip>`),
    "must have mac or name attribute",
  ],
  [
    "host name",
    wrap(`${ip4}<dhcp><host name='-a' ip='192.168.7.9'/></dhcp></ip>`),
    "Cannot use host name '-a'",
  ],
  [
    "mac in IPv6",
    wrap(
      "<ip family='ipv6' address='fd00::1'><dhcp><host mac='52:54:00:00:00:01' ip='fd00::2'/></dhcp></ip>",
    ),
    "Invalid to specify MAC address",
  ],
  [
    "route gateway",
    wrap(`${ip4}</ip><route address='10.0.0.0' prefix='8' gateway='10.1.1.1'/>`),
    "unreachable static route gateway '10.1.1.1' specified for network 'n'",
  ],
  ["empty forwarder", wrap("<dns><forwarder/></dns>"), "must contain at least one of addr or domain"],
  [
    "records without dns",
    wrap("<dns enable='no'><txt name='a' value='b'/></dns>"),
    "Extra data in disabled network 'n'",
  ],
  [
    "blank in txt name",
    wrap("<dns><txt name='a b' value='c'/></dns>"),
    "prohibited character in DNS TXT record name 'a b' of network n",
  ],
  ["srv without protocol", wrap("<dns><srv service='a'/></dns>"), "missing required protocol attribute"],
  [
    "srv port without target",
    wrap("<dns><srv service='a' protocol='tcp' port='1'/></dns>"),
    "not permitted without target",
  ],
  ["dns host without name", wrap("<dns><host ip='1.2.3.4'/></dns>"), "Missing hostname"],
  [
    "break in txt value",
    wrap("<dns><txt name='a' value='b&#10;'/></dns>"),
    "invalid line break in DNS TXT record value attribute",
  ],
  [
    "character of a service",
    wrap("<dns><srv service='a b' protocol='tcp'/></dns>"),
    "invalid character in service attribute 'a b' in DNS SRV record of network 'n'",
  ],
  [
    "srv priority",
    wrap("<dns><srv service='a' protocol='tcp' target='t' priority='65536'/></dns>"),
    "Invalid DNS SRV priority attribute for service 'a' in network 'n'",
  ],
  ["empty host name", wrap("<dns><host ip='1.2.3.4'><hostname/></host></dns>"), "Missing hostname"],
  [
    "register",
    wrap("<domain name='a' register='yes'/>"),
    "attribute 'register=yes' in <domain> element requires 'localOnly=yes' in network n",
  ],
  ["delay", wrap("<bridge delay='-1'/>"), "Invalid delay value in network 'n'"],
  ["mac table", wrap("<bridge macTableManager='x'/>"), "Invalid macTableManager setting 'x' in network 'n'"],
  ["mtu", wrap("<mtu size='x'/>"), "Invalid mtu size 'x' in network 'n'"],
  ["ipv6", wrap("", " ipv6='x'"), "Invalid ipv6 setting 'x' in network 'n'"],
  ["slash in name", "<network><name>a/b</name></network>", "invalid char in name: /"],
  ["nat twice", wrap(`<forward><nat/><nat/></forward>${ip4}</ip>`), "Only one <nat> element is allowed in"],
  [
    "nat ports reversed",
    wrap(`<forward><nat><port start='2' end='1'/></nat></forward>${ip4}</ip>`),
    "Missing or invalid 'end' attribute in <port> in <nat> in <forward> in network n",
  ],
  [
    "nat addresses of IPv6",
    wrap(`<forward><nat><address start='::1' end='::2'/></nat></forward>${ip4}</ip>`),
    "Bad ipv4 start address '::1' in <nat> in <forward> in network 'n'",
  ],
  [
    "nat in open mode",
    wrap("<forward mode='open'><nat/></forward>"),
    "The <nat> element can only be used when <forward> 'mode' is 'nat' in network n",
  ],
  [
    "dev beside pf",
    wrap("<forward mode='hostdev' dev='a'><pf dev='b'/></forward>"),
    "the <forward> 'dev' attribute cannot be used when <address> or <pf> sub-elements are present in network n",
  ],
  [
    "function of a PCI address",
    wrap("<forward mode='hostdev'><address type='pci' bus='1' function='8'/></forward>"),
    "Invalid PCI address function=0x8, must be <= 7",
  ],
  [
    "route that is no network",
    wrap(`${ip4}</ip><route address='10.9.0.0' gateway='192.168.7.2'/>`),
    "n: Address '10.9.0.0' in route definition is not a network address",
  ],
  [
    "family of a route",
    wrap(`${ip4}</ip><route family='ipv6' address='10.9.0.0' gateway='192.168.7.2'/>`),
    "n: ipv6 family specified for non-IPv6 address '10.9.0.0' in route definition",
  ],
  [
    "bridge name before the rest",
    wrap("<forward mode='vepa'/><bridge name='b' delay='1'/>"),
    "bridge name not allowed in vepa mode (network 'n')",
  ],
  [
    "bridge settings before what excludes them",
    wrap("<forward mode='bridge' dev='a'/><bridge name='b' delay='1'/>"),
    "bridge delay/stp/zone options only allowed in open, route, nat, and isolated mode, not in bridge",
  ],
  [
    "two mistakes: the order of libvirt",
    wrap("<forward mode='x'/><ip address='x'/><bridge delay='x'/><title>a\nb</title>"),
    "Network title can't contain newlines",
  ],
  [
    "two mistakes: the order of libvirt",
    wrap("<forward mode='x'/><ip address='x'/><bridge delay='x'/>"),
    "Invalid delay value in network 'n'",
  ],
  ["port without type", wrap("<virtualport/>"), "missing required virtualport type"],
  [
    "guaranteed to a network",
    wrap("<bandwidth><inbound average='1' floor='1'/></bandwidth>"),
    "floor attribute is not supported for this config",
  ],
  [
    "lease of two minutes",
    wrap(`${ip4}<dhcp><range start='192.168.7.2' end='192.168.7.3'><lease expiry='1'/></range></dhcp></ip>`),
    "The minimum lease time",
  ],
  ["vlan tag", wrap("<vlan><tag id='4096'/></vlan>"), "vlan tag id 4096 too large"],
  [
    "bandwidth",
    wrap("<bandwidth><inbound peak='1'/></bandwidth>"),
    "Missing mandatory average or floor attributes",
  ],
])("refused: %s", (_what, text, message) => {
  expect(() => parseNetwork(text)).toThrow(message);
});

const formatted = (body: string): string =>
  formatNetwork(parseNetwork(wrap(body)))
    .split("\n")
    .slice(3, -2)
    .map((line) => line.trim())
    .join("");
const ownBridge = "<bridge stp='on' delay='0'/>";

test.each([
  ["only off is off", "<bridge stp='x'/>", ownBridge],
  [
    "settings of no own bridge",
    "<forward mode='bridge'/><bridge name='b' delay='0'/>",
    "<forward mode='bridge'/><bridge name='b'/>",
  ],
  ["empty is absent", "<bridge name='' zone='' delay=''/><mtu size=''/><mac/>", ownBridge],
  [
    "no ports",
    `<forward><nat><port start='0' end='0'/></nat></forward>${ip4}</ip>`,
    `<forward mode='nat'/>${ownBridge}${ip4}</ip>`,
  ],
  [
    "one kind of devices",
    "<forward mode='hostdev'><address type='pci'/><pf dev='a'/></forward>",
    "<forward mode='hostdev' managed='no'><address type='pci' domain='0x0000' bus='0x00' slot='0x00' function='0x0'/></forward>",
  ],
  [
    "lease without time",
    `${ip4}<dhcp><range start='192.168.7.2' end='192.168.7.3'><lease/></range></dhcp></ip>`,
    `${ownBridge}${ip4}<dhcp><range start='192.168.7.2' end='192.168.7.3'/></dhcp></ip>`,
  ],
  ["boot of nobody", `${ip4}<dhcp><bootp file='f'/></dhcp></ip>`, `${ownBridge}${ip4}</ip>`],
  ["prefix 0", "<ip address='10.0.0.1' prefix='0'/>", `${ownBridge}<ip address='10.0.0.1'></ip>`],
  ["short address", "<ip address='10.1'/>", `${ownBridge}<ip address='10.0.0.1'></ip>`],
  [
    "spelling of a MAC",
    `${ip4}<dhcp><host mac='52:54:0:0:0:A' ip='1.2.3.4'/></dhcp></ip>`,
    `${ownBridge}${ip4}<dhcp><host mac='52:54:0:0:0:A' ip='1.2.3.4'/></dhcp></ip>`,
  ],
  [
    "group without type",
    "<portgroup name='a'><virtualport/></portgroup>",
    `${ownBridge}<portgroup name='a'></portgroup>`,
  ],
  [
    "metadata",
    "<metadata>t<a/><x:a xmlns:x='u' b='é'/><x:b xmlns:x='u'/></metadata>",
    `<metadata><x:a xmlns:x="u" b="&#xE9;"/></metadata>${ownBridge}`,
  ],
])("%s", (_what, body, xml) => {
  expect(formatted(body)).toBe(xml);
});

test("namespaces of the whole are declared again where they are used", () => {
  const text = `<network xmlns:a='urn:a' xmlns:b='urn:b'><name>n</name><metadata><a:x/></metadata></network>`;
  expect(formatNetwork(parseNetwork(text))).toContain(`<metadata xmlns:a="urn:a">`);
});
