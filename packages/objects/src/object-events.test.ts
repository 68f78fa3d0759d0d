import { remote } from "@libvirt-ts/protocol";
import { expect, test } from "vitest";
import { type ListeningClient, ObjectEvents } from "./object-events.ts";

/** A client that keeps what it is told, and its end. */
function client() {
  const told: unknown[] = [];
  const ends: Parameters<ListeningClient["onClose"]>[0][] = [];
  const listening: ListeningClient = {
    sendEvent: (_row, message) => void told.push(message),
    sendVisible: (frame, filter, object) => void told.push([frame.length, filter, object()]),
    onClose(end) {
      ends.push(end);
      return () => {};
    },
  };
  const close = () => {
    for (const end of ends) end(undefined);
  };
  return { listening, told, close };
}

const send = (events: ObjectEvents, name: string) =>
  events.send(remote.procs.nodeDeviceEventUpdate, { eventId: 1, key: name }, (callbackID) => ({
    callbackID,
    dev: { name },
  }));

test("events reach who asked for them, until they leave", () => {
  const events = new ObjectEvents("node device", [0, 1]);
  const [all, one, other] = [client(), client(), client()];
  events.register(all.listening, 1);
  events.register(one.listening, 1, "a");
  events.register(other.listening, 0);
  for (const name of ["a", "b"]) send(events, name);
  all.close();
  send(events, "a");
  events.deregister(one.listening, 1);
  send(events, "a");
  const a = { name: "a" };
  expect(all.told).toEqual([
    { callbackID: 0, dev: a },
    { callbackID: 0, dev: { name: "b" } },
  ]);
  expect(one.told).toEqual([
    { callbackID: 1, dev: a },
    { callbackID: 1, dev: a },
  ]);
  expect(other.told).toEqual([]);
});

test("where access drivers decide, they are asked about the object", () => {
  const events = new ObjectEvents("node device", [0, 1]);
  const one = client();
  events.register(one.listening, 1);
  const visibility = { filter: "node_device:getattr", object: () => ({ node_device_name: "a" }) };
  const subject = { eventId: 1, key: "a", visibility };
  events.send(remote.procs.nodeDeviceEventUpdate, subject, (callbackID) => ({
    callbackID,
    dev: { name: "a" },
  }));
  expect(one.told).toEqual([[28 + 12, "node_device:getattr", { node_device_name: "a" }]]);
});

test("what cannot be", () => {
  const events = new ObjectEvents("node device", [0, 1]);
  expect(() => events.register(client().listening, 2)).toThrow("unsupported node device event ID 2");
  expect(() => events.deregister(client().listening, 5)).toThrow(
    "node device event callback 5 not registered",
  );
});
