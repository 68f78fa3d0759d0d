import { parseNetwork } from "@libvirt-ts/conf/network";
import { parseIp } from "@libvirt-ts/util/ip";
import { describe, expect, test } from "vitest";
import { bandwidthCommands } from "./bandwidth.ts";
import { completeBridge } from "./bridge-name.ts";
import { checkRouteCollision } from "./collision.ts";
import { parseLeases } from "./leases.ts";
import { MacMap } from "./mac-map.ts";
import { formatStatus, parseStatus } from "./status-xml.ts";
import { validateNetwork } from "./validate.ts";

const uuid = "81ff0d90-c91e-6742-64da-4a736edb9a9b";
const network = (body: string) =>
  parseNetwork(`<network><name>n</name><uuid>${uuid}</uuid>${body}</network>`);

describe("status file", () => {
  test("comes back", () => {
    const status = {
      def: network("<forward mode='nat'/><ip address='10.0.0.1' prefix='24'/>"),
      firewall: [
        { family: "ip", table: "libvirt_network", chain: "guest_nat", handle: 5 },
        { family: "ip6", table: "libvirt_network", chain: "guest_output", handle: 6 },
      ] as const,
    };
    expect(parseStatus(formatStatus({ def: status.def, firewall: [...status.firewall] }))).toEqual(status);
  });

  test("removal commands of another kind are left alone", () => {
    const text = `<networkstatus><network><name>n</name></network><firewall><group><action layer='ipv4'><args>
      <item>-w</item><item>--table</item></args></action></group></firewall></networkstatus>`;
    expect(parseStatus(text).firewall).toEqual([]);
  });

  test("one without a network is refused", () => {
    expect(() => parseStatus("<networkstatus/>")).toThrow(
      "Could not find any 'network' element in status file",
    );
  });
});

describe("leases", () => {
  const def = network(
    "<ip address='10.0.0.1' prefix='24'/><ip family='ipv6' address='fd00::1' prefix='64'/>",
  );
  const query = { def, bridge: "virbr0", nowMs: 1_000_000 };
  const v4 = {
    "ip-address": "10.0.0.5",
    "mac-address": "52:54:00:00:00:05",
    "client-id": "01:aa",
    "expiry-time": 2000,
  };
  const v6 = {
    "ip-address": "fd00::5",
    "mac-address": "52:54:00:00:00:05",
    iaid: "7",
    hostname: "h",
    "expiry-time": 0,
  };

  test("of both families", () => {
    const common = { iface: "virbr0", mac: "52:54:00:00:00:05" };
    expect(parseLeases([v4, v6], query)).toEqual([
      {
        ...common,
        expirytime: 2000n,
        type: 0,
        iaid: null,
        ipaddr: "10.0.0.5",
        prefix: 24,
        hostname: null,
        clientid: "01:aa",
      },
      {
        ...common,
        expirytime: 0n,
        type: 1,
        iaid: "7",
        ipaddr: "fd00::5",
        prefix: 64,
        hostname: "h",
        clientid: null,
      },
    ]);
  });

  test.each([
    [{ ...v4, "expiry-time": 999 }, undefined, 0],
    [{ ...v4, "expiry-time": 1000 }, undefined, 1],
    [v4, "52:54:0:0:0:5", 1],
    [v4, "52:54:00:00:00:06", 0],
  ])("%j for %s", (record, mac, count) => {
    expect(parseLeases([record], { ...query, ...(mac !== undefined && { mac }) })).toHaveLength(count);
  });

  test("a record without its address is an error", () => {
    expect(() => parseLeases([{ "mac-address": "52:54:00:00:00:05", "expiry-time": 0 }], query)).toThrow(
      "found lease without ip-address",
    );
  });
});

test("addresses of domains", () => {
  const map = new MacMap();
  for (const [domain, mac] of [
    ["b", "1"],
    ["a", "2"],
    ["b", "3"],
    ["b", "1"],
  ] as const)
    map.add(domain, mac);
  expect(MacMap.parse(map.format()).lookup("b")).toEqual(["1", "3"]);
  map.remove("a", "2");
  expect(map.format()).toBe(
    '[\n  {\n    "domain": "b",\n    "macs": [\n      "1",\n      "3"\n    ]\n  }\n]\n',
  );
  for (const mac of ["1", "3"]) map.remove("b", mac);
  expect(map.format()).toBe("[]\n");
});

test.each<[string | undefined, string[], string[], string]>([
  [undefined, [], [], "virbr0"],
  [undefined, ["virbr0"], ["virbr1"], "virbr2"],
  ["lan%d", ["lan0"], [], "lan1"],
  ["br", [], ["br"], "br"],
])("bridge %s with %j taken and %j there: %s", (wanted, taken, existing, chosen) => {
  const def = network(wanted === undefined ? "" : `<bridge name='${wanted}'/>`);
  const names = {
    isTaken: (name: string) => taken.includes(name),
    exists: (name: string) => existing.includes(name),
  };
  completeBridge(def, names, (size) => Buffer.alloc(size));
  expect(def.bridge?.name).toBe(chosen);
});

test.each([
  ["10.1.0.0", "255.255.255.0", true],
  ["10.1.0.0", "255.255.0.0", false],
  ["10.2.0.0", "255.255.255.0", false],
  ["0.0.0.0", "0.0.0.0", false],
])("a route to %s/%s collides: %s", (destination, mask, collides) => {
  const ip = (text: string) => parseIp(text)!; // the rows above are addresses
  const check = () =>
    checkRouteCollision(network("<ip address='10.1.0.1' prefix='24'/>"), "virbr0", [
      { device: "eth0", destination: ip(destination), mask: ip(mask) },
    ]);
  if (collides) expect(check).toThrow("Network is already in use by interface eth0");
  else check();
});

test.each([
  [
    "<forward mode='bridge'/><bridge name='b'/><dns/>",
    "Unsupported <dns> element in network n with forward mode='bridge'",
  ],
  [
    "<forward mode='vepa'/><bandwidth><inbound average='1'/></bandwidth>",
    "Unsupported network-wide <bandwidth>",
  ],
  [
    "<virtualport type='openvswitch'/>",
    "<virtualport type='openvswitch'> not supported for network 'n' which uses IP forwarding",
  ],
  [
    "<vlan><tag id='1'/></vlan>",
    "<vlan> element specified for network n, whose type doesn't support vlan configuration",
  ],
  [
    "<portgroup name='a' default='yes'/><portgroup name='b' default='yes'/>",
    "has multiple default <portgroup> elements (a and b)",
  ],
  ["<bridge name='a type dummy'/>", "'a type dummy' is not a valid interface name"],
  ["<forward mode='vepa'><interface dev='e&quot;'/></forward>", "is not a valid interface name"],
  ["<portgroup name='a'/><portgroup name='a'/>", "multiple <portgroup> elements with the same name (a)"],
  [
    "<forward mode='hostdev'><interface dev='e'/></forward>",
    "hostdev network 'n' lists 'e' in the device pool",
  ],
  [
    "<ip address='10.0.0.1' prefix='24'><dhcp><range start='10.0.0.2' end='10.0.0.3'/></dhcp></ip><ip address='10.0.1.1' prefix='24'><dhcp><range start='10.0.1.2' end='10.0.1.3'/></dhcp></ip>",
    "Multiple IPv4 dhcp sections found",
  ],
])("not for this driver: %s", (body, message) => {
  expect(() => validateNetwork(network(body))).toThrow(message);
});

test("limits on a bridge", () => {
  const commands = bandwidthCommands("b", {
    inbound: { average: 1000, peak: 2000, burst: 64 },
    outbound: { average: 100 },
  });
  expect(commands.map((words) => words.join(" "))).toEqual([
    "qdisc add dev b root handle 1: htb default 2",
    "class add dev b parent 1: classid 1:1 htb rate 1000kbps ceil 2000kbps quantum 85",
    "class add dev b parent 1:1 classid 1:2 htb rate 1000kbps ceil 2000kbps burst 64kb",
    "qdisc add dev b parent 1:2 handle 2: sfq perturb 10",
    "filter add dev b parent 1:0 protocol all prio 1 handle 1 fw flowid 1",
    "qdisc add dev b ingress",
    "filter add dev b parent ffff: protocol all u32 match u32 0 0 police rate 100kbps burst 100kb mtu 64kb drop flowid :1",
  ]);
});
