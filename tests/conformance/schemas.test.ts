import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findProblems, type SchemaName } from "@libvirt-ts/conf/schema";
import { childrenNamed, formatTree, parseXml, type XmlElement } from "@libvirt-ts/xml";
import { expect, test } from "vitest";

/**
 * A second opinion: libvirt's schemas, in the version this machine has. The documents below say only what that version
 * knows. Each is judged as it is and with one thing after another spoilt.
 */
const documents: readonly (readonly [SchemaName, string])[] = [
  [
    "domain",
    `<domain type='test'>
  <name>a</name>
  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>
  <title>t</title>
  <memory unit='MiB'>64</memory>
  <currentMemory unit='KiB'>65536</currentMemory>
  <vcpu placement='static' cpuset='0-1' current='1'>2</vcpu>
  <cputune><shares>1024</shares><vcpupin vcpu='0' cpuset='0'/></cputune>
  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='hd'/><bootmenu enable='yes' timeout='3000'/></os>
  <features><acpi/><apic eoi='on'/><hyperv mode='custom'><relaxed state='on'/></hyperv></features>
  <cpu mode='custom' match='exact' check='none'>
    <model fallback='forbid'>qemu64</model>
    <topology sockets='1' cores='2' threads='1'/>
    <feature policy='require' name='ssse3'/>
  </cpu>
  <clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>
  <on_poweroff>destroy</on_poweroff>
  <pm><suspend-to-mem enabled='no'/></pm>
  <devices>
    <emulator>/usr/bin/qemu</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none'/>
      <source file='/a.img'/>
      <target dev='vda' bus='virtio'/>
      <boot order='1'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x04' function='0x0'/>
    </disk>
    <controller type='scsi' index='0' model='virtio-scsi'/>
    <interface type='bridge'>
      <mac address='52:54:00:11:22:33'/>
      <source bridge='br0'/>
      <model type='virtio'/>
      <bandwidth><inbound average='1000' peak='5000' burst='1024'/></bandwidth>
    </interface>
    <serial type='pty'><target type='isa-serial' port='0'/></serial>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <input type='tablet' bus='usb'/>
    <graphics type='vnc' port='-1' autoport='yes'><listen type='address' address='127.0.0.1'/></graphics>
    <video><model type='vga' vram='16384' heads='1'/></video>
    <watchdog model='i6300esb' action='reset'/>
    <memballoon model='virtio'><stats period='10'/></memballoon>
    <rng model='virtio'><rate bytes='1024' period='1000'/><backend model='random'>/dev/random</backend></rng>
  </devices>
  <seclabel type='dynamic' model='selinux' relabel='yes'/>
</domain>`,
  ],
  [
    "network",
    `<network>
  <name>a</name>
  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>
  <forward mode='nat'><nat><port start='1024' end='65535'/></nat></forward>
  <bridge name='virbr7' stp='on' delay='0'/>
  <mtu size='9000'/>
  <mac address='52:54:00:11:22:33'/>
  <domain name='example.com' localOnly='yes'/>
  <dns><host ip='192.168.7.9'><hostname>h</hostname></host><txt name='t' value='v'/></dns>
  <ip address='192.168.7.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.7.2' end='192.168.7.9'/><host mac='52:54:00:11:22:34' ip='192.168.7.3'/></dhcp>
  </ip>
</network>`,
  ],
  [
    "storagepool",
    `<pool type='dir'>
  <name>a</name>
  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>
  <target><path>/mnt</path><permissions><mode>0755</mode><owner>0</owner><group>0</group></permissions></target>
</pool>`,
  ],
];

interface Mutant {
  readonly schema: SchemaName;
  readonly what: string;
  readonly text: string;
}

function* mutants(): Generator<Mutant> {
  for (const [schema, text] of documents) {
    yield { schema, what: "as it is", text };
    const count = elementsOf(parseXml(text)).length;
    for (let at = 0; at < count; at++) {
      for (const { name, spoil } of spoilers) {
        const root = structuredClone(parseXml(text));
        const element = elementsOf(root)[at] as Changeable | undefined; // the clone is ours alone
        const attrs = Object.keys(element?.attrs ?? {});
        for (const attr of name === "element" ? [""] : attrs) {
          const own = structuredClone(root);
          const target = elementsOf(own)[at] as Changeable; // as above
          const what = spoil(target, attr);
          if (what !== undefined) yield { schema, what: `${target.name}: ${what}`, text: formatTree(own) };
        }
      }
    }
  }
}

type Changeable = { -readonly [K in keyof XmlElement]: XmlElement[K] } & {
  attrs: Record<string, string>;
  children: XmlElement[];
};

const elementsOf = (root: XmlElement): XmlElement[] => [root, ...root.children.flatMap(elementsOf)];

const spoilers: readonly {
  name: "element" | "attribute";
  spoil: (element: Changeable, attr: string) => string | undefined;
}[] = [
  {
    name: "element",
    spoil(element) {
      element.attrs.whatever = "1";
      return "an attribute too many";
    },
  },
  {
    name: "element",
    spoil(element) {
      element.children.push({ ...parseXml("<whatever/>") });
      return "an element too many";
    },
  },
  {
    name: "element",
    spoil(element) {
      if (element.text.trim() === "" || childrenNamed(element, "x").length > 0) return undefined;
      element.text = "?!";
      return "another text";
    },
  },
  {
    name: "attribute",
    spoil(element, attr) {
      element.attrs[attr] = "?!";
      return `another ${attr}`;
    },
  },
  {
    name: "attribute",
    spoil(element, attr) {
      delete element.attrs[attr];
      return `no ${attr}`;
    },
  },
];

test("our declarations and libvirt's schemas agree on what is spoilt", () => {
  const all = [...mutants()];
  const script = fileURLToPath(new URL("schemas.py", import.meta.url));
  const input = JSON.stringify(all.map(({ schema, text }) => [schema, text]));
  const theirs = JSON.parse(
    execFileSync("/usr/bin/python3", [script], { input, encoding: "utf8" }),
  ) as boolean[]; // as the script says
  const differing = all.filter(
    ({ schema, text }, i) => (findProblems(text, schema).length === 0) !== theirs[i],
  );
  expect(differing.map(({ schema, what }) => `${schema}: ${what}`)).toEqual([]);
  expect(theirs.filter((passes) => !passes).length).toBeGreaterThan(200);
});
