import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DaemonName, World, type WorldOptions } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Outcome, outcomeOf } from "./differential/outcome.ts";
import type { Request } from "./differential/requests.ts";
import { testDriverDifferences as differences } from "./differential/test-driver-differences.ts";
import { testDriverRequests } from "./differential/test-driver-requests.ts";

/**
 * Every procedure of the remote program, on what is there, what is stopped, what has vanished and what never was, with
 * flags and numbers nobody knows: the test drivers of libvirt's libvirtd 9.0 and of ours answer with the same status,
 * code and domain.
 */
const all = testDriverRequests();
const sides = {
  theirs: { daemon: "virtqemud", options: { systemPaths: true, peers: ["virtqemud"], daemons: [] } },
  ours: { daemon: "libvirtd", options: { daemons: [] } },
} as const satisfies Record<string, { daemon: DaemonName; options: WorldOptions }>;
const outcomes = { theirs: [] as Outcome[], ours: [] as Outcome[] };
const worlds: World[] = [];

beforeAll(async () => {
  for (const side of ["theirs", "ours"] as const) outcomes[side] = await askAll(sides[side]);
  // libvirtd lets go of a client some time after its end, and who comes meanwhile meets that client's host
  for (const i of differing().filter((each) => differenceOf(each) === undefined)) {
    for (const [at, side] of (["theirs", "ours"] as const).entries()) {
      const socket = worlds[at]?.socket(sides[side].daemon) ?? "";
      outcomes[side][i] = await outcomeOf(socket, all[i] as Request, "test:///default");
    }
  }
}, 240_000);
afterAll(async () => {
  for (const world of worlds) await world.close();
});

async function askAll({
  daemon,
  options,
}: {
  daemon: DaemonName;
  options: WorldOptions;
}): Promise<Outcome[]> {
  const world = await World.create(options);
  worlds.push(world);
  const config = 'auth_unix_rw = "none"\nauth_unix_ro = "none"\n';
  writeFileSync(join(world.prefix, "etc/libvirt/libvirtd.conf"), config);
  await world.start(daemon);
  const found: Outcome[] = [];
  for (const request of all) {
    const outcome = await outcomeOf(world.socket(daemon), request, "test:///default");
    found.push(outcome);
    if (!outcome.closed || outcome.answer !== "none") continue;
    await world.daemon(daemon).stop("SIGKILL"); // it has ended by itself, perhaps not quite
    await world.start(daemon);
  }
  return found;
}

const shown = ({ name }: Request, { answer, closed, text }: Outcome) =>
  `${name} -> ${answer}${closed ? ", closed" : ""}${text === undefined ? "" : ` (${text.slice(0, 120)})`}`;
const isSame = (i: number): boolean =>
  outcomes.ours[i]?.answer === outcomes.theirs[i]?.answer &&
  outcomes.ours[i]?.closed === outcomes.theirs[i]?.closed;
const differing = () => all.map((_, i) => i).filter((i) => !isSame(i));
/** The difference that covers a request, if they differ. */
const differenceOf = (i: number) =>
  differences.find(({ covers }) =>
    covers(all[i] as Request, outcomes.theirs[i] as Outcome, outcomes.ours[i] as Outcome),
  );

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
  console.log(`${all.length} requests, ${same} answered alike`);
  expect(all.length).toBeGreaterThan(5_000);
  expect(same).toBeGreaterThan(5_000);
});

test("our daemon answers every request, and lives", () => {
  expect(outcomes.ours.filter(({ answer }) => answer === "none")).toEqual([]);
});

test.each(differences.map(({ reason }, i) => [reason, i] as const))("still differs: %s", (_, n) => {
  expect(differing().some((i) => differenceOf(i) === differences[n])).toBe(true);
});

test("every difference is told in docs/differences.md", () => {
  const text = readFileSync(new URL("../../docs/differences.md", import.meta.url), "utf8").toLowerCase();
  const missing = differences.filter(({ reason }) => !text.includes(reason.toLowerCase()));
  expect(missing.map(({ reason }) => reason)).toEqual([]);
});
