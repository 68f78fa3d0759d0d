import { expect, test } from "vitest";
import { openForTest } from "../testing.ts";

const LIVE = 1;
const CONFIG = 2;
const dom = { name: "test", uuid: Buffer.from("6695eb01f6a4830479aa97f2502e193f", "hex"), id: 1 };
const disk = (dev: string, more = "", source = "/new") =>
  `<disk type='file' device='disk'><source file='${source}'/><target dev='${dev}'/>${more}</disk>`;
const card = (mac: string, more = "") =>
  `<interface type='network'><mac address='${mac}'/><source network='default'/>${more}</interface>`;

const notThere = "99 12 device not found: disk vdz not found";
const inactive = "55 20 Requested operation is not valid: domain is not running";

type Call = readonly [name: Parameters<ReturnType<typeof openForTest>["ask"]>[0], args: object];
const attach = (xml: string, flags: number): Call => ["domainAttachDeviceFlags", { xml, flags }];
const detach = (xml: string, flags: number): Call => ["domainDetachDeviceFlags", { xml, flags }];
const update = (xml: string, flags: number): Call => ["domainUpdateDeviceFlags", { xml, flags }];
const byAlias = (alias: string, flags: number): Call => ["domainDetachDeviceAlias", { alias, flags }];
const stop: Call = ["domainDestroy", {}];

/** The last answer, both definitions, and the events of devices. */
async function run(calls: readonly Call[]) {
  const { ask, events } = openForTest();
  for (const eventID of [15, 19]) await ask("connectDomainEventCallbackRegisterAny", { eventID, dom: null });
  let answer: unknown;
  for (const [name, args] of calls) answer = await ask(name, { dom, ...args });
  const xml = async (flags: number) => {
    const shown = await ask("domainGetXmlDesc", { dom, flags });
    return shown && typeof shown === "object" && "xml" in shown ? String(shown.xml) : "";
  };
  return { answer, live: await xml(0), config: await xml(2), told: events.length };
}

test.each<[string, readonly Call[], unknown]>([
  [
    "a target that is taken",
    [attach(disk("vda"), LIVE)],
    "55 12 Requested operation is not valid: target vda already exists",
  ],
  ["no device at all", [attach("<x/>", LIVE)], "27 20 XML error: unknown device type 'x'"],
  ["no XML", [attach("<disk", LIVE)], expect.stringMatching(/^35 20 /)],
  [
    "what cannot be plugged",
    [attach("<sound model='ac97'/>", LIVE)],
    "84 12 Operation not supported: live attach of device 'sound' is not supported",
  ],
  [
    "nor be defined",
    [attach("<sound model='ac97'/>", CONFIG)],
    "84 12 Operation not supported: persistent attach of device 'sound' is not supported",
  ],
  [
    "unknown flags",
    [attach(disk("vdb"), 8)],
    "8 12 unsupported flags (0x8) in function testDomainAttachDeviceLiveAndConfig",
  ],
  ["a guest that does not run", [stop, attach(disk("vdb"), LIVE)], inactive],
  ["nor for the call without flags", [stop, ["domainAttachDevice", { xml: disk("vdb") }]], inactive],
  ["a disk that is not there", [detach(disk("vdz"), LIVE)], notThere],
  ["nor there to be another", [update(disk("vdz"), LIVE)], notThere],
  ["an alias nobody has", [byAlias("x", LIVE)], "99 20 device not found: no device found with alias x"],
  [
    "what cannot change",
    [update("<memballoon model='none'/>", LIVE)],
    "84 12 Operation not supported: live update of device 'memballoon' is not supported",
  ],
  [
    "flags of updates",
    [update(disk("vda"), 8)],
    "8 12 unsupported flags (0x8) in function testDomainUpdateDeviceFlags",
  ],
  [
    "flags of aliases",
    [byAlias("x", 4)],
    "8 12 unsupported flags (0x4) in function testDomainDetachDeviceAlias",
  ],
  [
    "no stored definition",
    [["domainUndefine", {}], attach(disk("vdb"), CONFIG)],
    "55 20 Requested operation is not valid: transient domains do not have any persistent config",
  ],
])("%s", async (_, calls, expected) => {
  const before = await run([]);
  const { answer, live, told } = await run(calls);
  expect(answer).toEqual(expected);
  expect(told).toBe(0);
  if (!calls.includes(stop)) expect(live).toBe(before.live);
});

test.each<[string, readonly Call[], { live: boolean; config: boolean; told: number }, string]>([
  ["while it runs", [attach(disk("vdb"), LIVE)], { live: true, config: false, told: 1 }, "dev='vdb'"],
  [
    "where it runs, if it does",
    [attach(disk("vdb"), 0)],
    { live: true, config: false, told: 1 },
    "dev='vdb'",
  ],
  [
    "without flags",
    [["domainAttachDevice", { xml: disk("vdb") }]],
    { live: true, config: false, told: 1 },
    "dev='vdb'",
  ],
  ["for the next start", [attach(disk("vdb"), CONFIG)], { live: false, config: true, told: 0 }, "dev='vdb'"],
  [
    "both",
    [attach(card("52:54:00:00:00:09"), LIVE | CONFIG)],
    { live: true, config: true, told: 1 },
    "dev='testnet1'",
  ],
  [
    "its alias is for what runs",
    [attach(disk("vdb"), LIVE | CONFIG)],
    { live: true, config: false, told: 1 },
    "<alias name='disk0'/>",
  ],
  [
    "an alias of the user's for both",
    [attach(disk("vdb", "<alias name='ua-x'/>"), LIVE | CONFIG)],
    { live: true, config: true, told: 1 },
    "<alias name='ua-x'/>",
  ],
  [
    "with the controller it needs",
    [attach(disk("sda"), LIVE)],
    { live: true, config: false, told: 1 },
    "<controller type='scsi' index='0'",
  ],
  ["another source", [update(disk("vda"), LIVE)], { live: true, config: false, told: 0 }, "file='/new'"],
  [
    "its place stays",
    [update(disk("vda"), LIVE | CONFIG)],
    { live: true, config: true, told: 0 },
    "bus='0x01' slot='0x00'",
  ],
  [
    "a link that goes down",
    [update(card("aa:bb:cc:dd:ee:ff", "<link state='down'/>"), CONFIG)],
    { live: false, config: true, told: 0 },
    "<link state='down'/>",
  ],
  [
    "gone",
    [attach(disk("vdb"), LIVE | CONFIG), detach(disk("vdb"), LIVE)],
    { live: false, config: true, told: 2 },
    "dev='vdb'",
  ],
  [
    "gone by its alias",
    [attach(disk("vdb"), LIVE | CONFIG), byAlias("disk0", LIVE)],
    { live: false, config: true, told: 2 },
    "dev='vdb'",
  ],
  [
    "gone by the user's",
    [attach(disk("vdb", "<alias name='ua-x'/>"), LIVE | CONFIG), byAlias("ua-x", LIVE | CONFIG)],
    { live: false, config: false, told: 2 },
    "dev='vdb'",
  ],
  [
    "without flags",
    [["domainDetachDevice", { xml: card("aa:bb:cc:dd:ee:ff") }]],
    { live: false, config: true, told: 0 },
    "testnet0",
  ],
])("%s", async (_, calls, { live, config, told }, text) => {
  const after = await run(calls);
  expect(after.answer).toBeUndefined();
  expect([after.live.includes(text), after.config.includes(text), after.told]).toEqual([live, config, told]);
});
