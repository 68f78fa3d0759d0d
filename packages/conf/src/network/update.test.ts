import { expect, test } from "vitest";
import { formatNetwork, parseNetwork } from "./parse.ts";
import {
  type UpdateCommand,
  type UpdateSection,
  updateCommands,
  updateNetwork,
  updateSections,
} from "./update.ts";

const base = `<network><name>n</name><forward mode='nat'/>
<dns><host ip='10.0.0.7'><hostname>a</hostname></host><txt name='t' value='1'/></dns>
<ip address='10.0.0.1' prefix='24'><dhcp><range start='10.0.0.2' end='10.0.0.99'/>
<host mac='52:54:00:00:00:01' name='one' ip='10.0.0.11'/></dhcp></ip>
<ip address='10.0.1.1' prefix='24'/><portgroup name='p' default='yes'/></network>`;

const apply = (section: UpdateSection, command: UpdateCommand, xml: string, parentIndex = -1) =>
  formatNetwork(
    updateNetwork(parseNetwork(base), {
      section: updateSections[section],
      command: updateCommands[command],
      parentIndex,
      xml,
    }),
  );

test.each<[UpdateSection, UpdateCommand, string, RegExp]>([
  [
    "ip-dhcp-host",
    "add-last",
    "<host mac='52:54:00:00:00:02' ip='10.0.0.12'/>",
    /10\.0\.0\.11'\/>\n\s+<host mac='52:54:00:00:00:02'/,
  ],
  [
    "ip-dhcp-host",
    "add-first",
    "<host name='two' ip='10.0.0.12'/>",
    /<host name='two' ip='10.0.0.12'\/>\n\s+<host mac/,
  ],
  [
    "ip-dhcp-host",
    "modify",
    "<host mac='52:54:00:00:00:01' ip='10.0.0.13'/>",
    /<host mac='52:54:00:00:00:01' ip='10.0.0.13'\/>/,
  ],
  ["ip-dhcp-host", "delete", "<host name='one'/>", /99'\/>\n\s+<\/dhcp>/],
  [
    "ip-dhcp-range",
    "add-last",
    "<range start='10.0.0.100' end='10.0.0.110'/>",
    /99'\/>\n\s+<range start='10.0.0.100'/,
  ],
  ["ip-dhcp-range", "delete", "<range start='10.0.0.2' end='10.0.0.99'/>", /<dhcp>\n\s+<host/],
  [
    "forward-interface",
    "add-last",
    "<interface dev='e0'/>",
    /<forward dev='e0' mode='nat'>\n\s+<interface dev='e0'\/>/,
  ],
  [
    "portgroup",
    "add-last",
    "<portgroup name='q'/>",
    /<portgroup name='p' default='yes'\/>|<portgroup name='q'/,
  ],
  ["dns-host", "add-last", "<host ip='10.0.0.8'><hostname>a</hostname></host>", /<host ip='10.0.0.8'>/],
  ["dns-host", "modify", "<host ip='10.0.0.7'><hostname>b</hostname></host>", /<hostname>b</],
  ["dns-txt", "modify", "<txt name='t' value='2'/>", /<txt name='t' value='2'\/>/],
  ["dns-srv", "add-last", "<srv service='s' protocol='udp'/>", /<srv service='s' protocol='udp'\/>/],
])("%s %s %s", (section, command, xml, result) => {
  expect(apply(section, command, xml)).toMatch(result);
});

test.each<[UpdateSection, UpdateCommand, string, string, number?]>([
  [
    "ip-dhcp-host",
    "add-last",
    "<host mac='52:54:00:00:00:01' ip='10.0.0.12'/>",
    `there is an existing dhcp host entry in network 'n' that matches "<host mac='52:54:00:00:00:01' name='' ip='10.0.0.12'/>"`,
  ],
  [
    "ip-dhcp-host",
    "modify",
    "<host mac='52:54:00:00:00:09' ip='10.0.0.13'/>",
    `couldn't locate an existing dhcp host entry with "mac='52:54:00:00:00:09'" "name='unknown'" "ip='10.0.0.13'" in network 'n'`,
  ],
  [
    "ip-dhcp-host",
    "delete",
    "<host name='two'/>",
    "couldn't locate a matching dhcp host entry in network 'n'",
  ],
  ["ip-dhcp-host", "delete", "<host name='one'/>", "no <ip> element found at index 5 in network 'n'", 5],
  [
    "ip-dhcp-host",
    "delete",
    "<range/>",
    "unexpected element <range>, expecting <host>, while updating network 'n'",
  ],
  [
    "ip-dhcp-range",
    "modify",
    "<range start='10.0.0.2' end='10.0.0.9'/>",
    "dhcp ranges cannot be modified, only added or deleted",
  ],
  [
    "ip-dhcp-range",
    "add-last",
    "<range start='10.0.1.2' end='10.0.1.9'/>",
    "dhcp is supported only for a single IPv4 address on each network",
    1,
  ],
  [
    "portgroup",
    "add-last",
    "<portgroup name='q' default='yes'/>",
    "a different portgroup entry in network 'n' is already set as the default",
  ],
  [
    "dns-host",
    "add-last",
    "<host ip='10.0.0.7'><hostname>b</hostname></host>",
    "there is already at least one DNS HOST record",
  ],
  [
    "dns-txt",
    "add-last",
    "<txt name='t' value='2'/>",
    "there is already a DNS TXT record with name 't' in network n",
  ],
  ["dns-srv", "delete", "<srv service='s'/>", "couldn't locate a matching DNS SRV record in network n"],
  ["bridge", "modify", "<bridge/>", "can't update 'bridge' section of network 'n'"],
  ["dns-srv", "modify", "<srv/>", "DNS SRV records cannot be modified, only added or deleted"],
  ["forward-interface", "delete", "<interface/>", "missing dev attribute in <interface> element"],
  ["forward-interface", "modify", "<interface/>", "forward interface entries cannot be modified"],
  ["dns-host", "modify", "<host/>", "Missing ip and hostname in network 'n' DNS HOST record"],
  ["dns-txt", "modify", "<txt name='x'/>", "couldn't locate a matching DNS TXT record in network n"],
  ["dns-txt", "add-last", "<x/>", "unexpected element <x>, expecting <txt>, while updating network 'n'"],
  [
    "dns-srv",
    "add-last",
    "<srv service='s' protocol='udp' target='t' weight='65536'/>",
    "invalid DNS SRV weight attribute for service 's' in network 'n'",
  ],
  [
    "ip-dhcp-host",
    "add-last",
    "<host name='h' ip='fd00::1'/>",
    "the address family of a host entry IP must match the address family of the dhcp element's parent",
  ],
  [
    "ip-dhcp-host",
    "add-last",
    "<host name='h' ip='10.0.1.7'/>",
    "dhcp is supported only for a single IPv4 address on each network",
    1,
  ],
  [
    "ip-dhcp-host",
    "add-last",
    "<host mac='x' ip='10.0.0.7'/>",
    "Cannot parse MAC address 'x' in network 'n'",
  ],
  ["dns-txt", "delete", "not xml", "Start tag expected"],
])("%s %s %s is refused", (section, command, xml, message, parentIndex) => {
  expect(() => apply(section, command, xml, parentIndex)).toThrow(message);
});

test("numbers nobody knows", () => {
  const call = { section: 1, command: 1, parentIndex: -1, xml: "<host/>" };
  expect(() => updateNetwork(parseNetwork(base), { ...call, section: 99 })).toThrow(
    "can't update unrecognized section of network",
  );
  expect(() => updateNetwork(parseNetwork(base), { ...call, section: 10, command: 9 })).toThrow(
    "unrecognized network update command code 9",
  );
});
