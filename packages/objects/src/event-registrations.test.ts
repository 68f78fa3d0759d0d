import { expect, test } from "vitest";
import { EventRegistrations } from "./event-registrations.ts";

const uuid = "11111111-1111-1111-1111-111111111111";
const other = "22222222-2222-2222-2222-222222222222";

test("ids count up over clients and are never reused", () => {
  const events = new EventRegistrations<string>("domain");
  expect(events.add({ client: "a", eventId: 0, style: "new" }).callbackId).toBe(0);
  expect(events.add({ client: "b", eventId: 0, style: "new" }).callbackId).toBe(1);
  events.remove("b", 1);
  expect(events.add({ client: "b", eventId: 0, style: "new" }).callbackId).toBe(2);
});

test.each([
  ["same event, same style", { eventId: 0, style: "new" }, true],
  ["same event, other style", { eventId: 0, style: "old" }, true],
  ["other event", { eventId: 1, style: "new" }, false],
  ["same event, with a filter", { eventId: 0, style: "new", uuid }, false],
] as const)("a second registration: %s", (_name, wish, refused) => {
  const events = new EventRegistrations<string>("domain");
  events.add({ client: "a", eventId: 0, style: "new" });
  const again = () => events.add({ client: "a", ...wish });
  if (refused) expect(again).toThrow("invalid argument: event callback already tracked");
  else again();
});

test("listeners by event and object", () => {
  const events = new EventRegistrations<string>("domain");
  events.add({ client: "all", eventId: 0, style: "new" });
  events.add({ client: "one", eventId: 0, style: "new", uuid });
  events.add({ client: "reboot", eventId: 1, style: "old" });
  const clients = (eventId: number, of: string) =>
    [...events.listeners(eventId, of)].map(({ client }) => client);
  expect(clients(0, uuid)).toEqual(["all", "one"]);
  expect(clients(0, other)).toEqual(["all"]);
  events.forget("all");
  expect(clients(0, uuid)).toEqual(["one"]);
  events.removeOld("reboot", 1);
  expect(events.size).toBe(1);
});

test("removing what is not there, or not yours", () => {
  const events = new EventRegistrations<string>("domain");
  events.add({ client: "a", eventId: 0, style: "new" });
  expect(() => events.remove("b", 0)).toThrow("internal error: domain event callback 0 not registered");
  expect(() => events.removeOld("a", 0)).toThrow("not registered");
});
