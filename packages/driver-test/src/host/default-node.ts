/** What is there when `test:///default` is opened: the objects libvirt's own test driver has, by their facts. */

export const defaultDomain = `
<domain type='test'>
  <name>test</name>
  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
  <memory unit='KiB'>8388608</memory>
  <currentMemory unit='KiB'>2097152</currentMemory>
  <vcpu>2</vcpu>
  <os><type arch='i686'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <source file='/guest/diskimage1'/>
      <target dev='vda' bus='virtio'/>
      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
    </disk>
    <interface type='network'>
      <mac address='aa:bb:cc:dd:ee:ff'/>
      <source network='default'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/>
    </interface>
    <memballoon model='virtio'>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>
    </memballoon>
  </devices>
</domain>`;

export const defaultNetwork = `
<network>
  <name>default</name>
  <uuid>dd8fe884-6c02-601e-7551-cca97df1c5df</uuid>
  <bridge name='virbr0'/>
  <forward/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp>
  </ip>
</network>`;

export const defaultInterface = `
<interface type='ethernet' name='eth1'>
  <start mode='onboot'/>
  <mac address='aa:bb:cc:dd:ee:ff'/>
  <mtu size='1492'/>
  <protocol family='ipv4'>
    <ip address='192.168.0.5' prefix='24'/>
    <route gateway='192.168.0.1'/>
  </protocol>
</interface>`;

export const defaultPool = `
<pool type='dir'>
  <name>default-pool</name>
  <uuid>dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566</uuid>
  <target><path>/default-pool</path></target>
</pool>`;

const computer = `
<device>
  <name>computer</name>
  <capability type='system'>
    <hardware>
      <vendor>Libvirt</vendor>
      <version>Test driver</version>
      <serial>123456</serial>
      <uuid>11111111-2222-3333-4444-555555555555</uuid>
    </hardware>
    <firmware>
      <vendor>Libvirt</vendor>
      <version>Test Driver</version>
      <release_date>01/22/2007</release_date>
    </firmware>
  </capability>
</device>`;

/** What a SCSI adapter is called within its host and on the Fibre Channel. */
interface Adapter {
  readonly number: number;
  readonly parent: string;
  readonly uniqueId: number;
  /** What its two names end with. */
  readonly wwn: string;
  readonly fabric: string;
  /** It can carry virtual adapters. */
  readonly isCarrier: boolean;
}

const adapterXml = ({ number, parent, uniqueId, wwn, fabric, isCarrier }: Adapter): string => `
<device>
  <name>scsi_host${number}</name>
  <parent>${parent}</parent>
  <capability type='scsi_host'>
    <host>${number}</host>
    <unique_id>${uniqueId}</unique_id>
    <capability type='fc_host'>
      <wwnn>20000000${wwn}</wwnn>
      <wwpn>10000000${wwn}</wwpn>
      <fabric_wwn>20000000${fabric}</fabric_wwn>
    </capability>
    ${isCarrier ? "<capability type='vport_ops'><max_vports>0</max_vports><vports>0</vports></capability>" : ""}
  </capability>
</device>`;

const carrier = { parent: "computer", isCarrier: true };
export const defaultDevices: readonly string[] = [
  computer,
  adapterXml({ ...carrier, number: 1, uniqueId: 0, wwn: "12341234", fabric: "43214321" }),
  adapterXml({ ...carrier, number: 2, uniqueId: 1, wwn: "56785678", fabric: "87658765" }),
  adapterXml({
    parent: "scsi_host1",
    isCarrier: false,
    number: 11,
    uniqueId: 10,
    wwn: "34563456",
    fabric: "43214321",
  }),
];
