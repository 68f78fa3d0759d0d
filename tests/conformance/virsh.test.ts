import { type Census, census, expectNoLeak, peer, World, warmUp } from "@libvirt-ts/testing";
import { afterAll, beforeAll, describe, test } from "vitest";
import { check } from "./table.ts";
import { cpus } from "./tables/cpus.ts";
import { definitions } from "./tables/definitions.ts";
import { host } from "./tables/host.ts";
import { networks } from "./tables/networks.ts";
import { running } from "./tables/running.ts";

describe.each([host, cpus, definitions, running, networks])("virsh: $name", (table) => {
  let world: World;
  let before: Census;

  beforeAll(async () => {
    world = await World.create();
    for (const [name, content] of Object.entries(table.files?.(world) ?? {})) world.file(name, content);
    await warmUp(world);
    before = await census(world);
  });
  afterAll(() => world?.close());

  test.each(table.rows)("%s", (...row) => check(world, row));
  test.skipIf(peer)("leaves nothing behind", () => expectNoLeak(world, before));
});
