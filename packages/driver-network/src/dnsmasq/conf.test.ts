import { parseNetwork } from "@libvirt-ts/conf/network";
import { expect, test } from "vitest";
import { dnsmasqConf, needsDnsmasq } from "./conf.ts";
import { addnHostsFile, dhcpHostsFile } from "./hosts.ts";

const network = (body: string) => parseNetwork(`<network><name>n</name>${body}</network>`);
const lines = (body: string) =>
  dnsmasqConf(network(body), "br", { stateDir: "/s", pidFile: "/p" })
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
const always = ["strict-order", "pid-file=/p", "except-interface=lo", "bind-dynamic", "interface=br"];
const ip4 = (inner: string, attrs = "") => `<ip address='10.0.0.1' prefix='24'${attrs}>${inner}</ip>`;
const ip6 = (inner: string) => `<ip family='ipv6' address='fd00::1' prefix='64'>${inner}</ip>`;
const open = "<forward mode='open'/>";

test.each<[what: string, body: string, own: string[]]>([
  ["nothing special", open, ["addn-hosts=/s/n.addnhosts"]],
  ["isolated", "", ["dhcp-option=3", "no-resolv", "ra-param=*,0,0", "addn-hosts=/s/n.addnhosts"]],
  ["no DNS", `${open}<dns enable='no'/>`, ["port=0"]],
  [
    "local domain",
    `${open}<domain name='d' localOnly='yes'/>`,
    ["local=/d/", "domain=d", "expand-hosts", "addn-hosts=/s/n.addnhosts"],
  ],
  [
    "reverse zone",
    `${open}${ip4("", " localPtr='yes'")}`,
    ["local=/0.0.10.in-addr.arpa/", "addn-hosts=/s/n.addnhosts"],
  ],
  [
    "static entries only",
    `${open}${ip4("<dhcp><host name='a' ip='10.0.0.9'/></dhcp>")}`,
    [
      "dhcp-range=10.0.0.1,static",
      "dhcp-no-override",
      "dhcp-authoritative",
      "dhcp-hostsfile=/s/n.hostsfile",
      "addn-hosts=/s/n.addnhosts",
    ],
  ],
  [
    "both families, IPv4 first",
    `${open}${ip6("<dhcp><range start='fd00::2' end='fd00::9'/></dhcp>")}${ip4("<dhcp><range start='10.0.0.2' end='10.0.0.9'/></dhcp>")}`,
    [
      "dhcp-range=10.0.0.2,10.0.0.9,255.255.255.0",
      "dhcp-no-override",
      "dhcp-authoritative",
      "dhcp-range=fd00::2,fd00::9,64",
      "dhcp-lease-max=16",
      "dhcp-hostsfile=/s/n.hostsfile",
      "addn-hosts=/s/n.addnhosts",
      "enable-ra",
    ],
  ],
])("%s", (_what, body, own) => {
  const got = lines(body);
  expect(got.filter((line) => !always.includes(line))).toEqual(own);
  expect(got).toEqual(expect.arrayContaining(always));
});

test.each([
  ["", false],
  [ip4(""), true],
  [`<dns enable='no'/>${ip4("")}`, false],
  [`<dns enable='no'/>${ip4("<tftp root='/t'/>")}`, true],
])("%s needs one: %s", (body, needed) => {
  expect(needsDnsmasq(network(body))).toBe(needed);
});

test("hosts files", () => {
  const def = network(
    `<dns><host ip='10.0.0.8'><hostname>x</hostname><hostname>y</hostname></host></dns>${ip4("<dhcp><host mac='52:54:00:00:00:01' ip='10.0.0.9'/><host name='b' ip='10.0.0.10'><lease expiry='5' unit='hours'/></host></dhcp>")}${ip6("<dhcp><host id='0:1:2' name='c' ip='fd00::9'/><host name='d' ip='fd00::a'/></dhcp>")}`,
  );
  expect(dhcpHostsFile(def)).toBe(
    "52:54:00:00:00:01,10.0.0.9\nb,10.0.0.10,5h\nid:0:1:2,c,[fd00::9]\nd,[fd00::a]\n",
  );
  expect(addnHostsFile(def)).toBe("10.0.0.8\tx\ty\t\n");
});

test("a value with a line break is refused", () => {
  expect(() => lines(`${open}<domain name='a&#10;dhcp-script=/evil'/>`)).toThrow(
    "line break in a value for dnsmasq",
  );
  const def = network("<dns><host ip='10.0.0.8'><hostname>x\n10.0.0.9</hostname></host></dns>");
  expect(() => addnHostsFile(def)).toThrow("line break in a value for dnsmasq");
});
