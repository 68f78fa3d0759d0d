import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bootDisk, bootDomain, World, waitFor } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

/* Our own virsh on our own daemon, with a guest that runs. */

const program = fileURLToPath(new URL("../../tools/virsh/dist/virsh.mjs", import.meta.url));
let world: World;

beforeAll(async () => {
  world = await World.create();
  const disk = world.file("disk.img", bootDisk({ banner: "up", ticks: 2 }));
  await world.define(bootDomain({ name: "guest", disk }));
});
afterAll(() => world?.close());

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  text: string;
}

function run(command: string, args: readonly string[]): Running {
  const child = spawn(command, args);
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const running: Running = { child, ended, text: "" };
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      running.text += chunk.toString();
    });
  return running;
}
const virsh = (...args: string[]) => run(process.execPath, [program, "-c", world.uri, ...args]);

test("a guest is started, told of, watched, talked to and stopped", async () => {
  const watching = virsh("event", "--event", "lifecycle", "--loop");
  // nobody tells when it listens: what it is told is made until it hears of it
  await waitFor("the first event", async () => {
    await virsh("start guest; destroy guest").ended;
    return watching.text.includes("Stopped Destroyed");
  });
  const started = virsh("start guest; domstate guest --reason; vcpucount guest --live --maximum");
  expect(await started.ended).toBe(0);
  expect(started.text).toBe("Domain 'guest' started\n\nrunning (booted)\n\n1\n\n");

  const line = `'${process.execPath}' '${program}' -c '${world.uri}' console guest`;
  const console = run("script", ["-qec", line, "/dev/null"]);
  await waitFor("what the guest says", () => /tick [0-9A-F]{4}/.test(console.text));
  console.child.stdin?.write("\x1d"); // Ctrl-]
  expect(await console.ended).toBe(0);
  expect(console.text).toContain("Connected to domain 'guest'");

  const stopped = virsh("destroy guest; domstate guest --reason");
  expect(await stopped.ended).toBe(0);
  expect(stopped.text).toBe("Domain 'guest' destroyed\n\nshut off (destroyed)\n\n");
  watching.child.kill("SIGINT");
  expect(await watching.ended).toBe(0);
  expect(watching.text).toMatch(
    /event 'lifecycle' for domain 'guest': Started Booted[\s\S]*events received: \d+\n/,
  );
});
