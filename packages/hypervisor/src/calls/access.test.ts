import type { Call } from "@libvirt-ts/rpc/server";
import { parseUuid } from "@libvirt-ts/util/uuid";
import { expect, test } from "vitest";
import { domainAccess, domainAttributes } from "./access.ts";
import type { AnyDomain } from "./common.ts";

const facts = { name: "web", uuid: "11111111-1111-1111-1111-111111111111", id: 3, isActive: true };
const web = facts as AnyDomain; // it looks at nothing else
const domains = {
  byUuid: (uuid: string) => (uuid === web.uuid ? web : undefined),
  byName: (name: string) => (name === web.name ? web : undefined),
  *[Symbol.iterator]() {
    yield web;
  },
};
const { objectOf } = domainAccess("QEMU", domains);
const call = {} as Call; // nor at the call
const uuid = parseUuid(web.uuid);
const other = new Uint8Array(16);
const dom = { name: "a lie", uuid, id: 9 };
const known = domainAttributes(web);
const xml =
  "<domain type='kvm'><name>new</name><uuid>22222222-2222-2222-2222-222222222222</uuid><memory>1</memory><os><type>hvm</type></os></domain>";

test.each<[string, unknown, unknown]>([
  ["the UUID counts, not the name beside it", { dom }, known],
  ["a snapshot's domain", { snap: { name: "s", dom } }, known],
  ["a checkpoint's domain", { checkpoint: { name: "s", dom } }, known],
  ["looked up by UUID", { uuid }, known],
  ["by name", { name: "web" }, known],
  ["by id", { id: 3 }, known],
  ["no such UUID", { dom: { ...dom, uuid: other } }, null],
  ["no such name", { name: "db" }, null],
  ["no such id", { id: 4 }, null],
  [
    "one to be made",
    { xmlDesc: xml, flags: 0 },
    { domain_name: "new", domain_uuid: "22222222-2222-2222-2222-222222222222" },
  ],
])("%s", (_, args, expected) => {
  expect(objectOf("domain", args, call)).toEqual(expected);
});

test.each<[string, string, unknown]>([
  ["a saved image, which could be any domain's", "domain", { from: "/x" }],
  ["no arguments", "domain", undefined],
  ["another kind of object", "network", { net: dom }],
])("%s: refused", (_, type, args) => {
  expect(() => objectOf(type, args, call)).toThrow("access denied");
});

test("XML that is none is reported as such", () => {
  expect(() => objectOf("domain", { xml: "<domain" }, call)).toThrow();
});
