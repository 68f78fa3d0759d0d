import { readDomain } from "@libvirt-ts/conf/domain";
import { Domain } from "@libvirt-ts/hypervisor";
import { Undo } from "@libvirt-ts/util/undo";
import { parseXml } from "@libvirt-ts/xml";
import { expect, test } from "vitest";
import type { QemuCaps } from "./caps/qemu-caps.ts";
import { Guest, type QemuDomain } from "./guest.ts";
import { GuestProcess } from "./process/guest-process.ts";
import { formatStatus, parseStatus } from "./status-xml.ts";

const definition = `<domain type='qemu' id='3'><name>vm</name><uuid>11111111-1111-1111-1111-111111111111</uuid>
<memory unit='KiB'>32768</memory><vcpu>1</vcpu><os><type arch='x86_64'>hvm</type></os>
<devices><emulator>/usr/bin/qemu</emulator></devices></domain>`;

function running(): QemuDomain {
  const def = readDomain(parseXml(definition), { status: true });
  const domain: QemuDomain = new Domain({
    def,
    isPersistent: true,
    watcher: { changed: () => {}, lifecycle: () => {} },
  });
  domain.adopt({ name: "paused", reason: "ioerror" });
  const caps = { flags: new Set(["kvm", "tcg"]) } as unknown as QemuCaps; // all that is written of them
  domain.live = new Guest({
    process: GuestProcess.ended(4242),
    facts: {
      paths: {
        lib: "/lib/domain-3-vm",
        monitor: "/lib/domain-3-vm/monitor.sock",
        masterKey: "/lib/domain-3-vm/master-key.aes",
        channel: "/run/channel/3-vm",
        memoryBacking: "/lib/ram/3-vm",
        pidFile: "/run/vm.pid",
        log: "/log/vm.log",
        tpm: {
          socket: "/run/swtpm/3-vm-swtpm.sock",
          pidFile: "/run/swtpm/3-vm-swtpm.pid",
          log: "/log/tpm.log",
        },
      },
      caps,
      vcpus: [{ id: 0, tid: 4243 }],
      devices: ["virtio-disk0"],
      taints: new Set(["high-privileges"]),
      fakeReboot: true,
      allowReboot: true,
      nodeNameIndex: 2,
      fdSetIndex: 1,
      stdioLogd: true,
      agentTimeout: -2,
      lockState: undefined,
      formerOwners: [{ path: "/images/a b", uid: 7, gid: 8 }],
      originalCpu: undefined,
    },
    teardown: new Undo(),
    report: () => {},
  });
  return domain;
}

test("what is written is found again", () => {
  const text = formatStatus(running());
  const { state, pid, head, domain } = parseStatus(text);
  expect(state).toEqual({ name: "paused", reason: "ioerror" });
  expect(pid).toBe(4242);
  expect(domain.attrs.id).toBe("3");
  expect(head).toMatchObject({
    taints: [{ value: "high-privileges" }],
    monitor: { path: "/lib/domain-3-vm/monitor.sock", type: "unix" },
    vcpus: { vcpus: [{ id: 0, pid: 4243 }] },
    fakeReboot: true,
    devices: { devices: [{ value: "virtio-disk0" }] },
    libDir: "/lib/domain-3-vm",
    channelTargetDir: "/run/channel/3-vm",
    memoryBackingDir: "/lib/ram/3-vm",
    formerOwners: [{ path: "/images/a b", uid: 7, gid: 8 }],
    nodeNameIndex: 2,
    fdSetIndex: 1,
    agentTimeout: -2,
  });
});

test("in libvirt's words", () => {
  const text = formatStatus(running());
  expect(text).toMatch(/^<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE\./);
  expect(text).toContain("\n<domstatus state='paused' reason='ioerror' pid='4242'>\n");
  expect(text).toContain(
    "</vcpus>\n  <qemuCaps>\n    <flag name='kvm'/>\n    <flag name='tcg'/>\n  </qemuCaps>\n  <fakereboot/>\n",
  );
  expect(text).toContain("\n  <domain type='qemu' id='3'>\n    <name>vm</name>\n");
});

test("a status file of libvirt itself", () => {
  const status = parseStatus(`<domstatus state='running' reason='booted' pid='7690'>
  <taint flag='high-privileges'/><monitor path='/m.sock' type='unix'/>
  <namespaces><mount/></namespaces><vcpus><vcpu id='0' pid='7696'/></vcpus>
  <qemuCaps><flag name='kvm'/></qemuCaps><job type='none' async='none'/><devices><device alias='usb'/></devices>
  <libDir path='/l'/><channelTargetDir path='/c'/><chardevStdioLogd/><rememberOwner/>
  <allowReboot value='yes'/><nodename index='1'/><fdset index='0'/><blockjobs active='no'/>
  <agentTimeout>-2</agentTimeout>${definition}</domstatus>`);
  expect(status).toMatchObject({ pid: 7690, head: { libDir: "/l", allowReboot: true, formerOwners: [] } });
});

test.each([
  ["<domain/>", "root element is not 'domstatus'"],
  ["<domstatus state='running' reason='booted' pid='1'/>", "no domain config"],
  ["<domstatus state='dreaming' reason='x' pid='1'><domain/></domstatus>", "invalid domain state 'dreaming'"],
])("%s", (text, refusal) => expect(() => parseStatus(text)).toThrow(refusal));
