import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { MessageStatus, MessageType, remote, StreamHole } from "@libvirt-ts/protocol";
import { encode } from "@libvirt-ts/xdr";
import { describe, expect, test } from "vitest";
import { errorText, FakePeer, message, type SeenFrame } from "../testing.ts";
import { type Call, Server, type ServerStream, type Service } from "./index.ts";

const { OK, ERROR, CONTINUE } = MessageStatus;
const { STREAM, STREAM_HOLE, REPLY } = MessageType;
const row = remote.procs.storageVolUpload;
const serial = 9;

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A server whose one procedure opens a stream and hands it to `serve`. */
function open(
  serve: (stream: ServerStream, call: Call) => void | Promise<void>,
  { sparse = false, capacity = Infinity } = {},
) {
  const done: { result?: Promise<void> } = {};
  const service: Service<typeof remote.procs> = {
    program: remote,
    errorDomain: ErrorDomain.STORAGE,
    handlers: {
      storageVolUpload(_, call) {
        const stream = call.openStream({ sparse });
        done.result = Promise.resolve(serve(stream, call));
      },
    },
  };
  const server = new Server({ name: "test", log: silentLogger(), services: [service] });
  const peer = new FakePeer();
  peer.capacity = capacity;
  const client = server.serve(peer.open, { pid: 1, uid: 0, gid: 0 });
  const vol = { pool: "p", name: "v", key: "k" };
  peer.call({ proc: row.number, serial }, encode(row.args, { vol, offset: 0n, length: 0n, flags: 0 }));
  const packet = (status: number, body?: Uint8Array | string, type: number = STREAM) => {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    peer.call({ proc: row.number, serial, type, status }, bytes);
  };
  return { peer, client, packet, done };
}

const seen = (frames: SeenFrame[]) =>
  frames.map(({ type, status, body }) => `${type}/${status}${body.length > 0 ? ` ${body.length}` : ""}`);
const reply = `${REPLY}/${OK}`;
const finished = `${STREAM}/${OK}`;

async function read(stream: ServerStream, into: string[]) {
  for await (const chunk of stream.incoming) into.push(Buffer.from(chunk).toString());
}

describe("download", () => {
  test("reply first, data in packets of at most 262120 bytes, end of file, the client finishes", async () => {
    const { peer, packet, done } = open(async (stream) => {
      await stream.write(Buffer.alloc(300_000));
      await stream.end();
      expect(await stream.closed).toBe("finish");
    });
    await settle();
    await settle();
    expect(seen(peer.take())).toEqual([reply, `3/2 262120`, `3/2 ${300_000 - 262_120}`, "3/2"]);
    packet(OK);
    await done.result;
    await settle();
    expect(seen(peer.take())).toEqual([finished]);
  });

  test("one packet in flight: the next is made when that one left", async () => {
    let written = 0;
    const { peer, client, done } = open(
      async (stream) => {
        for (; written < 10; written++) await stream.write(Buffer.alloc(100_000));
      },
      { capacity: 150_000 },
    );
    await settle();
    expect(written).toBe(1);
    peer.drain(100_000);
    await settle();
    expect(written).toBe(2);
    const failed = expect(done.result).rejects.toMatchObject({ code: ErrorCode.OPERATION_ABORTED });
    client.close();
    await failed;
  });

  test("a failure is a STREAM error and the end", async () => {
    const { peer, packet, done } = open(async (stream) => {
      stream.fail(new VirError(ErrorDomain.STORAGE, ErrorCode.OPERATION_FAILED, "disk gone"));
      expect(await stream.closed).toBe("failed");
      await expect(stream.write(Buffer.alloc(1))).rejects.toMatchObject({
        code: ErrorCode.OPERATION_ABORTED,
      });
    });
    await done.result;
    await settle();
    const [first, second] = peer.take();
    expect(seen([first!])).toEqual([reply]);
    expect(second).toMatchObject({ type: STREAM, status: ERROR, serial });
    expect(errorText(second)).toBe("9/18 operation failed: disk gone");
    packet(OK);
    expect(peer.take()).toEqual([]);
  });

  test("abort: answered OK, the write under way fails", async () => {
    let error: unknown;
    const { peer, packet, done } = open(
      async (stream) => {
        await stream.write(Buffer.alloc(10_000)).catch((thrown) => {
          error = thrown;
        });
        expect(await stream.closed).toBe("abort");
      },
      { capacity: 100 },
    );
    packet(ERROR);
    await done.result;
    expect(error).toMatchObject({ code: ErrorCode.OPERATION_ABORTED });
    peer.drain();
    await settle();
    expect(seen(peer.take()).at(-1)).toBe(finished);
  });
});

describe("upload", () => {
  test("data, then finish is confirmed once all was taken and the last step done", async () => {
    const got: string[] = [];
    let flushed = false;
    const { peer, packet, done } = open(async (stream) => {
      stream.beforeFinish(async () => {
        await settle();
        flushed = true;
      });
      await read(stream, got);
      expect(await stream.closed).toBe("finish");
      expect(flushed).toBe(true);
    });
    packet(CONTINUE, "one");
    packet(CONTINUE, "two");
    packet(OK);
    await done.result;
    await settle();
    expect(got).toEqual(["one", "two"]);
    expect(seen(peer.take())).toEqual([reply, finished]);
  });

  test("an error of the last step is told", async () => {
    const { peer, packet, done } = open(async (stream) => {
      stream.beforeFinish(() => {
        throw new VirError(ErrorDomain.STORAGE, ErrorCode.OPERATION_FAILED, "no space");
      });
      await read(stream, []);
      expect(await stream.closed).toBe("failed");
    });
    packet(OK);
    await done.result;
    await settle();
    expect(errorText(peer.take().at(-1))).toBe("9/18 operation failed: no space");
  });

  test("a slow sink stops the reading of the socket", async () => {
    const { peer, packet, client } = open(() => {});
    for (let i = 0; i < 5; i++) packet(CONTINUE, "data");
    expect(peer.readable).toBe(false);
    client.close();
  });

  test.each<[string, number, string]>([
    ["abort", ERROR, "abort"],
    ["finish", OK, "finish"],
  ])("%s wakes a waiting reader", async (_, status, end) => {
    const { packet, done } = open(async (stream) => {
      await read(stream, []);
      expect(await stream.closed).toBe(end);
    });
    packet(status);
    await done.result;
  });

  test("the client gone wakes it too", async () => {
    const { peer, done } = open(async (stream) => {
      await read(stream, []);
      expect(await stream.closed).toBe("gone");
    });
    peer.end();
    await done.result;
  });

  test("an empty packet ends the data, not the stream", async () => {
    const { peer, packet, done } = open(async (stream) => {
      await read(stream, []);
      await stream.write(Buffer.from("after"));
    });
    packet(CONTINUE);
    await done.result;
    expect(seen(peer.take())).toEqual([reply, "3/2 5"]);
  });
});

describe("holes", () => {
  const hole = encode(StreamHole, { length: 4096n, flags: 0 });

  test("both ways on a sparse stream", async () => {
    const got: unknown[] = [];
    const { peer, packet, done } = open(
      async (stream) => {
        await stream.hole(512n);
        for await (const item of stream.incomingSparse)
          got.push(item instanceof Uint8Array ? item.length : item);
      },
      { sparse: true },
    );
    await settle();
    packet(CONTINUE, hole, STREAM_HOLE);
    packet(CONTINUE, "abc");
    packet(OK);
    await done.result;
    await settle();
    expect(got).toEqual([{ hole: 4096n }, 3]);
    expect(seen(peer.take())).toEqual([reply, "6/2 12", finished]);
  });

  test("on a stream that is not sparse the client is dropped", () => {
    const { peer, packet } = open(() => {});
    packet(CONTINUE, hole, STREAM_HOLE);
    expect(peer.isClosed).toBe(true);
  });

  test("one that cannot be decoded is refused by a REPLY", () => {
    const { peer, packet } = open(() => {}, { sparse: true });
    peer.take();
    packet(CONTINUE, Uint8Array.of(1, 2), STREAM_HOLE);
    expect(peer.take()[0]).toMatchObject({ type: REPLY, status: ERROR });
  });
});

test("a call that fails has no stream", async () => {
  const { peer, packet } = open((stream, call) => {
    call.client.onClose(() => {});
    void stream.write(Buffer.from("never")).catch(() => {});
    throw new VirError(ErrorDomain.STORAGE, ErrorCode.NO_STORAGE_VOL, "v");
  });
  await settle();
  const [answer, more] = peer.take();
  expect(errorText(answer)).toMatch(/^50\/18/);
  expect(more).toBeUndefined();
  packet(OK);
  expect(peer.take()).toEqual([]);
});

test("packets of another call's address are not this stream's", () => {
  const { peer } = open(() => {});
  peer.take();
  peer.send(message({ proc: row.number, serial: serial + 1, type: STREAM, status: OK }));
  expect(peer.take()).toEqual([]);
});

test("what the stream's own work throws fails the stream, not the process", async () => {
  const { peer } = open((_, call) => {
    call.openStream({
      async serve(stream) {
        await stream.write(Buffer.from("x"));
        throw new VirError(ErrorDomain.STORAGE, ErrorCode.OPERATION_FAILED, "later");
      },
    });
  });
  await settle();
  expect(errorText(peer.take().at(-1))).toBe("9/18 operation failed: later");
});
