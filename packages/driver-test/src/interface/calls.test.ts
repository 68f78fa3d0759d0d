import { expect, test } from "vitest";
import { openForTest } from "../testing.ts";

const mac = "aa:bb:cc:dd:ee:ff";
const iface = { name: "eth1", mac };
const ethernet = (name: string) =>
  `<interface type='ethernet' name='${name}'><mac address='${mac}'/></interface>`;
const invalid = "55 12 Requested operation is not valid";
const names = async (ask: ReturnType<typeof openForTest>["ask"]) =>
  ask("connectListDefinedInterfaces", { maxnames: 9 });

test.each([
  ["interfaceLookupByName", { name: "eth1" }, { iface }],
  ["interfaceLookupByName", { name: "x" }, "57 12 Interface not found: no interface with matching name 'x'"],
  ["interfaceLookupByMacString", { mac: mac.toUpperCase() }, { iface }],
  [
    "interfaceLookupByMacString",
    { mac: "1" },
    "57 12 Interface not found: no interface with matching mac '1'",
  ],
  ["interfaceIsActive", { iface }, { active: 1 }],
  ["interfaceCreate", { iface, flags: 0 }, invalid],
  ["interfaceDestroy", { iface, flags: 0 }, undefined],
  [
    "interfaceGetXmlDesc",
    { iface, flags: 1 },
    "8 12 unsupported flags (0x1) in function testInterfaceGetXMLDesc",
  ],
  ["interfaceChangeCommit", { flags: 0 }, `${invalid}: no transaction running, nothing to be committed.`],
  ["interfaceChangeRollback", { flags: 0 }, `${invalid}: no transaction running, nothing to rollback.`],
  [
    "interfaceDefineXml",
    { xml: "<x/>", flags: 0 },
    "27 5 XML error: expecting root element of 'interface', not 'x'",
  ],
  ["connectNumOfInterfaces", undefined, { num: 1 }],
  ["connectListAllInterfaces", { needResults: 1, flags: 1 }, { ifaces: [], ret: 0 }],
] as const)("%s %o", async (name, args, answer) => {
  expect(await openForTest().ask(name, args)).toEqual(answer);
});

test("two cards with one address", async () => {
  const { ask } = openForTest();
  await ask("interfaceDefineXml", { xml: ethernet("eth2"), flags: 0 });
  expect(await ask("interfaceLookupByMacString", { mac })).toBe("59 12 multiple matching interfaces found");
});

test("changes are taken back, or for good", async () => {
  const { ask } = openForTest();
  await ask("interfaceChangeBegin", { flags: 0 });
  expect(await ask("interfaceChangeBegin", { flags: 0 })).toBe(
    `${invalid}: there is another transaction running.`,
  );
  await ask("interfaceDefineXml", { xml: ethernet("eth2"), flags: 0 });
  await ask("interfaceUndefine", { iface });
  await ask("interfaceChangeRollback", { flags: 0 });
  expect(await names(ask)).toEqual({ names: ["eth1"] });
  await ask("interfaceChangeBegin", { flags: 0 });
  await ask("interfaceUndefine", { iface });
  await ask("interfaceChangeCommit", { flags: 0 });
  expect(await names(ask)).toEqual({ names: [] });
});
