import { expect, test } from "vitest";
import { formatStoragePool, parseStoragePool } from "./parse-pool.ts";
import { formatStorageVolume, parseStorageVolume } from "./parse-volume.ts";

const uuid = "81ff0d90-c91e-6742-64da-4a736edb9a9b";
const target = "<target><path>/t</path></target>";
const pool = (type: string, body: string) =>
  parseStoragePool(`<pool type='${type}'><name>n</name><uuid>${uuid}</uuid>${body}</pool>`);
const volume = (body: string, type: "dir" | "disk" = "dir") =>
  parseStorageVolume(`<volume><name>v</name>${body}</volume>`, { type });
const flat = (xml: string) =>
  xml
    .split("\n")
    .map((line) => line.trim())
    .join("");

const permissions = (inside: string) =>
  `<target><path>/t</path><permissions>${inside}</permissions></target>`;
const adapter = (inside: string) => `<source><adapter ${inside}</source>${target}`;

test.each([
  [
    "dir",
    permissions("<mode>+644</mode><owner>4294967294</owner><group>-1</group>"),
    "<permissions><mode>0644</mode><owner>-2</owner></permissions>",
  ],
  [
    "netfs",
    `<source><host name='h'/><dir path='/x'/><format type=''/><protocol ver=''/><vendor name=''/></source>${target}`,
    "<source><host name='h'/><dir path='/x'/><format type='auto'/></source>",
  ],
  [
    "gluster",
    "<source><host name='h'/><name>v</name><dir path=''/></source>",
    "<dir path='/'/><name>v</name></source>",
  ],
  ["iscsi", `<source><host name='h'/></source>${target}`, "<source><host name='h'/></source>"],
  ["dir", `${target}<refresh><volume allocation=''/></refresh>`, "</target></pool>"],
  [
    "scsi",
    adapter("type='scsi_host'><parentaddr unique_id='1'><address domain='0x10000'/></parentaddr></adapter>"),
    "<address domain='0x10000' bus='0x00' slot='0x00' function='0x0'/>",
  ],
])("a pool of type %s: %s", (type, body, xml) => {
  expect(flat(formatStoragePool(pool(type, body)))).toContain(xml);
});

test.each([
  ["dir", permissions("<owner/>"), "malformed owner element"],
  [
    "gluster",
    "<source><host name='h'/><protocol ver='4'/></source>",
    "storage pool protocol ver unsupported for pool type 'glusterfs'",
  ],
  ["dir", permissions("<mode>1777</mode>"), "malformed octal mode"],
  ["disk", target, "missing storage pool source device name"],
  ["netfs", `<source><host name='h'/><dir path=''/></source>${target}`, "missing storage pool source path"],
  ["iscsi-direct", "<source><host name='h'/><initiator><iqn/></initiator></source>", "missing initiator IQN"],
  ["scsi", adapter("name='a'><parentaddr/></adapter>"), "Missing scsi_host PCI address element"],
  [
    "scsi",
    adapter("type='scsi_host'><parentaddr unique_id='2147483648'><address bus='1'/></parentaddr></adapter>"),
    "Missing or invalid scsi adapter 'unique_id' value",
  ],
  [
    "rbd",
    "<source><name>n</name><host name='h'/><auth type='x' username='u'><secret usage='a'/></auth></source>",
    "unknown auth type 'x'",
  ],
  [
    "rbd",
    "<source><name>n</name><host name='h'/><auth type='' username='u'><secret usage='a'/></auth></source>",
    "storage pool missing auth type",
  ],
])("no pool of type %s: %s", (type, body, message) => {
  expect(() => pool(type, body)).toThrow(message);
});

const raw = "<format type='raw'/>";
const encrypted = (format: string, inside: string) =>
  `<capacity>1</capacity><target><encryption format='${format}'>${inside}</encryption></target>`;
test.each([
  ["<capacity> +5</capacity>", "<capacity unit='bytes'>5</capacity>"],
  ["<capacity>1</capacity><target><compat> 1.-1</compat></target>", `${raw}<compat> 1.-1</compat>`],
  [
    "<capacity>1</capacity><target><clusterSize unit='E'>15</clusterSize></target>",
    "<clusterSize unit='B'>17293822569102704640</clusterSize>",
  ],
  [
    "<capacity>1</capacity><backingStore><format type='x'/></backingStore>",
    `<target>${raw}</target></volume>`,
  ],
  [encrypted("qcow", "<cipher name='a' size='1'/>"), "<encryption format='qcow'></encryption>"],
])("a volume: %s", (body, xml) => {
  expect(flat(formatStorageVolume(volume(body), { type: "dir" }))).toContain(xml);
});

test.each([
  ["<capacity>5 </capacity>", "malformed capacity element"],
  ["<capacity>18446744073709551616</capacity>", "malformed capacity element"],
  ["<capacity unit='E'>8</capacity>", "value too large: 8E"],
  ["<capacity unit='x'>5</capacity>", "unknown suffix 'x'"],
  ["<capacity>1</capacity><target><compat>1</compat></target>", "forbidden characters in 'compat' attribute"],
  [
    "<capacity>1</capacity><backingStore><path>p</path><format type='x'/></backingStore>",
    "unknown volume format type x",
  ],
  [encrypted("luks", "<ivgen name='a'/>"), "ivgen element found, but cipher is missing"],
  [encrypted("luks", "<cipher name='a' size='1'/><ivgen/>"), "missing ivgen info name string"],
  [encrypted("qcow", "<secret usage='a'/>"), "unknown volume encryption secret type"],
])("no volume: %s", (body, message) => {
  expect(() => volume(body)).toThrow(message);
});
