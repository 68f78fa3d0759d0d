import { afterEach, describe, expect, test } from "vitest";
import { steps } from "../../daemons/virtlockd/src/steps.ts";
import { busy, type Guest, isHeld, LockWorld, Rival, untilFree } from "./support/lock-world.ts";

const worlds: LockWorld[] = [];
const rivals: Rival[] = [];

async function create(...o: Parameters<typeof LockWorld.create>): Promise<LockWorld> {
  const world = await LockWorld.create(...o);
  worlds.push(world);
  return world;
}

async function rivalOf(...paths: string[]): Promise<Rival> {
  const rival = new Rival(paths);
  rivals.push(rival);
  await rival.begun();
  return rival;
}

afterEach(async () => {
  for (const rival of rivals.splice(0)) await rival.stop();
  for (const world of worlds.splice(0)) await world.close();
});

test.each(["SIGKILL", "SIGTERM"] as const)(
  "%s: no lock is free for an instant, guests run on and stay watched",
  async (signal) => {
    const world = await create();
    const [image, other] = [world.image(), world.image("b.img")];
    const guest = await world.guest();
    await guest.acquire(image);
    await guest.acquire(other, 1);
    const rival = await rivalOf(image, other);
    for (let round = 0; round < 3; round++) {
      await world.daemon.stop(signal);
      expect(isHeld(image)).toBe(true);
      await world.start();
      await expect(guest.acquire(image)).rejects.toMatchObject(busy(image));
    }
    expect(guest.isAlive).toBe(true);
    expect(await rival.stop()).toEqual([]);
    await guest.release(other);
    await guest.acquire(other);
    guest.kill();
    await untilFree(image);
    await untilFree(other);
  },
);

test("a guest that ends while there is no daemon loses its locks when there is one; others keep theirs", async () => {
  const world = await create();
  const [first, second] = [await world.guest(), await world.guest({ holder: false })];
  const [image, other] = [world.image(), world.image("b.img")];
  await first.acquire(image);
  await second.acquire(other);
  await world.kill();
  first.kill();
  await world.start();
  await untilFree(image);
  await expect(second.acquire(other)).rejects.toMatchObject(busy(other));
});

test("with the last guest the keeper leaves, though no daemon ever comes back", async () => {
  const world = await create();
  const guest = await world.guest();
  const image = world.image();
  await guest.acquire(image);
  await world.kill();
  guest.kill();
  await untilFree(image);
});

test("SIGUSR1, then SIGKILL", async () => {
  const world = await create();
  const guest = await world.guest();
  const image = world.image();
  await guest.acquire(image);
  const rival = await rivalOf(image);
  await world.daemon.handOver();
  await world.daemon.handOver();
  await world.kill();
  await world.start();
  await world.daemon.handOver();
  expect(await rival.stop()).toEqual([]);
  await guest.release(image);
  await guest.acquire(image);
  guest.kill();
  await untilFree(image);
});

test("nothing is left behind when nothing is locked", async () => {
  const world = await create();
  const guest = await world.guest();
  const image = world.image();
  await guest.acquire(image);
  await guest.release(image);
  guest.kill();
  await untilFree(image);
  expect(await world.daemon.stop("SIGTERM")).toBe(0);
  await world.start();
  await (await world.guest()).acquire(image);
});

describe("killed at", () => {
  /** What a client was told, if anything. */
  type Told = "held" | "free" | "nothing";

  /** A client that finds the daemon killed waits for the next one, so its end is watched as well. */
  async function tell(world: LockWorld, work: () => Promise<void>, after: Told): Promise<Told> {
    const told = work().then(
      () => after,
      () => "nothing" as const, // the connection broke
    );
    return Promise.race([told, world.daemon.ended().then(() => "nothing" as const)]);
  }

  async function play(world: LockWorld, guest: Guest, image: string): Promise<Told> {
    let told = await tell(world, () => guest.acquire(image, 1), "held");
    if (told === "held") {
      const again = await tell(world, () => guest.acquire(image, 1), "held");
      if (again === "nothing") return told; // once or twice, it is held
      if ((await tell(world, () => guest.release(image), "held")) === "nothing") return told;
      told = await tell(world, () => guest.release(image), "free");
    }
    return told;
  }

  test.each(steps)("%s", async (step) => {
    const world = await create();
    const image = world.image();
    const guest = step.startsWith("holder") ? undefined : await world.guest({ holder: false });
    await world.kill();
    if (step.startsWith("adopt")) {
      await expect(world.start({ env: { LIBVIRT_FAILPOINT: step } })).rejects.toThrow("virtlockd ended");
      await world.start();
    } else await world.start({ env: { LIBVIRT_FAILPOINT: step } });
    const player = guest ?? (await world.guest());
    const told = await play(world, player, image);
    await world.kill();
    if (told === "held") expect(isHeld(image)).toBe(true);
    await world.start();
    if (told === "held") {
      expect(isHeld(image)).toBe(true);
      await player.release(image);
    }
    if (told === "free") await player.acquire(image);
    player.kill();
    await untilFree(image);
  });
});
