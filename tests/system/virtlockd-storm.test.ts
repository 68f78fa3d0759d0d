import { setImmediate as tick } from "node:timers/promises";
import { lockAdmin } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { waitFor } from "@libvirt-ts/testing";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { type Guest, isHeld, LockWorld, Rival, untilFree } from "./support/lock-world.ts";

const worlds: LockWorld[] = [];
const rivals: Rival[] = [];

async function create(): Promise<LockWorld> {
  const world = await LockWorld.create();
  worlds.push(world);
  return world;
}

afterEach(async () => {
  for (const rival of rivals.splice(0)) await rival.stop();
  for (const world of worlds.splice(0)) await world.close();
});

/** Paths of what the daemon says is locked. */
async function listed(world: LockWorld): Promise<string[]> {
  const client = await RpcClient.connect(world.daemon.adminSocket);
  const { locks } = await client.call(lockAdmin.procs.list, { flags: 0 });
  client.close();
  return locks.map(({ path }) => path).sort();
}

const refusal = 87;
const codeOf = (error: unknown) => (error as { code?: number }).code; // any property of any error

/** Takes and gives back one lock all the time, and knows what it has; nobody else wants it. */
class Churner {
  readonly #guest: Guest;
  readonly path: string;
  /** "unknown": the daemon ended before it answered. */
  has: boolean | "unknown" = false;
  done = 0;
  broken = 0;

  constructor(guest: Guest, path: string) {
    this.#guest = guest;
    this.path = path;
  }

  async step(): Promise<void> {
    const before = this.has;
    const wantsIt = before !== true;
    const answer = await (wantsIt ? this.#guest.acquire(this.path) : this.#guest.release(this.path)).then(
      () => "done" as const,
      (error: unknown) => (codeOf(error) === refusal ? "refused" : "broken"),
    );
    this.done += 1;
    if (answer === "broken") {
      this.has = "unknown";
      this.broken += 1;
    } else if (answer === "done") this.has = wantsIt;
    else {
      expect(before, "refused only what may have been done already").toBe("unknown");
      this.has = true;
    }
    if (this.has === true) expect(isHeld(this.path)).toBe(true);
  }
}

/** As many as fit in a minute, on a slow machine; `LOCK_KILLS` asks for all of them, however long they take. */
const kills = Number(process.env.LOCK_KILLS ?? 200);
const fewest = process.env.LOCK_KILLS === undefined ? 60 : kills;
const longestMs = 60_000;
const owners = 32;
const held = 436;
const churned = 64;

test(`SIGKILL x ${kills} under load: what is held stays held, what is answered is true`, async () => {
  const world = await create();
  const guests = await Promise.all([...Array(owners)].map((_, n) => world.guest({ holder: n % 2 === 0 })));
  const guestOf = (n: number) => guests[n % owners] as Guest; // owners are more than none
  const images = [...Array(held)].map((_, n) => world.image(`held-${n}`));
  await Promise.all(images.map((image, n) => guestOf(n).acquire(image)));
  const churners = [...Array(churned)].map((_, n) => new Churner(guestOf(n), world.image(`churned-${n}`)));
  const rival = new Rival(images);
  rivals.push(rival);
  await rival.begun();

  let going = true;
  const load = churners.map(async (churner) => {
    while (going) await churner.step();
  });
  const steps = () => churners.reduce((sum, { done }) => sum + done, 0);
  const until = performance.now() + longestMs;
  let round = 0;
  for (; round < kills && (round < fewest || performance.now() < until); round++) {
    const enough = steps() + ((round * 7) % 97);
    while (steps() < enough) await tick();
    await world.kill();
    await world.start();
  }
  going = false;
  await Promise.all(load);

  const broken = churners.reduce((sum, each) => sum + each.broken, 0);
  expect(broken, "calls that a kill cut off").toBeGreaterThan(round);
  for (const churner of churners) while (churner.has === "unknown") await churner.step();
  const expected = [...images, ...churners.filter(({ has }) => has === true).map(({ path }) => path)];
  expect(await listed(world)).toEqual(expected.sort());
  for (const { path, has } of churners) expect(isHeld(path), path).toBe(has);
  expect(guests.every(({ isAlive }) => isAlive)).toBe(true);
  expect(await rival.stop()).toEqual([]);
  for (const guest of guests) guest.kill();
  for (const path of expected) await untilFree(path);
  expect(await listed(world)).toEqual([]);
}, 600_000);

type Ending = "SIGKILL" | "SIGTERM" | "SIGUSR1";
type Command =
  | { do: "acquire"; owner: number; lock: number; shared: boolean }
  | { do: "release"; owner: number; lock: number }
  | { do: "end"; owner: number }
  | { do: "restart"; by: Ending };

const owner = fc.nat(2);
const lock = fc.nat(2);
const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant("acquire" as const), owner, lock, shared: fc.boolean() }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("release" as const), owner, lock }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), owner }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("restart" as const),
        by: fc.constantFrom<Ending[]>("SIGKILL", "SIGTERM", "SIGUSR1"),
      }),
    },
  ),
  { minLength: 5, maxLength: 25 },
);

/** What a lock daemon has to do, in a few lines. */
class Model {
  readonly locks = new Map<number, { shared: boolean; owners: number[] }>();

  /** @returns the code of the error, 0 for none */
  acquire(owner: number, lock: number, shared: boolean): number {
    const there = this.locks.get(lock);
    if (there && !(there.shared && shared)) return refusal;
    if (there) there.owners.push(owner);
    else this.locks.set(lock, { shared, owners: [owner] });
    return 0;
  }

  release(owner: number, lock: number): number {
    const there = this.locks.get(lock);
    if (!there) return refusal;
    const at = there.owners.indexOf(owner);
    if (at < 0) return 1;
    there.owners.splice(at, 1);
    if (there.owners.length === 0) this.locks.delete(lock);
    return 0;
  }

  end(owner: number): void {
    for (const lock of [...this.locks.keys()]) while (this.release(owner, lock) === 0);
  }
}

test("any order of requests, ends of owners and restarts of the daemon gives what the model says", async () => {
  const world = await create();
  const outcome = (work: Promise<void>) => work.then(() => 0, codeOf);
  await fc.assert(
    fc.asyncProperty(commands, async (list) => {
      const model = new Model();
      const guests = await Promise.all([0, 1, 2].map((n) => world.guest({ holder: n !== 1 })));
      const images = [0, 1, 2].map((n) => world.image(`model-${n}`));
      const guestOf = (n: number) => guests[n] as Guest; // one for each owner
      const imageOf = (n: number) => images[n] ?? "";
      const held = () => [...model.locks.keys()].map(imageOf).sort();
      for (const command of list) {
        if (command.do === "acquire") {
          const done = outcome(guestOf(command.owner).acquire(imageOf(command.lock), command.shared ? 1 : 0));
          expect(await done).toBe(model.acquire(command.owner, command.lock, command.shared));
        } else if (command.do === "release") {
          const done = outcome(guestOf(command.owner).release(imageOf(command.lock)));
          expect(await done).toBe(model.release(command.owner, command.lock));
        } else if (command.do === "end") {
          guestOf(command.owner).kill();
          model.end(command.owner);
          guests[command.owner] = await world.guest();
          await waitFor("its locks to be free", async () => (await holders(world)) === count(model));
        } else if (command.by === "SIGUSR1") await world.daemon.handOver();
        else {
          await world.daemon.stop(command.by);
          await world.start();
        }
        expect(await listed(world)).toEqual(held());
        for (const [n, image] of images.entries()) expect(isHeld(image)).toBe(model.locks.has(n));
      }
      for (const guest of guests) guest.kill();
      for (const image of images) await untilFree(image);
    }),
    { numRuns: 25, seed: Number(process.env.LOCK_SEED ?? 11), endOnFailure: false },
  );
});

/** Acquisitions, a shared lock's counted each. */
async function holders(world: LockWorld): Promise<number> {
  const client = await RpcClient.connect(world.daemon.adminSocket);
  const { locks } = await client.call(lockAdmin.procs.list, { flags: 0 });
  client.close();
  return locks.reduce((sum, each) => sum + each.holders.length, 0);
}

const count = (model: Model) =>
  [...model.locks.values()].reduce((sum, { owners: each }) => sum + each.length, 0);
