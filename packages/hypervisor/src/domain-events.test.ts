import { FRAME_MIN, readHeader, remote } from "@libvirt-ts/protocol";
import { parseUuid } from "@libvirt-ts/util/uuid";
import { decode } from "@libvirt-ts/xdr";
import { expect, test } from "vitest";
import { DomainEvents, type EventClient } from "./domain-events.ts";
import { domainEvents, EVENT_ID_LAST, OLD_EVENT_ID_LAST } from "./event-table.ts";

const uuid = "11111111-1111-1111-1111-111111111111";
const uuidBytes = parseUuid(uuid) ?? new Uint8Array(16);
const source = { name: "vm", uuid, uuidBytes, id: 7 };

function client() {
  const frames: Uint8Array[] = [];
  let gone: Parameters<EventClient["onClose"]>[0] = () => {};
  const connection: EventClient = {
    sendVisible(frame, _filter, _object, firstWord) {
      const copy = Buffer.from(frame);
      if (firstWord !== undefined) copy.writeInt32BE(firstWord, FRAME_MIN);
      frames.push(copy);
    },
    onClose: (listener) => {
      gone = listener;
      return () => {};
    },
  };
  return { connection, frames, close: () => gone(undefined) };
}

test("the table is complete and in order", () => {
  expect(Object.values(domainEvents).map(({ id }) => id)).toEqual([...Array(EVENT_ID_LAST).keys()]);
  expect([EVENT_ID_LAST, OLD_EVENT_ID_LAST]).toEqual([28, 16]);
});

test("old and new style of one event", () => {
  const events = new DomainEvents();
  const a = client();
  const b = client();
  events.register(a.connection, 0, "old");
  events.register(b.connection, 0, "new");
  events.emit("lifecycle", source, { event: 2, detail: 0 });
  const [old] = a.frames;
  const [fresh] = b.frames;
  if (!old || !fresh) throw new Error("nothing sent");
  expect(readHeader(old)).toMatchObject({ proc: 107, type: 2, serial: 1, status: 0 });
  expect(readHeader(fresh)).toMatchObject({ proc: 318 });
  const dom = { name: "vm", id: 7 };
  expect(decode(remote.procs.domainEventLifecycle.msg, old.subarray(28))).toMatchObject({
    dom,
    event: 2,
    detail: 0,
  });
  expect(decode(remote.procs.domainEventCallbackLifecycle.msg, fresh.subarray(28))).toMatchObject({
    callbackID: 1,
    msg: { dom, event: 2, detail: 0 },
  });
});

test("a flat event carries the listener's id", () => {
  const events = new DomainEvents();
  const { connection, frames } = client();
  events.register(connection, 1, "new");
  events.register(connection, 18, "new");
  events.emit("agentLifecycle", source, { state: 2, reason: 1 });
  const [frame] = frames;
  if (!frame) throw new Error("nothing sent");
  expect(decode(remote.procs.domainEventCallbackAgentLifecycle.msg, frame.subarray(28))).toMatchObject({
    callbackID: 1,
    state: 2,
    reason: 1,
  });
});

test.each([
  ["old", 16],
  ["new", 28],
  ["new", -1],
] as const)("%s style knows no event %i", (style, id) => {
  const { connection } = client();
  expect(() => new DomainEvents().register(connection, id, style)).toThrow(
    `internal error: unsupported event ID ${id}`,
  );
});

test("a client that leaves takes its registrations along", () => {
  const events = new DomainEvents();
  const { connection, close } = client();
  events.register(connection, 0, "new");
  events.register(connection, 1, "new", uuid);
  close();
  expect(events.size).toBe(0);
});
