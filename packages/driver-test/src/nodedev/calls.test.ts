import { expect, test } from "vitest";
import { openForTest } from "../testing.ts";

const adapter = (parent: string, wwn = "2000000012341239") =>
  `<device>${parent}<capability type='scsi_host'><capability type='fc_host'><wwnn>${wwn}</wwnn><wwpn>1${wwn.slice(1)}</wwpn></capability></capability></device>`;
const create = (xmlDesc: string) => ({ xmlDesc, flags: 0 });
const made = { dev: { name: "scsi_host12" } };
const noParent = "1 22 internal error: Could not find parent device for 'new device'";
const notFibre = "1 22 internal error: Device is not a fibre channel HBA";

test.each([
  ["nodeNumOfDevices", { cap: null, flags: 0 }, { num: 4 }],
  ["nodeListDevices", { cap: "vports", maxnames: 9, flags: 0 }, { names: ["scsi_host1", "scsi_host2"] }],
  ["nodeListDevices", { cap: "bad", maxnames: 9, flags: 0 }, { names: [] }],
  [
    "nodeNumOfDevices",
    { cap: null, flags: 1 },
    "8 12 unsupported flags (0x1) in function testNodeNumOfDevices",
  ],
  ["connectListAllNodeDevices", { needResults: 0, flags: 0x200 }, { devices: [], ret: 3 }],
  ["connectListAllNodeDevices", { needResults: 0, flags: 0x401 }, { devices: [], ret: 3 }],
  [
    "nodeDeviceLookupByName",
    { name: "x" },
    "53 12 Node device not found: no node device with matching name 'x'",
  ],
  ["nodeDeviceGetParent", { name: "scsi_host11" }, { parentName: "scsi_host1" }],
  ["nodeDeviceGetParent", { name: "computer" }, { parentName: null }],
  ["nodeDeviceNumOfCaps", { name: "computer" }, { num: 1 }],
  ["nodeDeviceListCaps", { name: "scsi_host1", maxnames: 9 }, { names: ["scsi_host"] }],
  ["nodeDeviceCreateXml", create(adapter("<parent>scsi_host1</parent>")), made],
  ["nodeDeviceCreateXml", create(adapter("")), made],
  ["nodeDeviceCreateXml", create(adapter("<parent fabric_wwn='2000000043214321'/>")), made],
  ["nodeDeviceCreateXml", create(adapter("<parent wwnn='2000000012341234' wwpn='1000000012341234'/>")), made],
  [
    "nodeDeviceCreateXml",
    create(adapter("<parent wwnn='2000000012341234' wwpn='1000000012341239'/>")),
    noParent,
  ],
  ["nodeDeviceCreateXml", create(adapter("<parent>x</parent>")), noParent],
  [
    "nodeDeviceCreateXml",
    create(adapter("<parent>scsi_host11</parent>")),
    "1 22 internal error: Parent device scsi_host11 is not capable of vport operations",
  ],
  ["nodeDeviceCreateXml", create("<device><capability type='scsi_host'/></device>"), notFibre],
] as const)("%s %o", async (name, args, answer) => {
  expect(await openForTest().ask(name, args)).toEqual(answer);
});

test("no adapter that could carry another one", async () => {
  const { ask } = openForTest();
  for (const name of ["scsi_host1", "scsi_host2"]) await ask("nodeDeviceDestroy", { name });
  const answer = await ask("nodeDeviceCreateXml", create(adapter("")));
  expect(answer).toBe("1 22 internal error: Could not find any vport capable device");
});

test("a virtual adapter comes, is replaced and goes", async () => {
  const { ask, events } = openForTest();
  await ask("connectNodeDeviceEventRegisterAny", { eventID: 0, dev: null });
  await ask("nodeDeviceCreateXml", create(adapter("")));
  await ask("nodeDeviceCreateXml", create(adapter("", "2000000012341230")));
  expect(await ask("nodeDeviceGetXmlDesc", { name: "scsi_host12", flags: 0 })).toEqual({
    xml: expect.stringMatching(/<host>11<.*<wwnn>2000000012341230<.*<fabric_wwn>2000000043214321</s),
  });
  await ask("nodeDeviceDestroy", { name: "scsi_host12" });
  const told = (event: number) => ({ callbackID: 0, dev: { name: "scsi_host12" }, event, detail: 0 });
  expect(events).toEqual([told(0), told(0), told(1)]);
});
