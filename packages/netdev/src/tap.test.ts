import { expect, test } from "vitest";
import { type TapCalls, Taps } from "./tap.ts";

function fakeSystem(existing: string[], failing: Partial<Record<keyof TapCalls, number>> = {}) {
  const log: string[] = [];
  let fd = 10;
  const said = (call: keyof TapCalls, text: string, result = 0) => {
    log.push(`${call} ${text}`);
    return failing[call] ?? result;
  };
  const calls: TapCalls = {
    tunCreate: (name, options) => {
      const failure = failing.tunCreate;
      log.push(`tunCreate ${name} ${JSON.stringify(options)}`);
      return failure ?? { fd: fd++, name };
    },
    close: (number) => said("close", String(number)),
    ifIndex: (name) => (existing.includes(name) ? 5 : -19),
    ifMtu: () => 1400,
    ifSetMac: (name, mac) => said("ifSetMac", `${name} ${Buffer.from(mac).toString("hex")}`),
    ifSetMtu: (name, mtu) => said("ifSetMtu", `${name} ${mtu}`),
    ifSetUp: (name) => said("ifSetUp", name),
    bridgeAddIf: (bridge, name) => said("bridgeAddIf", `${bridge} ${name}`),
  };
  return { calls, log };
}

const request = { bridge: "br0", mac: "52:54:00:01:02:03", vnetHdr: true };

test("a tap on a bridge", () => {
  const { calls, log } = fakeSystem([]);
  expect(new Taps(calls).create(request)).toEqual({ name: "vnet0", fds: [10] });
  expect(log).toEqual([
    'tunCreate vnet0 {"vnetHdr":true,"multiQueue":false}',
    "ifSetMac vnet0 fe5400010203",
    "ifSetMtu vnet0 1400",
    "bridgeAddIf br0 vnet0",
    "ifSetUp vnet0",
  ]);
});

test("a tap on no bridge", () => {
  const { calls, log } = fakeSystem([]);
  new Taps(calls).create({ mac: "52:54:00:01:02:03", vnetHdr: false, mtu: 9000 });
  expect(log).toEqual([
    'tunCreate vnet0 {"vnetHdr":false,"multiQueue":false}',
    "ifSetMac vnet0 fe5400010203",
    "ifSetMtu vnet0 9000",
    "ifSetUp vnet0",
  ]);
});

test("somebody else's tap is only opened", () => {
  const { calls, log } = fakeSystem(["mine"]);
  new Taps(calls).create({ isForeign: true, mac: "52:54:00:01:02:03", vnetHdr: false, name: "mine" });
  expect(log).toEqual(['tunCreate mine {"vnetHdr":false,"multiQueue":false}']);
});

test.each([
  [["vnet0", "vnet1"], undefined, undefined, ["vnet2", "vnet3"]],
  [[], "vnet7", undefined, ["vnet8", "vnet9"]],
  [[], undefined, "guest", ["guest", "guest"]],
  [["x0"], undefined, "x%d", ["x1", "x1"]],
])("names: existing %j, reserved %s, wanted %s", (existing, reserved, name, names) => {
  const taps = new Taps(fakeSystem(existing).calls);
  if (reserved) taps.reserve(reserved);
  const wanted = name === undefined ? request : { ...request, name };
  expect([taps.create(wanted).name, taps.create(wanted).name]).toEqual(names);
});

test("several queues share a name", () => {
  const { calls } = fakeSystem([]);
  expect(new Taps(calls).create({ ...request, queues: 3 }).fds).toEqual([10, 11, 12]);
});

test("a failure closes what was opened", () => {
  const { calls, log } = fakeSystem([], { bridgeAddIf: -19 });
  expect(() => new Taps(calls).create({ ...request, queues: 2 })).toThrow(
    "Unable to add bridge br0 port vnet0: No such device",
  );
  expect(log.slice(-2)).toEqual(["close 10", "close 11"]);
});
