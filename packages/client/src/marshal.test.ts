import { type CallRow, qemu, remote, typed } from "@libvirt-ts/protocol";
import { expect, expectTypeOf, test } from "vitest";
import { methodName, special } from "./calls.ts";
import { Connect } from "./connect.ts";
import type { EventValue } from "./events.ts";
import { fieldsOf, shownEvent, shownResult, wireArgs } from "./marshal.ts";
import {
  classes,
  type Domain,
  type DomainSnapshot,
  type Network,
  type NodeDevice,
  type Nwfilter,
  type NwfilterBinding,
  type StoragePool,
} from "./objects.ts";
import type { Output, TypedValues } from "./shapes.ts";

const { procs } = remote;
const dom = { name: "d", uuid: new Uint8Array(16), id: -1 };
const tagged = (codec: unknown, wire: object) =>
  [...classes.keys()].includes(codec as never) ? { object: wire } : undefined;

test.each([
  ["one field", procs.domainGetXmlDesc, { xml: "<d/>" }, "<d/>"],
  ["nothing", procs.domainCreate, undefined, undefined],
  ["an object", procs.domainLookupByName, { dom }, { object: dom }],
  ["a list and its length", procs.connectListAllDomains, { domains: [dom], ret: 1 }, [{ object: dom }]],
  ["a claim", procs.domainIsActive, { active: 1 }, true],
  [
    "parameters",
    procs.domainGetMemoryParameters,
    { params: [{ field: "a", value: typed.ullong(3n) }], nparams: 1 },
    { a: 3n },
  ],
  [
    "a boolean parameter",
    procs.domainGetPerfEvents,
    { params: [{ field: "cmt", value: typed.boolean(true) }] },
    { cmt: true },
  ],
  ["several fields", procs.domainGetState, { state: 1, reason: 2 }, { state: 1, reason: 2 }],
  ["a number that counts no list", procs.nodeAllocPages, { ret: 4 }, 4],
  ["what is absent", procs.domainScreenshot, { mime: null }, null],
  [
    "objects inside",
    procs.connectGetAllDomainStats,
    { retStats: [{ dom, params: [] }] },
    [{ dom: { object: dom }, params: {} }],
  ],
])("result: %s", (_, row: CallRow, ret, expected) => {
  expect(shownResult(row.ret)(ret as never, tagged as never)).toEqual(expected);
});

test.each([
  [
    "wrapped",
    procs.domainEventCallbackLifecycle,
    { callbackID: 3, msg: { dom, event: 1, detail: 0 } },
    { dom: { object: dom }, event: 1, detail: 0 },
  ],
  [
    "flat",
    procs.domainEventBlockJob2,
    { callbackID: 3, dom, dst: "vda", type: 1, status: 2 },
    { dom: { object: dom }, dst: "vda", type: 1, status: 2 },
  ],
])("event: %s", (_, row, msg, expected) => {
  expect(shownEvent(row.msg)(msg as never, tagged as never)).toEqual(expected);
});

test.each([
  ["flags default to none", procs.domainDestroyFlags, { dom }, {}, { dom, flags: 0 }],
  [
    "what may be absent is",
    procs.domainSaveFlags,
    { dom },
    { to: "/f" },
    { dom, to: "/f", dxml: null, flags: 0 },
  ],
  ["lists are asked for", procs.connectListAllDomains, {}, { flags: 2 }, { needResults: 1, flags: 2 }],
  [
    "a UUID as text",
    procs.domainLookupByUuid,
    {},
    { uuid: "00000000-0000-0000-0000-0000000000ff" },
    { uuid: Buffer.from([...Array(15).fill(0), 255]) },
  ],
  ["a boolean", procs.domainSetAutostart, { dom }, { autostart: true }, { dom, autostart: 1 }],
  [
    "parameters by name",
    procs.domainSetMemoryParameters,
    { dom },
    { params: { soft_limit: typed.ullong(1n) } },
    { dom, params: [{ field: "soft_limit", value: { type: 4, value: 1n } }], flags: 0 },
  ],
  [
    "strings are fine in lists of parameters",
    procs.domainGetNumaParameters,
    { dom },
    {},
    { dom, nparams: 0, flags: 4 },
  ],
])("arguments: %s", (_, row: CallRow, own, given, expected) => {
  expect(wireArgs(row, own, given)).toEqual(expected);
});

test("text that is no UUID", () => {
  expect(() => wireArgs(procs.domainLookupByUuid, {}, { uuid: "x" })).toThrow(/not a UUID/);
});

/** Every call of the tables is some method's, or made by hand. */
test("no row is forgotten", () => {
  const prototypes = [Connect, ...classes.values()].map(({ prototype }) => prototype as object);
  const has = (name: string) => prototypes.some((prototype) => name in prototype);
  const byHand = /^auth|^connect(\w*Event\w*|\w+CloseCallback|Open|Close|SupportsFeature|SetIdentity)$/;
  const missing = Object.values(procs).filter(
    (row) =>
      row.kind === "call" &&
      !byHand.test(row.name) &&
      !(special as readonly string[]).includes(row.name) &&
      ![
        "connect",
        "domainSnapshot",
        "domainCheckpoint",
        "domain",
        "networkPort",
        "network",
        "storagePool",
        "storageVol",
        "nodeDevice",
        "interface",
        "secret",
        "nwfilterBinding",
        "nwfilter",
      ].some((prefix) => row.name.startsWith(prefix) && has(methodName(row.name, prefix))) &&
      !has(row.name),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test("calls with streams or descriptors in their reply are made by hand", () => {
  const rows = [...Object.values(procs), ...Object.values(qemu.procs)];
  const found = rows.filter(
    (row) => row.kind === "call" && (row.stream !== undefined || row.fds === "out" || row.fds === "inout"),
  );
  expect(found.map(({ name }) => name).sort()).toEqual([...special].sort());
});

/** Objects are known by their codec; types go by field names, which must not meet anything else. */
test("structs that name objects are the only ones of their shape", () => {
  const named = [...classes.keys()].map((codec) => Object.keys(fieldsOf(codec)).join());
  const plain = [...remote.byNumber.values()].flatMap((row) =>
    structsIn(row.kind === "call" ? row.ret : row.msg),
  );
  const alike = plain.filter(
    (codec) => !classes.has(codec) && named.includes(Object.keys(fieldsOf(codec)).join()),
  );
  expect(alike).toEqual([]);
});

type AnyCodec = NonNullable<CallRow["ret"]>;
function structsIn(codec: AnyCodec | null, depth = 0): AnyCodec[] {
  if (codec === null) return [];
  const { schema } = codec;
  if (schema.kind === "array" || schema.kind === "optional") return structsIn(schema.element, depth);
  const inner = Object.values(fieldsOf(codec)).flatMap((each) => structsIn(each, depth + 1));
  return schema.kind === "struct" && depth > 0 && !classes.has(codec) ? [codec, ...inner] : inner;
}

test("types say the same", () => {
  type P = typeof procs;
  expectTypeOf<Output<P["domainGetXmlDesc"]>>().toEqualTypeOf<string>();
  expectTypeOf<Output<P["domainCreate"]>>().toEqualTypeOf<undefined>();
  expectTypeOf<Output<P["connectListAllDomains"]>>().toEqualTypeOf<Domain[]>();
  expectTypeOf<Output<P["connectListAllNetworks"]>>().toEqualTypeOf<Network[]>();
  expectTypeOf<Output<P["connectListAllStoragePools"]>>().toEqualTypeOf<StoragePool[]>();
  expectTypeOf<Output<P["connectListAllNodeDevices"]>>().toEqualTypeOf<NodeDevice[]>();
  expectTypeOf<Output<P["connectListAllNwfilters"]>>().toEqualTypeOf<Nwfilter[]>();
  expectTypeOf<Output<P["connectListAllNwfilterBindings"]>>().toEqualTypeOf<NwfilterBinding[]>();
  expectTypeOf<Output<P["domainSnapshotCurrent"]>>().toEqualTypeOf<DomainSnapshot>();
  expectTypeOf<Output<P["domainIsActive"]>>().toEqualTypeOf<boolean>();
  expectTypeOf<Output<P["domainGetMemoryParameters"]>>().toEqualTypeOf<TypedValues>();
  expectTypeOf<Output<P["domainGetState"]>>().toEqualTypeOf<{ state: number; reason: number }>();
  expectTypeOf<EventValue<"domain.lifecycle">["dom"]>().toEqualTypeOf<Domain>();
  expectTypeOf<EventValue<"network.lifecycle">["net"]>().toEqualTypeOf<Network>();
  expectTypeOf<Connect["domainLookupByName"]>().parameter(0).toEqualTypeOf<{ name: string }>();
  expectTypeOf<Domain["destroyFlags"]>().toBeCallableWith();
  expectTypeOf<Domain["getJobStats"]>()
    .returns.resolves.toHaveProperty("params")
    .toEqualTypeOf<TypedValues>();
  expectTypeOf<"domainCreate">().not.toExtend<keyof Connect>();
  expectTypeOf<Domain["qemuMonitorCommand"]>().toBeCallableWith({ cmd: "{}" });
});
