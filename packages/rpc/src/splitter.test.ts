import { MessageType } from "@libvirt-ts/protocol";
import { describe, expect, test } from "vitest";
import { buildFrame } from "./frame.ts";
import { FrameSplitter, FramingError } from "./splitter.ts";

const call = (serial: number, body = 0, type: number = MessageType.CALL, payload?: Uint8Array) =>
  buildFrame(
    { prog: 1, vers: 1, proc: 1, type, serial, status: 0 },
    payload ?? new Uint8Array(body).fill(serial),
  );
const withFds = (serial: number, count: number, dummies = count) => [
  call(serial, 0, MessageType.CALL_WITH_FDS, Uint8Array.of(0, 0, 0, count, 9, 9, 9, 9)),
  new Uint8Array(dummies),
];
const join = (...parts: Uint8Array[]) => Buffer.concat(parts);

/** One read: its bytes and the descriptors that came with the last of them. */
type Read = [bytes: Uint8Array, fds?: number[]];

function run(reads: Read[], { capacity = 0, pauseAfter = Infinity } = {}) {
  const got: string[] = [];
  const closed: number[] = [];
  const splitter = new FrameSplitter(
    {
      onFrame(bytes, start, end, fds) {
        const serial = bytes.readUInt32BE(start + 20);
        const last = end - start > 28 ? bytes[end - 1] : "-";
        got.push(`${serial}:${end - start}:${last}${fds ? `:${fds}` : ""}`);
        return got.length < pauseAfter;
      },
    },
    (fd) => closed.push(fd),
  );
  const scratch = Buffer.alloc(65_536);
  for (const [bytes, fds = []] of reads) {
    for (let at = 0; at < bytes.length; ) {
      at += splitter.fill(scratch, (into, from, length, list) => {
        const part = bytes.subarray(at, at + Math.min(length, capacity || Infinity));
        into.set(part, from);
        if (at + part.length === bytes.length) list.push(...fds);
        return part.length;
      });
    }
  }
  return { got, closed, splitter };
}

describe("frames", () => {
  const three = join(call(1), call(2, 8), call(3, 100));
  test.each([0, 1, 2, 3, 5, 27, 28, 29, 40])("in reads of %i bytes", (capacity) => {
    expect(run([[three]], { capacity }).got).toEqual(["1:28:-", "2:36:2", "3:128:3"]);
  });

  test.each([65_507, 65_508, 300_000, 1_048_576, 5_000_000])("with a body of %i bytes", (size) => {
    const body = Math.floor(size / 4) * 4;
    const { got, splitter } = run([[join(call(1), call(2, body), call(3, 4))]]);
    expect(got).toEqual(["1:28:-", `2:${28 + body}:2`, "3:32:3"]);
    expect(splitter.kept).toBe(0);
  });

  test.each([0, 3, 4, 8, 27, 33_554_437, 2 ** 31 - 1])("length word %i is fatal", (length) => {
    const bad = Buffer.alloc(32);
    bad.writeUInt32BE(length, 0);
    expect(() => run([[bad]])).toThrow(FramingError);
  });

  test("the largest length is waited for, memory follows what arrives", () => {
    const big = Buffer.alloc(28);
    big.writeUInt32BE(33_554_436, 0);
    expect(run([[big]]).splitter.kept).toBe(28);
  });
});

describe("descriptors", () => {
  const [message, dummy] = withFds(1, 1) as [Buffer, Buffer];
  const [two, dummies] = withFds(2, 2) as [Buffer, Buffer];
  test.each<[string, Read[], string[], number[]]>([
    ["dummy in its own read", [[message], [dummy, [7]]], ["1:36:9:7"], []],
    ["dummy in the message's read", [[join(message, dummy), [7]]], ["1:36:9:7"], []],
    [
      "two, a read each",
      [
        [join(two, dummies.subarray(1)), [7]],
        [dummies.subarray(1), [8]],
      ],
      ["2:36:9:7,8"],
      [],
    ],
    [
      "messages behind",
      [[join(call(5), message, dummy), [7]], [call(6)]],
      ["5:28:-", "1:36:9:7", "6:28:-"],
      [],
    ],
    ["none announced", [[join(withFds(3, 0)[0]!), [7]]], ["3:36:9"], [7]],
    ["stray on a plain message", [[call(5), [7]]], ["5:28:-"], [7]],
  ])("%s", (_, reads, got, closed) => {
    const result = run(reads);
    expect(result.got).toEqual(got);
    expect(result.closed).toEqual(closed);
  });

  test.each<[string, Read[]]>([
    ["on the message itself", [[message, [7]], [dummy]]],
    ["missing", [[join(message, dummy, call(2))]]],
    ["33", [[join(...withFds(1, 33))]]],
    ["no room for the number", [[call(1, 0, MessageType.CALL_WITH_FDS)]]],
  ])("%s: fatal", (_, reads) => {
    expect(() => run(reads)).toThrow(FramingError);
  });

  test("destroy closes what waits", () => {
    const { splitter, closed } = run([[join(two, dummies.subarray(1)), [7]]]);
    splitter.destroy();
    expect(closed).toEqual([7]);
  });
});

test("paused: nothing more until resume, then in order", () => {
  const { got, splitter } = run([[join(call(1), call(2), call(3))]], { pauseAfter: 1 });
  expect(got).toEqual(["1:28:-"]);
  splitter.resume();
  expect(got).toEqual(["1:28:-", "2:28:-"]);
  splitter.resume();
  expect(got).toEqual(["1:28:-", "2:28:-", "3:28:-"]);
  expect(splitter.kept).toBe(0);
});
