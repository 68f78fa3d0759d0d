import { resolve } from "node:path";
import { Argument, Command } from "commander";
import { runDemo } from "./demo.ts";
import { stopDaemons } from "./down.ts";
import { daemonStatus } from "./status.ts";
import { startDaemons } from "./up.ts";
import { daemonNames, world } from "./world.ts";

const program = new Command("dev").description("Runs the built daemons in a private prefix.");

const command = (name: string, description: string) =>
  program
    .command(name)
    .description(description)
    .addArgument(new Argument("[daemon...]", "default: all").choices(daemonNames))
    .requiredOption("--prefix <dir>", "every path of the daemons lies below this directory");

command("up", "Starts daemons in the background; returns when they answer.").action(
  async (names: string[], { prefix }: { prefix: string }) => {
    const failures = await startDaemons(world(resolve(prefix)), names);
    for (const failure of failures) console.error(failure);
    if (failures.length > 0) process.exitCode = 1;
  },
);

command("down", "Stops daemons; returns when they have ended.").action(
  async (names: string[], { prefix }: { prefix: string }) => {
    for (const line of await stopDaemons(world(resolve(prefix)), names)) console.log(line);
  },
);

command("status", "Shows which daemons run; fails if one does not.").action(
  async (names: string[], { prefix }: { prefix: string }) => {
    const rows = daemonStatus(world(resolve(prefix)), names);
    for (const { name, pid } of rows)
      console.log(`${name.padEnd(14)} ${pid === undefined ? "-" : `running, pid ${pid}`}`);
    if (rows.some(({ pid }) => pid === undefined)) process.exitCode = 1;
  },
);

program
  .command("demo")
  .description("Starts the daemons and a demo guest; says how to connect.")
  .requiredOption("--prefix <dir>", "every path of the daemons lies below this directory")
  .requiredOption("--kernel <file>", "what the guest boots")
  .requiredOption("--initrd <file>", "and its initial file system")
  .action(({ prefix, ...images }: { prefix: string; kernel: string; initrd: string }) =>
    runDemo(world(resolve(prefix)), images),
  );

program
  .command("gen-docs")
  .description("Writes sample configurations, Augeas lenses and man pages from the key tables.")
  .action(async () => {
    const { genDocs } = await import("./docs/gen-docs.ts");
    for (const path of await genDocs()) console.log(path);
  });

program
  .command("package")
  .description("Builds Debian packages of what has been built.")
  .option("--out <dir>", "where they are put", "build/packages")
  .action(async ({ out }: { out: string }) => {
    const { buildPackages } = await import("./package/build-packages.ts");
    for (const path of await buildPackages(resolve(out))) console.log(path);
  });

await program.parseAsync();
