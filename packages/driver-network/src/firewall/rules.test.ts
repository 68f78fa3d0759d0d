import { parseNetwork } from "@libvirt-ts/conf/network";
import { nftScript } from "@libvirt-ts/firewall";
import { expect, test } from "vitest";
import { iptablesCommands } from "./iptables.ts";
import { isRuleOf, nftEnsureTable, nftRules } from "./nftables.ts";
import { networkTraffic } from "./traffic.ts";

const traffic = (body: string, attrs = "") =>
  networkTraffic(parseNetwork(`<network${attrs}><name>n</name>${body}</network>`), "br");
const nft = (body: string, attrs = "") =>
  nftRules(traffic(body, attrs)).map(({ family, chain, words }) => `${family} ${chain} ${words.join(" ")}`);
const ip4 = "<ip address='10.0.0.1' prefix='24'/>";

test("a network with a public address translates to it", () => {
  const rules = nft(
    `<forward mode='nat' dev='e'><nat><address start='1.2.3.4' end='1.2.3.5'/><port start='5' end='9'/></nat></forward>${ip4}`,
  );
  expect(rules).toContain(
    "ip guest_nat ip saddr 10.0.0.0/24 ip daddr != 10.0.0.0/24 oifname e counter snat to 1.2.3.4-1.2.3.5",
  );
  expect(rules).toContain(
    "ip guest_nat meta l4proto udp ip saddr 10.0.0.0/24 ip daddr != 10.0.0.0/24 oifname e counter snat to 1.2.3.4-1.2.3.5:5-9",
  );
});

test.each([
  ["open", "<forward mode='open'/>", "", 0],
  ["no address", "", "", 3],
  ["IPv6 between guests", "", " ipv6='yes'", 6],
  ["route", `<forward mode='route'/>${ip4}`, "", 5],
])("%s: %s%s has %i rules", (_what, body, attrs, count) => {
  expect(nft(body, attrs)).toHaveLength(count);
});

test("IPv6 of a nat network is routed", () => {
  const rules = nft(`<forward mode='nat'/>${ip4}<ip family='ipv6' address='fd00::1' prefix='64'/>`);
  expect(rules.filter((rule) => rule.startsWith("ip6 guest_nat"))).toEqual([]);
  expect(rules.at(-1)).toBe("ip6 guest_input ip6 daddr fd00::/64 oif br counter accept");
});

test("a port range upside down is refused", () => {
  expect(() => nft(`<forward mode='nat'><nat><port start='9' end='5'/></nat></forward>${ip4}`)).toThrow(
    "Missing or invalid 'end' attribute in <port>",
  );
});

test("rules of a network are known by bridge and subnet", () => {
  const belongs = isRuleOf(traffic(`<forward mode='nat'/>${ip4}`));
  expect(belongs("guest_output", 'iif "br" counter reject')).toBe(true);
  expect(belongs("guest_output", 'iif "br1" counter reject')).toBe(false);
  expect(belongs("guest_nat", "ip saddr 10.0.0.0/24 ip daddr 224.0.0.0/24 counter return")).toBe(true);
  expect(belongs("guest_nat", "ip saddr 10.0.1.0/24 ip daddr 224.0.0.0/24 counter return")).toBe(false);
});

test("tables are made anew without a second jump", () => {
  const script = nftScript(nftEnsureTable("ip"));
  expect(script.indexOf("flush chain ip libvirt_network forward")).toBeLessThan(
    script.indexOf("jump guest_output"),
  );
  expect(script.indexOf("add chain ip libvirt_network forward")).toBeLessThan(script.indexOf("flush chain"));
});

test("iptables lets the host's services through", () => {
  const commands = iptablesCommands(traffic(`<forward mode='route' dev='e'/>${ip4}`)).map((words) =>
    words.join(" "),
  );
  expect(commands[0]).toBe(
    "iptables -w --table filter --insert LIBVIRT_INP --in-interface br --protocol tcp --destination-port 67 --jump ACCEPT",
  );
  expect(commands.at(-1)).toBe(
    "iptables -w --table filter --insert LIBVIRT_FWI --destination 10.0.0.0/24 --in-interface e --out-interface br --jump ACCEPT",
  );
});
