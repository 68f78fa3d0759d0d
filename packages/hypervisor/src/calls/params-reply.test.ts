import { typed, typedParams } from "@libvirt-ts/protocol";
import { expect, test } from "vitest";
import { paramsReply, STRING_OKAY } from "./params-reply.ts";

const all = typedParams({
  weight: typed.uint(500),
  device_weight: typed.string("/dev/sda,1"),
  limit: typed.ullong(7n),
});

test.each<[string, number, number, string[], number]>([
  ["without room: the number alone, strings not counted", 0, 0, [], 2],
  ["without room, strings understood", 0, STRING_OKAY, [], 3],
  ["strings left out for who does not understand them", 16, 0, ["weight", "limit"], 2],
  ["strings for who does", 16, STRING_OKAY, ["weight", "device_weight", "limit"], 3],
  ["no more than there is room for", 2, STRING_OKAY, ["weight", "device_weight"], 2],
])("%s", (_, nparams, flags, fields, count) => {
  const reply = paramsReply(all, { nparams, flags });
  expect([reply.params.map(({ field }) => field), reply.nparams]).toEqual([fields, count]);
});
