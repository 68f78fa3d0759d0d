import { expect, test } from "vitest";
import { formatInterface, parseInterface } from "./interface/index.ts";
import { formatNetworkPort, parseNetworkPort } from "./network/index.ts";
import { formatNodeDevice, parseNodeDevice } from "./nodedev/index.ts";
import { formatNwfilterBinding, parseNwfilterBinding } from "./nwfilter/index.ts";
import {
  formatStoragePool,
  formatStorageVolume,
  parseStoragePool,
  parseStorageVolume,
} from "./storage/index.ts";

const uuid = "9d37b878-a7cc-9f9a-b78f-49b3abad25a8";
const pool = parseStoragePool("<pool type='dir'><name>p</name><target><path>/a</path></target></pool>");
const owner = `<owner><name>g</name></owner><owner><uuid>${uuid}</uuid></owner><mac address='52:54:00:00:00:01'/>`;

/** Parts that are written in two pieces, and what libvirt 11.3 makes of them: it looks for all of a path. */
test.each<[string, (text: string) => string, string, string]>([
  [
    "the target of a pool",
    (text) => formatStoragePool(parseStoragePool(text)),
    "<pool type='dir'><name>p</name><target/><target><path>/a</path></target></pool>",
    "<path>/a</path>",
  ],
  [
    "the target of a volume",
    (text) => formatStorageVolume(parseStorageVolume(text, pool), pool),
    "<volume><name>v</name><capacity>1</capacity><target><path>/a</path></target><target><format type='raw'/></target></volume>",
    "<path>/a</path>\n    <format type='raw'/>",
  ],
  [
    "monitoring of a bond",
    (text) => formatInterface(parseInterface(text)),
    "<interface type='bond' name='b'><start mode='none'/><bond><miimon freq='1'/><miimon updelay='2'/><interface type='ethernet' name='e'/></bond></interface>",
    "<miimon freq='1' updelay='2'/>",
  ],
  [
    "the hardware of a host",
    (text) => formatNodeDevice(parseNodeDevice(text)),
    `<device><name>computer</name><capability type='system'><hardware><vendor>a</vendor></hardware><hardware><serial>b</serial><uuid>${uuid}</uuid></hardware></capability></device>`,
    "<vendor>a</vendor>\n      <serial>b</serial>",
  ],
  [
    "the owner of a network's port",
    (text) => formatNetworkPort(parseNetworkPort(text)),
    `<networkport><uuid>${uuid}</uuid>${owner}</networkport>`,
    "<name>g</name>",
  ],
  [
    "the owner of a binding",
    (text) => formatNwfilterBinding(parseNwfilterBinding(text)),
    `<filterbinding>${owner}<portdev name='p'/><filterref filter='f'/></filterbinding>`,
    "<name>g</name>",
  ],
])("%s", (_what, round, text, part) => expect(round(text)).toContain(part));
