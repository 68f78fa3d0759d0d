import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bootDisk, bootDomain, World, type WorldOptions } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { differences } from "./differential/differences.ts";
import { type OtherRequest, otherRequests } from "./differential/other-programs.ts";
import { type Outcome, outcomeOf } from "./differential/outcome.ts";
import { type Request, requests } from "./differential/requests.ts";

/**
 * The same requests, well-formed and not, to libvirt's libvirtd 9.0 and to virtqemud, to their admin sockets, and to both
 * virtlockds and virtlogds: the answer's status, code and domain are the same, and whether the connection stays.
 */
const domain = { name: "known", uuid: Buffer.alloc(16, 0x11), id: -1 };
const others = otherRequests();
const all: readonly Request[] = [...requests({ domain }), ...others];
const sides = {
  theirs: {
    systemPaths: true,
    peers: ["virtqemud", "virtlockd", "virtlogd"],
    daemons: ["virtlogd", "virtlockd"],
  },
  ours: { daemons: ["virtlogd", "virtlockd", "virtnetworkd"] },
} as const satisfies Record<string, WorldOptions>;
const worlds: World[] = [];
const outcomes = { theirs: [] as Outcome[], ours: [] as Outcome[] };

beforeAll(async () => {
  for (const side of ["theirs", "ours"] as const) outcomes[side] = await askAll(sides[side]);
}, 180_000);
afterAll(async () => {
  for (const world of worlds) await world.close();
});

async function askAll(options: WorldOptions): Promise<Outcome[]> {
  const world = await World.create(options);
  worlds.push(world);
  const config = 'auth_unix_rw = "none"\nauth_unix_ro = "none"\n';
  writeFileSync(join(world.prefix, "etc/libvirt/virtqemud.conf"), config);
  await world.start("virtqemud");
  const uuid = "11111111-1111-1111-1111-111111111111";
  await world.define(bootDomain({ name: domain.name, uuid, disk: world.file("known.img", bootDisk()) }));
  await world.virsh("capabilities"); // both know QEMU from now on
  const found: Outcome[] = [];
  const main = world.socket("virtqemud");
  const sockets: Record<OtherRequest["socket"], string> = {
    admin: main.replace(/-sock$/, "-admin-sock"),
    lock: world.socket("virtlockd"),
    log: world.socket("virtlogd"),
  };
  for (const request of all) {
    const socket = "socket" in request ? sockets[(request as OtherRequest).socket] : main; // only they have one
    found.push(await outcomeOf(socket, request));
  }
  return found;
}

const shown = ({ name }: Request, { answer, closed, text }: Outcome) =>
  `${name} -> ${answer}${closed ? ", closed" : ""}${text === undefined ? "" : ` (${text.slice(0, 120)})`}`;
const isSame = (i: number): boolean =>
  outcomes.ours[i]?.answer === outcomes.theirs[i]?.answer &&
  outcomes.ours[i]?.closed === outcomes.theirs[i]?.closed;
/** The difference that covers a request, if they differ. */
function differenceOf(i: number) {
  const [request, theirs, ours] = [all[i], outcomes.theirs[i], outcomes.ours[i]];
  if (request === undefined || theirs === undefined || ours === undefined) return undefined;
  return differences.find(({ covers }) => covers(request, theirs, ours));
}
const differing = () => all.map((_, i) => i).filter((i) => !isSame(i));

test("answers are the same, but for known differences", () => {
  const unknown = differing().filter((i) => differenceOf(i) === undefined);
  const lines = unknown.map((i) => [
    shown(all[i] as Request, outcomes.theirs[i] as Outcome),
    shown(all[i] as Request, outcomes.ours[i] as Outcome),
  ]);
  expect(lines).toEqual([]);
});

test("most requests are answered alike", () => {
  const same = all.length - differing().length;
  const mostlyOurs = others.filter((_, i) => isSame(all.length - others.length + i)).length;
  console.log(`${all.length} requests, ${same} answered alike`);
  console.log(`of these ${others.length} to admin, lock and log sockets, ${mostlyOurs} answered alike`);
  expect(all.length).toBeGreaterThan(2_000);
  expect(same).toBeGreaterThan(1_600);
});

test.each(differences.map(({ reason }, i) => [reason, i] as const))("still differs: %s", (_, n) => {
  expect(differing().some((i) => differenceOf(i) === differences[n])).toBe(true);
});

test("every difference is told in docs/differences.md", () => {
  const text = readFileSync(new URL("../../docs/differences.md", import.meta.url), "utf8");
  const missing = differences.filter(({ reason }) => !text.toLowerCase().includes(reason.toLowerCase()));
  expect(missing.map(({ reason }) => reason)).toEqual([]);
});

test("no daemon has died", async () => {
  for (const world of worlds)
    for (const name of ["virtqemud", "virtlockd", "virtlogd"] as const)
      expect([name, world.daemon(name).running]).toEqual([name, true]);
});
