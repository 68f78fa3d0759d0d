import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { World } from "@libvirt-ts/testing";
import { Command } from "commander";
import { figures, HealthyClient, isServed, recordedCalls, run } from "./index.ts";

const program = new Command("fuzz")
  .description(
    "Starts a virtqemud of its own and sends it what no client would, until the time is up or it fails.",
  )
  .option("--minutes <n>", "how long", "60")
  .option("--seed <n>", "what the first round sends; each round takes the next", "1")
  .option("--round <n>", "connections a round", "2000");
program.parse();
const { minutes, seed, round } = program.opts<{ minutes: string; seed: string; round: string }>();

/** What a round may leave open for a moment: a guest that it has started. */
const spareDescriptors = 40;
const mostMiB = 400;
let most: number | undefined;

const world = await World.create({ daemons: ["virtlogd"] });
try {
  writeFileSync(join(world.prefix, "etc/libvirt/virtqemud.conf"), "max_anonymous_clients = 1000\n");
  const { pid } = await world.start("virtqemud");
  const socket = world.socket("virtqemud");
  const recorded = recordedCalls();
  const untilMs = Date.now() + Number(minutes) * 60_000;
  for (let current = Number(seed); Date.now() < untilMs; current++) {
    const healthy = await HealthyClient.start(socket);
    const sent = await run({
      socket,
      recorded,
      seed: current,
      parallel: 8,
      sessions: Number(round),
      untilMs,
    });
    const { longestMs } = await healthy.stop();
    if (!(await isServed(socket))) throw new Error("not served any more");
    const log = await world.daemonOutput("virtqemud");
    const unexpected = log.split("\n").filter((line) => /unexpectedly|uncaught/.test(line));
    console.log(
      JSON.stringify({ seed: current, ...sent, longestMs: Math.round(longestMs), ...figures(pid) }),
    );
    most ??= figures(pid).descriptors + spareDescriptors;
    const { descriptors, rssMiB } = figures(pid);
    if (descriptors > most || rssMiB > mostMiB) throw new Error(`seed ${current}: it keeps too much`);
    if (unexpected.length > 0) throw new Error(`seed ${current}:\n${unexpected.slice(0, 5).join("\n")}`);
  }
} finally {
  await world.close();
}
