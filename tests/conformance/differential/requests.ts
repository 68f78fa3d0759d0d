import {
  type CallRow,
  keepalive,
  lxc,
  MessageStatus,
  MessageType,
  NonnullDomain,
  NonnullNetwork,
  type Program,
  qemu,
  remote,
} from "@libvirt-ts/protocol";
import { type Codec, encode } from "@libvirt-ts/xdr";

/** What a connection has done before the request. */
export type Before = "nothing" | "authenticated" | "open" | "open to look" | "registered";

/** One request; frames are sent as they are. */
export interface Request {
  /** What it is about, and in what way: "domainGetXmlDesc: cut". */
  readonly name: string;
  readonly before: Before;
  readonly bytes: Buffer;
  /** Calls on the same connection before this one, once it is open. */
  readonly first?: readonly Buffer[];
  /** False: no ping follows, which may overtake the end of the connection. */
  readonly proves?: boolean;
  /** The procedure that is called, if it is one. */
  readonly row?: CallRow;
}

/** What the requests may refer to. */
export interface Objects {
  readonly domain: { name: string; uuid: Uint8Array; id: number };
}

/** They would change the machine, or begin what does not end. */
const harmful = new Set([
  "nodeSuspendForDuration",
  "nodeAllocPages",
  "nodeSetMemoryParameters",
  "interfaceChangeBegin",
  "interfaceChangeCommit",
  "interfaceChangeRollback",
  "connectClose",
  "connectOpen",
]);

const serial = 77;
const unknownDomain = { name: "nobody", uuid: new Uint8Array(16).fill(0xab), id: -1 };
const unknownNamed = { name: "nobody", uuid: new Uint8Array(16).fill(0xab) };

export function frame(
  head: { prog: number; vers?: number; proc: number; type?: number; serial?: number; status?: number },
  body: Uint8Array = new Uint8Array(0),
  length = 28 + body.length,
): Buffer {
  const bytes = Buffer.alloc(28 + body.length);
  const { prog, vers = 1, proc, type = MessageType.CALL, status = MessageStatus.OK } = head;
  for (const [i, word] of [length, prog, vers, proc, type, head.serial ?? serial, status].entries())
    bytes.writeUInt32BE(word >>> 0, 4 * i);
  bytes.set(body, 28);
  return bytes;
}

/** What stands for a type wherever it occurs. */
export type Substitutes = ReadonlyMap<Codec<unknown>, unknown>;

const nobody: Substitutes = new Map<Codec<unknown>, unknown>([
  [NonnullDomain, unknownDomain],
  [NonnullNetwork, unknownNamed],
]);

/** The plainest value of a type: nothing, zero, "x"; objects nobody has. */
export function plain(codec: Codec<unknown>, name = "", instead: Substitutes = nobody): unknown {
  const { schema } = codec;
  const given = instead.get(codec);
  if (given !== undefined) return given;
  switch (schema.kind) {
    case "i64":
    case "u64":
      return 0n;
    case "bool":
      return false;
    case "string":
      return "x";
    case "opaque":
    case "fixedCharArray":
      return new Uint8Array(schema.length).fill(name === "uuid" ? 0xab : 0);
    case "bytes":
    case "charArray":
      return new Uint8Array(0);
    case "array":
      return [];
    case "fixedArray":
      return Array.from({ length: schema.length }, () => plain(schema.element, "", instead));
    case "optional":
      return null;
    case "struct":
      return Object.fromEntries(
        Object.entries(schema.fields).map(([field, each]) => [field, plain(each, field, instead)]),
      );
    case "union": {
      const [type = "1", arm] = Object.entries(schema.arms)[0] ?? [];
      return { type: Number(type), value: arm && plain(arm, "", instead) };
    }
    default:
      return 0;
  }
}

export const fieldsOf = (row: CallRow): Readonly<Record<string, Codec<unknown>>> =>
  row.args?.schema.kind === "struct" ? row.args.schema.fields : {};

/** A call of a row; `changes` go over the plainest arguments. */
export function call(row: CallRow, changes: object = {}): Buffer {
  const { number: prog, version: vers } = row.program;
  const body = row.args === null ? undefined : encode(row.args, { ...Object(plain(row.args)), ...changes });
  return frame({ prog, vers, proc: row.number }, body);
}

/** Only looks, so that a real object may be given. */
const looks = ({ acl }: CallRow): boolean =>
  acl.length > 0 && acl.every((rule) => /:(getattr|read|search_\w+)$/.test(rule));

export const unknownFlag = ({ schema }: Codec<unknown>) =>
  schema.kind === "u64" ? 0x4000_0000n : 0x4000_0000;

/** Every way to call a procedure. */
function waysToCall(row: CallRow, { domain }: Objects): Request[] {
  const of = (way: string, before: Before, bytes: Buffer): Request => ({
    name: `${row.name}: ${way}`,
    before,
    bytes,
    row,
  });
  const fields = fieldsOf(row);
  const whole = call(row);
  const found = [
    of("no such object", "open", whole),
    of("before CONNECT_OPEN", "authenticated", whole),
    of("by a reader", "open to look", whole),
  ];
  if (whole.length > 28) {
    const { number: prog } = row.program;
    found.push(of("without arguments", "open", frame({ prog, proc: row.number })));
    found.push(of("cut", "open", frame({ prog, proc: row.number }, whole.subarray(28, -4))));
  }
  if (fields.flags !== undefined)
    found.push(of("an unknown flag", "open", call(row, { flags: unknownFlag(fields.flags) })));
  if (fields.dom === NonnullDomain && looks(row))
    found.push(of("a real domain", "open", call(row, { dom: domain })));
  return found;
}

export const callsOf = (program: Program): CallRow[] =>
  Object.values(program.procs).filter((row) => row.kind === "call" && !harmful.has(row.name)) as CallRow[]; // filtered by kind

const { number: prog } = remote;

/** Headers and frames that nobody should send, on any socket. @param proc a call without arguments that changes nothing */
export const oddFrames = (prog: number, proc: number): [name: string, bytes: Buffer][] => [
  ["unknown program", frame({ prog: 0x1234_5678, proc: 1 })],
  ["unknown version", frame({ prog, vers: 2, proc })],
  ["version 0", frame({ prog, vers: 0, proc })],
  ["procedure 0", frame({ prog, proc: 0 })],
  ["a negative procedure", frame({ prog, proc: -1 })],
  ["a procedure beyond all", frame({ prog, proc: 2 ** 31 - 1 })],
  ["status ERROR", frame({ prog, proc, status: 1 })],
  ["status CONTINUE", frame({ prog, proc, status: 2 })],
  ["status 3", frame({ prog, proc, status: 3 })],
  ["type REPLY", frame({ prog, proc, type: 1 })],
  ["type MESSAGE", frame({ prog, proc, type: 2 })],
  ["type STREAM of no stream", frame({ prog, proc, type: 3, status: 2 })],
  ["type REPLY_WITH_FDS", frame({ prog, proc, type: 5 }, Buffer.alloc(4))],
  ["type STREAM_HOLE of no stream", frame({ prog, proc, type: 6, status: 2 }, Buffer.alloc(12))],
  ["type 7", frame({ prog, proc, type: 7 })],
  ["an unknown program's MESSAGE", frame({ prog: 9, proc: 1, type: 2 })],
  ["no descriptors, said so", frame({ prog, proc, type: 4 }, Buffer.alloc(4))],
  ["33 descriptors", frame({ prog, proc, type: 4 }, Buffer.from([0, 0, 0, 33]))],
  [
    "a descriptor that is none",
    Buffer.concat([frame({ prog, proc, type: 4 }, Buffer.from([0, 0, 0, 1])), Buffer.alloc(1)]),
  ],
  ...[0, 3, 4, 8, 27, 33_554_437, 2 ** 31 - 1, 2 ** 32 - 1].map((length): [string, Buffer] => [
    `length ${length}`,
    frame({ prog, proc }, undefined, length),
  ]),
  ["more bytes than arguments", frame({ prog, proc }, Buffer.alloc(64, 1))],
  ["a ping as a call", frame({ prog: keepalive.number, proc: 1 })],
  ["keepalive of another kind", frame({ prog: keepalive.number, proc: 9, type: 2 })],
];

const getType = remote.procs.connectGetType.number;
const open = (name: string | null, flags = 0) => call(remote.procs.connectOpen, { name, flags });

/** Headers and frames that nobody should send. */
const odd: readonly [name: string, before: Before, bytes: Buffer][] = [
  ...oddFrames(prog, getType).map(([name, bytes]): [string, Before, Buffer] => [name, "open", bytes]),
  ["an event called", "open", frame({ prog, proc: remote.procs.domainEventLifecycle.number })],
  ["a ping", "nothing", frame({ prog: keepalive.number, proc: 1, type: 2, serial: 0 })],
  ["a string with a length beyond the frame", "open", frame({ prog, proc: 23 }, Buffer.from([0, 0, 1, 0]))],
  ["a string with a length beyond all", "open", frame({ prog, proc: 23 }, Buffer.from([255, 255, 255, 255]))],
  [
    "a name that is no UTF-8",
    "open",
    frame({ prog, proc: remote.procs.domainLookupByName.number }, Buffer.from("00000002fffe0000", "hex")),
  ],
  [
    "a name with a NUL",
    "open",
    frame({ prog, proc: remote.procs.domainLookupByName.number }, Buffer.from("0000000361006200", "hex")),
  ],
  ["opened again", "open", open("qemu:///system")],
  ["no URI", "authenticated", open(null)],
  ["another driver's URI", "authenticated", open("gopher:///system")],
  ["a wrong path", "authenticated", open("qemu:///bogus")],
  ["no path", "authenticated", open("qemu://")],
  ["with a host", "authenticated", open("qemu://far/system")],
  ["no URI at all", "authenticated", open("rubbish")],
  ["with unknown flags", "authenticated", open("qemu:///system", 0x100)],
  ["opened before AUTH_LIST", "nothing", open("qemu:///system")],
  ["opened by root for a session", "authenticated", open("qemu:///session")],
  ["closed", "open", frame({ prog, proc: remote.procs.connectClose.number })],
  ["closed before it was open", "authenticated", frame({ prog, proc: remote.procs.connectClose.number })],
];

/** Features that are asked for, with and without a connection. */
const features = Array.from({ length: 19 }, (_, feature) => feature).flatMap((feature): Request[] =>
  (["authenticated", "open"] as const).map((before) => ({
    name: `feature ${feature}, ${before}`,
    before,
    bytes: call(remote.procs.connectSupportsFeature, { feature }),
  })),
);

/** Registrations of events: each kind there is, and those there are not. */
const eventIds = [-1, 0, 1, 5, 15, 16, 22, 25, 26, 27, 28, 100, 2 ** 31 - 1];
const registrations = eventIds.flatMap((eventID): Request[] =>
  (
    [
      remote.procs.connectDomainEventRegisterAny,
      remote.procs.connectDomainEventDeregisterAny,
      remote.procs.connectDomainEventCallbackRegisterAny,
      remote.procs.connectNetworkEventRegisterAny,
    ] as const
  ).map((row) => ({ name: `${row.name}: event ${eventID}`, before: "open", bytes: call(row, { eventID }) })),
);

const affectConfig = 2;
const stringOkay = 4;

/** Typed parameters, as calls take them and as they ask for them. */
function parameters({ domain: dom }: Objects): Request[] {
  const { procs } = remote;
  const value = (type: number, given: unknown) => ({ type, value: given });
  const limit = { field: "hard_limit", value: value(4, 1_000_000n) };
  const named = (length: number) => ({ ...limit, field: "x".repeat(length) });
  const lists: readonly (readonly [string, readonly object[]])[] = [
    ["none", []],
    ["one", [limit]],
    ["the same twice", [limit, limit]],
    ["as many as there may be", Array.from({ length: 16 }, () => limit)],
    ["an unknown name", [{ ...limit, field: "odd" }]],
    ["no name", [{ ...limit, field: "" }]],
    ...[78, 79, 80, 81, 1_000].map(
      (length) => [`a name of ${length} bytes`, [named(length)]] as [string, object[]],
    ),
    ...[value(1, 1), value(2, 1), value(3, 1n), value(5, 0.5), value(6, 1), value(6, 7), value(7, "1")].map(
      (given, i) => [`another type, ${i}`, [{ ...limit, value: given }]] as [string, object[]],
    ),
  ];
  const set = procs.domainSetMemoryParameters;
  const sets = lists.map(
    ([name, params]): Request => ({
      ...{ name: `typed parameters: ${name}`, before: "open" as const },
      bytes: call(set, { dom, params, flags: affectConfig }),
    }),
  );
  const whole = call(set, { dom, params: [limit], flags: affectConfig });
  const at = whole.indexOf(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0, 15])); // type and value
  const odd = [0, 8, 9, 0xffff_ffff].map((type): Request => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt32BE(type, at);
    return { name: `typed parameters: type ${type}`, before: "open", bytes };
  });
  const tooMany = frame(
    { prog, proc: set.number },
    Buffer.concat([whole.subarray(28, at - 20), Buffer.from("00000011", "hex"), Buffer.alloc(17 * 28)]),
  );
  const gets = [
    procs.domainGetMemoryParameters,
    procs.domainGetBlkioParameters,
    procs.domainGetNumaParameters,
    procs.domainGetSchedulerParametersFlags,
  ].flatMap((row) =>
    [0, 1, 2, 16, 17, -1].flatMap((nparams) =>
      [affectConfig, affectConfig | stringOkay].map(
        (flags): Request => ({
          ...{ name: `${row.name}: room for ${nparams}, flags ${flags}`, before: "open" as const },
          bytes: call(row, { dom, nparams, flags }),
        }),
      ),
    ),
  );
  const listings = [procs.connectListAllDomains, procs.connectListAllNetworks].flatMap((row) =>
    [0, 1, 2, -1].map(
      (needResults): Request => ({
        ...{ name: `${row.name}: need_results ${needResults}`, before: "open" as const },
        bytes: call(row, { needResults }),
      }),
    ),
  );
  return [
    ...sets,
    ...odd,
    { name: "typed parameters: more than there may be", before: "open", bytes: tooMany },
    ...gets,
    ...listings,
  ];
}

/** All of them, in the order they are to be sent. */
export function requests(objects: Objects): Request[] {
  return [
    ...odd.map(([name, before, bytes]) => ({ name, before, bytes, proves: !name.startsWith("closed") })),
    ...features,
    ...registrations,
    ...parameters(objects),
    ...[remote, qemu, lxc].flatMap((program) => callsOf(program).flatMap((row) => waysToCall(row, objects))),
  ];
}
