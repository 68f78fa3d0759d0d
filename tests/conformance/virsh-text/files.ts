const guest = (identity: string): string => `<domain type='test' id='1'>
  ${identity}
  <memory unit='KiB'>8388608</memory>
  <currentMemory unit='KiB'>2097152</currentMemory>
  <vcpu placement='static'>2</vcpu>
  <os>
    <type arch='i686'>hvm</type>
    <boot dev='hd'/>
  </os>
  <clock offset='utc'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <disk type='file' device='disk'>
      <source file='/guest/diskimage1'/>
      <target dev='vda' bus='virtio'/>
      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
    </disk>
    <interface type='network'>
      <mac address='aa:bb:cc:dd:ee:ff'/>
      <source network='default'/>
      <target dev='testnet0'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/>
    </interface>
    <memballoon model='virtio'>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>
    </memballoon>
  </devices>
</domain>

`;

const network = (identity: string, bridge: string): string => `<network>
  ${identity}
  <forward mode='nat'/>
  <bridge name='${bridge}' stp='on' delay='0'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.122.2' end='192.168.122.254'/>
    </dhcp>
  </ip>
</network>

`;

/** What lines of the tables name. */
export const files: Readonly<Record<string, string>> = {
  "cpu.xml": `<cpu><arch>i686</arch><model>pentium3</model><topology sockets='1' cores='1' threads='1'/></cpu>
`,
  "disk.xml": `<disk type='file' device='disk'><source file='/x'/><target dev='vdb'/></disk>
`,
  "dom.xml": guest(`<name>test</name>
  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>`),
  "iface.xml": `<interface type='ethernet' name='eth9'><start mode='onboot'/><mac address='aa:bb:cc:dd:ee:01'/></interface>
`,
  "n2.xml": network("<name>n2</name>", "virbr7"),
  "net.xml": network(
    `<name>default</name>
  <uuid>dd8fe884-6c02-601e-7551-cca97df1c5df</uuid>`,
    "virbr0",
  ),
  "new.xml": guest("<name>new</name>"),
  "pool.xml": `<pool type='dir'><name>p2</name><target><path>/p2</path></target></pool>
`,
  "port.xml": `<networkport><owner><name>t</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid></owner><mac address='52:54:00:7b:35:93'/><plug type='bridge' bridge='virbr0'/></networkport>
`,
  "vol.xml": `<volume><name>v1</name><capacity unit='M'>10</capacity><allocation>0</allocation></volume>
`,
  "vol2.xml": `<volume><name>v2</name><capacity unit='M'>10</capacity></volume>
`,
};
