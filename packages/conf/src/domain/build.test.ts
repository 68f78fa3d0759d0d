import { expect, test } from "vitest";
import { findProblems } from "../schema/index.ts";
import { domain } from "./build.ts";
import { parseDomain } from "./parse.ts";

const guest = domain({
  type: "kvm",
  name: "a",
  memoryKiB: 1048576,
  vcpu: { count: 2 },
  os: { type: { arch: "x86_64", machine: "q35", name: "hvm" }, boots: [{ dev: "hd" }] },
  cpu: { mode: "host-passthrough" },
  devices: {
    disks: [
      {
        type: "file",
        device: "disk",
        driver: { name: "qemu", type: "qcow2" },
        source: { file: "/a & b.qcow2" },
        target: { dev: "vda", bus: "virtio" },
      },
    ],
    interfaces: [{ type: "network", source: { network: "default" }, model: "virtio" }],
    serials: [{ source: { type: "pty" } }],
    graphics: [
      { type: "vnc", autoport: true, port: -1, listens: [{ type: "address", address: "127.0.0.1" }] },
    ],
  },
});

test("a described guest is XML in the usual form", () => {
  expect(guest).toContain(`  <memory unit='KiB'>1048576</memory>
  <vcpu>2</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <boot dev='hd'/>
  </os>
  <cpu mode='host-passthrough'/>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/a &amp; b.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
`);
  expect(parseDomain(guest).devices.disks).toHaveLength(1);
});

test("it is valid", () => {
  expect(findProblems(guest, "domain")).toEqual([]);
});
