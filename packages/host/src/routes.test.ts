import { formatIp } from "@libvirt-ts/util/ip";
import { expect, test } from "vitest";
import { parseRoutes } from "./routes.ts";

test("routes of /proc/net/route", () => {
  const text = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
virbr0\t007AA8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`;
  expect(parseRoutes(text).map((r) => `${r.device} ${formatIp(r.destination)} ${formatIp(r.mask)}`)).toEqual([
    "eth0 0.0.0.0 0.0.0.0",
    "virbr0 192.168.122.0 255.255.255.0",
  ]);
});
