import { parseDevice } from "@libvirt-ts/conf/domain";
import { expect, test } from "vitest";
import { displayPassword } from "./graphics-password.ts";

const now = Date.UTC(2026, 0, 1);

test.each([
  ["without one", "type='vnc'", undefined],
  ["for ever", "type='vnc' passwd='x'", { protocol: "vnc", password: "x", expires: "never" }],
  [
    "until a time of UTC",
    "type='spice' passwd='x' passwdValidTo='2026-01-01T00:00:10' connected='disconnect'",
    { protocol: "spice", password: "x", connected: "disconnect", expires: "1767225610" },
  ],
  ["that is over", "type='vnc' passwd='x' passwdValidTo='2025-12-31T23:59:59'", { expires: "now" }],
  ["that is empty: nobody comes in", "type='vnc' passwd=''", { password: "", expires: "now" }],
  ["of the host", "type='spice'", { password: "usual", expires: "never" }],
])("password %s", (_name, attrs, expected) => {
  const each = parseDevice(`<graphics ${attrs}/>`, { inactive: true });
  if (each.kind !== "graphics") throw new Error("no display");
  const found = displayPassword(each.device, { spice: "usual" }, now);
  if (expected) expect(found).toMatchObject(expected);
  else expect(found).toBeUndefined();
});
