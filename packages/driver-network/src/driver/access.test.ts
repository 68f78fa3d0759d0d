import type { Call } from "@libvirt-ts/rpc/server";
import { parseUuid } from "@libvirt-ts/util/uuid";
import { expect, test } from "vitest";
import type { NetworkDriver } from "../driver.ts";
import { networkAccess, networkAttributes, portAttributes } from "./access.ts";

const lan = { name: "lan", uuid: "11111111-1111-1111-1111-111111111111", exists: true };
const coming = { name: "coming", uuid: "44444444-4444-4444-4444-444444444444", exists: false };
const all = [lan, coming];
const networks = {
  byUuid: (uuid: string) => all.find((each) => each.uuid === uuid),
  byName: (name: string) => all.find((each) => each.name === name),
} as unknown as NetworkDriver["networks"]; // it looks at nothing else
const { objectOf } = networkAccess({ networks });
const call = {} as Call; // nor at the call
const bytes = (text: string) => parseUuid(text);
const portUuid = "22222222-2222-2222-2222-222222222222";
const newUuid = "33333333-3333-3333-3333-333333333333";
const net = { name: "a lie", uuid: bytes(lan.uuid) };
const nobody = { name: "lan", uuid: new Uint8Array(16) };
const port = { net, uuid: bytes(portUuid) };
const portXml = `<networkport><uuid>${newUuid}</uuid><owner><name>d</name><uuid>${newUuid}</uuid></owner><mac address='52:54:00:7b:35:93'/></networkport>`;

test.each<[string, string, unknown, unknown]>([
  ["the UUID counts, not the name beside it", "network", { net }, networkAttributes(lan)],
  ["by another field's name", "network", { network: net }, networkAttributes(lan)],
  ["looked up by UUID", "network", { uuid: bytes(lan.uuid) }, networkAttributes(lan)],
  ["looked up by name", "network", { name: "lan" }, networkAttributes(lan)],
  ["no such UUID", "network", { net: nobody }, null],
  ["no such name", "network", { name: "wan" }, null],
  ["one that is being made is none yet", "network", { name: "coming" }, null],
  [
    "one to be made",
    "network",
    { xml: `<network><name>new</name><uuid>${newUuid}</uuid></network>` },
    { network_name: "new", network_uuid: newUuid },
  ],
  ["a port", "network_port", { port }, portAttributes(lan, portUuid)],
  [
    "a port looked up",
    "network_port",
    { network: net, uuid: bytes(portUuid) },
    portAttributes(lan, portUuid),
  ],
  ["a port to be made", "network_port", { network: net, xml: portXml }, portAttributes(lan, newUuid)],
  ["a port of no network", "network_port", { port: { ...port, net: nobody } }, null],
])("%s", (_, type, args, expected) => {
  expect(objectOf(type, args, call)).toEqual(expected);
});

test.each<[string, string, unknown]>([
  ["no arguments", "network", undefined],
  ["a port of which nothing is said", "network_port", { network: net }],
  ["another kind of object", "domain", { dom: net }],
])("%s: refused", (_, type, args) => {
  expect(() => objectOf(type, args, call)).toThrow("access denied");
});
