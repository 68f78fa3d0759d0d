import { network } from "@libvirt-ts/testing";
import type { Table } from "../table.ts";

const uuid = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
const withUuid = (xml: string) => xml.replace("</name>", `</name><uuid>${uuid}</uuid>`);
const host = "\"<host mac='52:54:00:00:00:01' name='one' ip='192.168.77.50'/>\"";
const hostLine = "<host mac='52:54:00:00:00:01' name='one' ip='192.168.77.50'/>";
const info = (active: string, persistent: string, autostart: string) =>
  `Name: lan\nUUID: ${uuid}\nActive: ${active}\nPersistent: ${persistent}\nAutostart: ${autostart}\nBridge: virbr0`;

/** Networks, through the connection to the hypervisor. */
export const networks: Table = {
  name: "networks",
  files: () => ({
    "lan.xml": withUuid(network({ name: "lan", subnet: 77, forward: "nat" })),
    "alone.xml": network({ name: "alone", subnet: 78 }),
    "clash.xml": network({ name: "clash", subnet: 77 }),
    "routed.xml": network({ name: "routed", subnet: 79, forward: "route" }),
    "open.xml": network({ name: "open", subnet: 80, forward: "open" }),
  }),
  rows: [
    ["net-define @lan.xml", ""],
    ["net-list", ""],
    ["net-list --all", "lan inactive no yes"],
    ["net-list --all --name", "lan"],
    ["net-list --all --uuid", uuid],
    ["net-list --inactive --persistent --name", "lan"],
    ["net-list --all --transient --name", ""],
    ["net-list --all --autostart --name", ""],
    ["net-info lan", info("no", "yes", "no")],
    ["net-uuid lan", uuid],
    [`net-name ${uuid}`, "lan"],
    [
      "net-dumpxml lan",
      /^<network>\n<name>lan<\/name>\n<uuid>aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee<\/uuid>\n<forward mode='nat'\/>\n<bridge name='virbr0' stp='off' delay='0'\/>\n<mac address='52:54:00(:[0-9a-f]{2}){3}'\/>\n<ip address='192.168.77.1' netmask='255.255.255.0'>\n<dhcp>\n<range start='192.168.77.2' end='192.168.77.99'\/>\n<\/dhcp>\n<\/ip>\n<\/network>$/,
    ],
    ["net-destroy lan", { fails: "Requested operation is not valid: network 'lan' is not active" }],
    ["net-start lan", ""],
    ["net-start lan", { fails: "Requested operation is not valid: network is already active" }],
    ["net-info lan", info("yes", "yes", "no")],
    [
      "net-dumpxml lan",
      /<forward mode='nat'>\n<nat>\n<port start='1024' end='65535'\/>\n<\/nat>\n<\/forward>/,
    ],
    ["net-dumpxml lan --inactive", /<forward mode='nat'\/>/],
    ["net-autostart lan", ""],
    ["net-info lan", info("yes", "yes", "yes")],
    ["net-list --autostart --name", "lan"],
    ["net-autostart lan --disable", ""],
    ["net-list --autostart --name", ""],
    [`net-update lan add ip-dhcp-host ${host} --live --config`, ""],
    [
      `net-update lan add ip-dhcp-host ${host} --live --config`,
      { fails: /there is an existing dhcp host entry in network 'lan' that matches/ },
    ],
    ["net-dumpxml lan", new RegExp(hostLine)],
    ["net-dumpxml lan --inactive", new RegExp(hostLine)],
    [`net-update lan delete ip-dhcp-host ${host} --live`, ""],
    ["net-dumpxml lan", /<range start='192.168.77.2' end='192.168.77.99'\/>\n<\/dhcp>/],
    ["net-dumpxml lan --inactive", new RegExp(hostLine)],
    [`net-update lan delete ip-dhcp-host ${host} --config`, ""],
    [
      `net-update lan delete ip-dhcp-host ${host} --config`,
      { fails: /couldn't locate a matching dhcp host entry in network 'lan'/ },
    ],
    ["net-update lan add ip-dhcp-host '<host>' --live", { fails: "error: Failed to update network lan" }],
    ["net-dhcp-leases lan", ""],
    ["net-port-list lan", ""],
    [
      "net-create @lan.xml",
      { fails: "Requested operation is not valid: network is already active as 'lan'" },
    ],
    ["net-create @clash.xml", { fails: /Network is already in use by interface virbr0/ }],
    ["net-create @alone.xml", ""],
    ["net-create @routed.xml", ""],
    ["net-create @open.xml", ""],
    ["net-list", "alone active no no\nlan active no yes\nopen active no no\nrouted active no no"],
    ["net-list --transient --name", "alone\nopen\nrouted"],
    [
      "net-autostart alone",
      { fails: "Requested operation is not valid: cannot set autostart for transient network" },
    ],
    ["net-destroy alone", ""],
    ["net-destroy routed", ""],
    ["net-destroy open", ""],
    ["net-undefine lan", ""],
    ["net-list", "lan active no no"],
    ["net-destroy lan", ""],
    ["net-list --all", ""],
    ["net-uuid lan", { fails: "Network not found: no network with matching name 'lan'" }],
    [`net-name ${uuid}`, { fails: `Network not found: no network with matching uuid '${uuid}'` }],
  ],
};
