import { type HeldLock, LockChange, LockState } from "@libvirt-ts/protocol";
import { expect, test } from "vitest";
import { formatChange, formatDetails, formatJson, formatTable } from "./format.ts";

const uuid = new Uint8Array(16).fill(7);
const since = Date.UTC(2030, 0, 1);
const lock: HeldLock = {
  space: "",
  name: "/srv/a.img",
  path: "/srv/a.img",
  shared: false,
  state: LockState.held,
  since: BigInt(since),
  holders: [{ host: "node1", bootId: "b1", uuid, name: "web", id: 3, pid: 77 }],
};

test.each([
  ["held", {}, 5_000, "held   exclusive  5 s  node1  web     77   /srv/a.img"],
  ["shared", { shared: true }, 61_000, "held   shared  1 min  node1  web     77   /srv/a.img"],
  ["lost", { state: LockState.lost }, 7_200_000, "LOST   exclusive  2 h  node1  web     77   /srv/a.img"],
  [
    "of nobody",
    { holders: [], since: 0n, state: LockState.unknown },
    0,
    "unknown  exclusive  -    -     -       -    /srv/a.img",
  ],
])("a table: %s", (_, more, age, row) => {
  expect(formatTable([{ ...lock, ...more }], since + age).split("\n")[1]).toBe(row);
});

test("what other hosts write cannot command the terminal", () => {
  const bad = { ...lock, path: "/\u001b[2Ja", holders: [] };
  expect(formatTable([bad], since)).not.toContain("\u001b");
  expect(formatChange(LockChange.lost, bad, new Date(since))).toBe("2030-01-01T00:00:00.000Z LOST /?[2Ja");
});

test("details and JSON", () => {
  const indirect = { ...lock, space: "/srv/locks", name: "abc", path: "/srv/locks/abc" };
  expect(formatDetails(indirect, since + 90_000)).toBe(`Resource:   abc
Lockspace:  /srv/locks
File:       /srv/locks/abc
State:      held
Mode:       exclusive
Since:      2030-01-01T00:00:00.000Z (1 min)
Holder:     domain 'web' (id 3, 07070707-0707-0707-0707-070707070707), process 77, host 'node1' (boot b1)`);
  expect(JSON.parse(formatJson([indirect]))).toEqual([
    {
      resource: "abc",
      lockspace: "/srv/locks",
      file: "/srv/locks/abc",
      state: "held",
      mode: "exclusive",
      since: "2030-01-01T00:00:00.000Z",
      holders: [
        {
          host: "node1",
          bootId: "b1",
          name: "web",
          id: 3,
          pid: 77,
          uuid: "07070707-0707-0707-0707-070707070707",
        },
      ],
    },
  ]);
});
