import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Run } from "@libvirt-ts/host";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bringUpBridge, createBridge, deleteBridge, setBridgeIpv6 } from "./bridge.ts";
import { enableForwarding, routesFromRouters } from "./forwarding.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "netdev-"));
});
afterEach(() => rm(root, { recursive: true }));

function recorder(result = { status: 0, stdout: "", stderr: "" }) {
  const log: string[] = [];
  const run: Run = async (file, args, options) => {
    log.push(`${file} ${args.join(" ")}${options?.input ? `\n${options.input}` : ""}`);
    return result;
  };
  return { run, log };
}

test("a bridge is made in one process", async () => {
  const { run, log } = recorder();
  await createBridge(run, { name: "b", mac: "52:54:00:00:00:01", stp: true, delaySeconds: 2, mtu: 9000 });
  expect(log).toEqual([
    "ip -batch -\nlink add name b address 52:54:00:00:00:01 mtu 9000 type bridge forward_delay 200 stp_state 1\n",
  ]);
});

test("addresses come before the link is up, routes after", async () => {
  const { run, log } = recorder();
  await bringUpBridge(run, {
    name: "b",
    addresses: ["10.0.0.1/24", "fd00::1/64"],
    routes: [{ destination: "10.1.0.0/16", gateway: "10.0.0.2", metric: 3 }],
  });
  expect(log).toEqual([
    "ip -batch -\naddress add 10.0.0.1/24 broadcast + dev b\naddress add fd00::1/64 dev b\nlink set dev b up\nroute add 10.1.0.0/16 via 10.0.0.2 dev b proto static metric 3\n",
  ]);
});

test("a bridge that is gone needs no deletion; other failures are told", async () => {
  await deleteBridge(recorder({ status: 1, stdout: "", stderr: 'Cannot find device "b"' }).run, "b");
  const busy = recorder({ status: 2, stdout: "", stderr: "RTNETLINK answers: Operation not permitted" });
  await expect(deleteBridge(busy.run, "b")).rejects.toThrow("Operation not permitted");
});

const sysctl = (key: string) => join(root, "proc/sys", key);
async function fixture(key: string, value: string) {
  await mkdir(join(sysctl(key), ".."), { recursive: true });
  await writeFile(sysctl(key), value);
}

test.each([
  [true, "0"],
  [false, "1"],
])("IPv6 on a bridge: %s", async (enabled, disabled) => {
  for (const key of ["disable_ipv6", "accept_ra", "autoconf"]) await fixture(`net/ipv6/conf/b/${key}`, "7");
  await setBridgeIpv6(root, "b", enabled);
  expect(await readFile(sysctl("net/ipv6/conf/b/disable_ipv6"), "latin1")).toBe(disabled);
  expect(await readFile(sysctl("net/ipv6/conf/b/accept_ra"), "latin1")).toBe("0");
});

test("forwarding is turned on where asked", async () => {
  await fixture("net/ipv4/ip_forward", "0\n");
  await fixture("net/ipv6/conf/all/forwarding", "0\n");
  await enableForwarding(root, { ipv4: true, ipv6: false });
  expect(await readFile(sysctl("net/ipv4/ip_forward"), "latin1")).toBe("1");
  expect(await readFile(sysctl("net/ipv6/conf/all/forwarding"), "latin1")).toBe("0\n");
});

const learnt =
  "20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00040001     eth0\n";
const fixed = learnt.replace("00040001", "00000001");

test.each([
  [learnt, ["eth0"]],
  [learnt + learnt, ["eth0"]],
  [fixed, []],
  ["", []],
])("routes learnt from routers", (text, devices) => {
  expect(routesFromRouters(text)).toEqual(devices);
});

test.each([
  ["1", false],
  ["2", true],
])(
  "IPv6 forwarding of a host that listens to routers (accept_ra=%s) is turned on: %s",
  async (acceptRa, on) => {
    await fixture("net/ipv6/conf/all/forwarding", "0\n");
    await fixture("net/ipv6/conf/eth0/accept_ra", acceptRa);
    await mkdir(join(root, "proc/net"));
    await writeFile(join(root, "proc/net/ipv6_route"), learnt);
    const enable = enableForwarding(root, { ipv4: false, ipv6: true });
    if (on) await enable;
    else await expect(enable).rejects.toThrow("interface eth0 has kernel autoconfigured IPv6 routes");
    expect((await readFile(sysctl("net/ipv6/conf/all/forwarding"), "latin1")).trim()).toBe(on ? "1" : "0");
  },
);
