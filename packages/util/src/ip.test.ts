import { expect, test } from "vitest";
import {
  formatIp,
  ipBroadcast,
  ipMask,
  ipNetwork,
  isInNetwork,
  parseIp,
  parseNumericHost,
  prefixOfMask,
  reverseZone,
} from "./ip.ts";

const ip = (text: string) => {
  const address = parseIp(text);
  if (!address) throw new Error(`not an address: ${text}`);
  return address;
};

test.each([
  ["192.168.122.1", "192.168.122.1"],
  ["0.0.0.0", "0.0.0.0"],
  ["::", "::"],
  ["::1", "::1"],
  ["fe80::", "fe80::"],
  ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["::ffff:1.2.3.4", "::ffff:1.2.3.4"],
  ["::1:2", "::0.1.0.2"],
  ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
])("%s is %s", (text, canonical) => {
  expect(formatIp(ip(text))).toBe(canonical);
});

test.each([
  "",
  "1.2.3",
  "1.2.3.256",
  "1.2.3.4.5",
  "a.b.c.d",
  "1::2::3",
  ":::",
  "1:2:3:4:5:6:7",
  "12345::",
  "::1.2.3",
  "1:2:3:4:5:6:7::8",
])("%s is no address", (text) => {
  expect(parseIp(text)).toBeUndefined();
});

test.each([
  ["192.168.122.77", 24, "192.168.122.0", "192.168.122.255", "255.255.255.0", "122.168.192.in-addr.arpa"],
  ["10.1.2.3", 9, "10.0.0.0", "10.127.255.255", "255.128.0.0", undefined],
  ["1.2.3.4", 32, "1.2.3.4", "1.2.3.4", "255.255.255.255", "4.3.2.1.in-addr.arpa"],
  [
    "fd00:1::5",
    64,
    "fd00:1::",
    "fd00:1::ffff:ffff:ffff:ffff",
    "ffff:ffff:ffff:ffff::",
    "0.0.0.0.0.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa",
  ],
])("network of %s/%i", (text, prefix, network, broadcast, mask, zone) => {
  const address = ip(text);
  expect(formatIp(ipNetwork(address, prefix))).toBe(network);
  expect(formatIp(ipBroadcast(address, prefix))).toBe(broadcast);
  expect(formatIp(ipMask(address.family, prefix))).toBe(mask);
  expect(prefixOfMask(ip(mask))).toBe(prefix);
  expect(isInNetwork(ip(broadcast), address, prefix)).toBe(true);
  expect(reverseZone(address, prefix)).toBe(zone);
});

test("a mask with holes has no prefix", () => {
  expect(prefixOfMask(ip("255.0.255.0"))).toBeUndefined();
});

test.each([
  ["10.1", "10.0.0.1"],
  ["0x0a000001", "10.0.0.1"],
  ["010.0.0.1", "8.0.0.1"],
  ["10.0.0.256", undefined],
  ["10.0.0.08", undefined],
  ["1.2.3.4.5", undefined],
  ["", undefined],
  ["fd00::1", "fd00::1"],
])("numeric host %s", (text, canonical) => {
  const address = parseNumericHost(text);
  expect(address && formatIp(address)).toBe(canonical);
});
