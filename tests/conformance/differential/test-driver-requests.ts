import {
  type CallRow,
  NonnullDomain,
  NonnullInterface,
  NonnullNetwork,
  NonnullNodeDevice,
  NonnullStoragePool,
  NonnullStorageVol,
  remote,
} from "@libvirt-ts/protocol";
import type { Codec } from "@libvirt-ts/xdr";
import { call, callsOf, fieldsOf, plain, type Request, type Substitutes, unknownFlag } from "./requests.ts";

const { procs } = remote;
const bytes = (hex: string) => Buffer.from(hex, "hex");

/** What every `test:///default` has, and a volume that is made first. */
const domain = { name: "test", uuid: bytes("6695eb01f6a4830479aa97f2502e193f"), id: 1 };
const network = { name: "default", uuid: bytes("dd8fe8846c02601e7551cca97df1c5df") };
const pool = { name: "default-pool", uuid: bytes("dfe224cb28fb8dd0c4b264eb3f0f4566") };
const iface = { name: "eth1", mac: "aa:bb:cc:dd:ee:ff" };
const volume = { pool: pool.name, name: "vol", key: "/default-pool/vol" };
const real: Substitutes = new Map<Codec<unknown>, unknown>([
  [NonnullDomain, domain],
  [NonnullNetwork, network],
  [NonnullStoragePool, pool],
  [NonnullInterface, iface],
  [NonnullStorageVol, volume],
  [NonnullNodeDevice, { name: "scsi_host1" }],
]);
const volumeXml = "<volume><name>vol</name><capacity>1024</capacity><allocation>512</allocation></volume>";
const snapshotXml = "<domainsnapshot><name>x</name></domainsnapshot>";

/** Makes what is not there by default. */
const prepared = [
  call(procs.storageVolCreateXml, { pool, xml: volumeXml, flags: 0 }),
  call(procs.domainSnapshotCreateXml, { dom: domain, xmlDesc: snapshotXml, flags: 0 }),
];
const stopped = [
  ...prepared,
  call(procs.domainDestroy, { dom: domain }),
  call(procs.networkDestroy, { net: network }),
  call(procs.storagePoolDestroy, { pool }),
  call(procs.interfaceDestroy, { iface, flags: 0 }),
];
const vanished = [
  ...stopped,
  call(procs.domainUndefineFlags, { dom: domain, flags: 2 }),
  call(procs.networkUndefine, { net: network }),
  call(procs.storagePoolUndefine, { pool }),
  call(procs.interfaceUndefine, { iface }),
];

/** They begin what does not end, or are about the connection itself. */
const harmful = new Set(["connectClose", "connectOpen", "nodeSuspendForDuration", "nodeAllocPages"]);

type Change = (codec: Codec<unknown>, value: unknown, field: string) => unknown;

/** The real arguments of a row with some changed. */
function changed(row: CallRow, change: Change): Buffer {
  const fields = Object.entries(fieldsOf(row));
  const changes = fields.map(([field, codec]) => {
    return [field, change(codec, realValue(row, field, codec), field)];
  });
  return call(row, Object.fromEntries(changes));
}

/** Devices are known by their names alone; a file must not be made by the way. */
function realValue(row: CallRow, field: string, codec: Codec<unknown>): unknown {
  if (field === "name" && row.name.startsWith("nodeDevice")) return "scsi_host1";
  return ["to", "from", "file"].includes(field) ? "/dev/null/x" : plain(codec, field, real);
}

const same: Change = (_, value) => value;
const emptyTexts: Change = ({ schema }, value) => (schema.kind === "string" ? "" : value);
const longTexts: Change = ({ schema }, value) =>
  schema.kind === "string" ? "x".repeat(Math.min(schema.max, 100_000)) : value;
const allGiven: Change = ({ schema }, value) =>
  schema.kind === "optional" ? plain(schema.element, "", real) : value;
const highNumbers: Change = ({ schema }, value, field) => {
  if (field === "flags") return value;
  if (schema.kind === "i32") return 2 ** 31 - 1;
  if (schema.kind === "u32") return 2 ** 32 - 1;
  if (schema.kind === "i64") return 2n ** 63n - 1n;
  return schema.kind === "u64" ? 2n ** 64n - 1n : value;
};
const lowNumbers: Change = ({ schema }, value) => {
  if (schema.kind === "i32") return -1;
  return schema.kind === "i64" ? -1n : value;
};

function waysToCall(row: CallRow): Request[] {
  const of = (way: string, body: Buffer, first: readonly Buffer[] = prepared): Request => ({
    name: `${row.name}: ${way}`,
    before: "open",
    bytes: body,
    first,
    row,
  });
  const fields = Object.values(fieldsOf(row));
  const has = (...kinds: string[]) => fields.some(({ schema }) => kinds.includes(schema.kind));
  const whole = changed(row, same);
  const found = [
    of("what is there", whole),
    of("what is stopped", whole, stopped),
    of("what has vanished", whole, vanished),
    of("what never was", call(row), []),
    { ...of("by a reader", whole, []), before: "open to look" as const },
    { ...of("before CONNECT_OPEN", whole, []), before: "authenticated" as const },
  ];
  const { flags } = fieldsOf(row);
  if (flags !== undefined) {
    const withFlag = changed(row, (_, value, field) => (field === "flags" ? unknownFlag(flags) : value));
    found.push(of("an unknown flag", withFlag), of("an unknown flag, vanished", withFlag, vanished));
    for (const [i, bit] of [1, 2, 3, 4, 8].entries()) {
      const value = flags.schema.kind === "u64" ? BigInt(bit) : bit;
      found.push(
        of(
          `flags ${bit}`,
          changed(row, (_, old, field) => (field === "flags" ? value : old)),
        ),
      );
      if (i < 3)
        found.push(
          of(
            `flags ${bit}, stopped`,
            changed(row, (_, old, field) => (field === "flags" ? value : old)),
            stopped,
          ),
        );
    }
  }
  if (has("string")) {
    found.push(of("empty texts", changed(row, emptyTexts)), of("long texts", changed(row, longTexts)));
  }
  if (has("optional")) found.push(of("all that may be absent", changed(row, allGiven)));
  if (has("i32", "u32", "i64", "u64")) found.push(of("the highest numbers", changed(row, highNumbers)));
  if (has("i32", "i64")) found.push(of("the lowest numbers", changed(row, lowNumbers)));
  return found;
}

/** Every procedure, in every way, of the driver whose objects they are. */
export const testDriverRequests = (): Request[] =>
  callsOf(remote)
    .filter(({ name }) => !harmful.has(name))
    .flatMap(waysToCall);
