import { type CallRow, lxc, qemu, remote } from "@libvirt-ts/protocol";
import { encode } from "@libvirt-ts/xdr";
import type { Random } from "./random.ts";
import { randomValue } from "./values.ts";

const offset = { length: 0, prog: 4, vers: 8, proc: 12, type: 16, serial: 20, status: 24, body: 28 } as const;

/** Calls that are for the machine, not for the daemon. */
const harmful: ReadonlySet<string> = new Set([
  "nodeSuspendForDuration",
  "nodeAllocPages",
  "nodeSetMemoryParameters",
]);
const rows = [remote, qemu, lxc].flatMap((program) =>
  Object.values(program.procs).filter((row): row is CallRow => row.kind === "call" && !harmful.has(row.name)),
);
const harmfulNumbers: ReadonlySet<number> = new Set(
  Object.values(remote.procs)
    .filter(({ name }) => harmful.has(name))
    .map(({ number }) => number),
);

/** A whole call with random arguments. */
export function randomCall(random: Random): Buffer {
  const row = random.pick(rows);
  const body = row.args === null ? new Uint8Array(0) : encode(row.args, randomValue(row.args, random));
  return packet({ prog: row.program.number, proc: row.number, serial: random.below(100) }, body);
}

export function packet(
  head: { prog: number; proc: number; type?: number; serial?: number; status?: number },
  body: Uint8Array = new Uint8Array(0),
): Buffer {
  const bytes = Buffer.alloc(offset.body + body.length);
  const { prog, proc, type = 0, serial = 0, status = 0 } = head;
  for (const [i, word] of [bytes.length, prog, 1, proc, type, serial, status].entries())
    bytes.writeUInt32BE(word >>> 0, 4 * i);
  bytes.set(body, offset.body);
  return bytes;
}

/** Words that lengths, counts and discriminants break at. */
const words = [
  0,
  1,
  4,
  7,
  28,
  32,
  255,
  4_096,
  16_384,
  262_120,
  4_194_304,
  4_194_305,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const wordAt = (bytes: Buffer, random: Random): number =>
  bytes.length < offset.body + 4 ? -1 : offset.body + 4 * random.below((bytes.length - offset.body) >> 2);

/** A packet keeps its length word true but where a mutation is about that. */
const relength = (bytes: Buffer): Buffer => {
  bytes.writeUInt32BE(bytes.length, offset.length);
  return bytes;
};

const mutations: readonly Mutation[] = [
  (bytes) => bytes,
  // a length, a count, a discriminant
  (bytes, random) => {
    const at = wordAt(bytes, random);
    if (at >= 0) bytes.writeUInt32BE(random.pick(words), at);
    return bytes;
  },
  // one bit of the body
  (bytes, random) => {
    if (bytes.length > offset.body) {
      const at = offset.body + random.below(bytes.length - offset.body);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
    }
    return bytes;
  },
  // cut
  (bytes, random) => relength(Buffer.from(bytes.subarray(0, offset.body + random.below(bytes.length - 27)))),
  // more behind it
  (bytes, random) => relength(Buffer.concat([bytes, random.bytes(random.below(100))])),
  // a part of it twice
  (bytes, random) => {
    const at = wordAt(bytes, random);
    return at < 0 ? bytes : relength(Buffer.concat([bytes.subarray(0, at), bytes.subarray(offset.body)]));
  },
  // another type: streams, replies, messages, descriptors that do not come
  (bytes, random) => {
    bytes.writeUInt32BE(random.below(9), offset.type);
    return bytes;
  },
  (bytes, random) => {
    bytes.writeUInt32BE(random.below(4), offset.status);
    return bytes;
  },
  (bytes, random) => {
    bytes.writeUInt32BE(
      random.pick(words),
      random.pick([offset.prog, offset.vers, offset.proc, offset.serial]),
    );
    return bytes;
  },
  // a call of another procedure with these arguments
  (bytes, random) => {
    bytes.writeUInt32BE(random.pick(rows).number, offset.proc);
    return bytes;
  },
  // a length that is not true: rarely, for it ends the connection
  (bytes, random) => {
    if (random.oneIn(8)) bytes.writeUInt32BE(random.pick(words), offset.length);
    return bytes;
  },
];

/** @returns a packet broken up to three times; never one that harms the machine */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let found = Buffer.from(bytes);
  for (let rounds = random.below(4); rounds > 0; rounds--)
    found = Buffer.from(random.pick(mutations)(found, random));
  const isHarmful =
    found.readUInt32BE(offset.prog) === remote.number && harmfulNumbers.has(found.readUInt32BE(offset.proc));
  if (isHarmful) found.writeUInt32BE(0, offset.proc);
  return found;
}
