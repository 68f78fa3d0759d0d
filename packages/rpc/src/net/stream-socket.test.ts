import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { streamSocket } from "./stream-socket.ts";

/** A stream that takes one write after the other, as a TLS socket whose peer is slow. */
function slowStream() {
  const writes: Buffer[] = [];
  let takeNext = () => {};
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      writes.push(Buffer.from(chunk));
      takeNext = done;
    },
    writev(chunks, done) {
      writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)));
      takeNext = done;
    },
  });
  const socket = streamSocket(stream)({ onReadable() {}, onWritable() {}, onHangup() {} });
  const drain = async () => {
    for (let seen = -1; seen !== writes.length; ) {
      seen = writes.length;
      takeNext();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return writes;
  };
  return { socket, drain };
}

function message(length: number, fill: number): Buffer {
  const bytes = Buffer.alloc(length, fill);
  bytes.writeUInt32BE(length);
  return bytes;
}

const [one, two, long] = [message(28, 1), message(40, 2), message(300_000, 3)];

test.each<[string, Uint8Array[]]>([
  ["in one piece", [Buffer.concat([one, two, one])]],
  ["in pieces of their own", [one, two, one]],
  ["a body apart from its header", [Buffer.concat([one, two.subarray(0, 28)]), two.subarray(28), one]],
])("messages that come %s are written one by one", async (_, parts) => {
  const { socket, drain } = slowStream();
  expect(socket.send(parts, [])).toBe(28 + 40 + 28);
  expect((await drain()).map(({ length }) => length)).toEqual([28, 40, 28]);
});

test("a message that comes in several sends goes on where it was", async () => {
  const { socket, drain } = slowStream();
  expect(socket.send([one, long.subarray(0, 28)], [])).toBe(56);
  const rest = [long.subarray(28), two];
  const all = Buffer.concat(rest);
  const taken = socket.send(rest, []);
  expect(taken).toBe(long.length - 28); // more than waits at once, but it is one message
  await drain();
  expect(socket.send([all.subarray(taken)], [])).toBe(40);
  const writes = await drain();
  expect(Buffer.concat(writes).equals(Buffer.concat([one, long, two]))).toBe(true);
  expect(writes.at(-1)?.equals(two)).toBe(true);
});
