import { execFile } from "node:child_process";
import { realpathSync } from "node:fs";
import { promisify } from "node:util";
import { lockAdmin } from "@libvirt-ts/protocol";
import { Command } from "commander";
import { defaultSockets, withClient } from "./daemon.ts";
import { examineSurvival } from "./doctor.ts";
import { formatChange, formatDetails, formatJson, formatTable } from "./format.ts";
import { imageHolders } from "./image-holders.ts";

const { list, claims, who, watch, breakLock, changed } = lockAdmin.procs;
const sockets = defaultSockets(process.env, process.getuid?.() ?? 0);
const flags = 0;

const program = new Command("virt-lock")
  .description("Who holds the locks on disk images.")
  .version("0.1.0")
  .showHelpAfterError();

program
  .command("list")
  .description("list locks of this host")
  .option("--cluster <dir>", "of all hosts whose ledger is in this directory")
  .option("--json", "for programs")
  .action(async ({ cluster, json }: { cluster?: string; json?: boolean }) => {
    const { locks } = await withClient(sockets.admin, (client) =>
      cluster === undefined
        ? client.call(list, { flags })
        : client.call(claims, { directory: realpathSync(cluster), flags }),
    );
    console.log(json ? formatJson(locks) : formatTable(locks, Date.now()));
  });

program
  .command("info <path>")
  .description("show all that is known of the lock on an image")
  .action(async (path: string) => {
    const { locks } = await ask(path);
    if (locks.length === 0) throw new Error(`nobody holds a lock on '${path}'`);
    console.log(locks.map((lock) => formatDetails(lock, Date.now())).join("\n\n"));
  });

program
  .command("who <path>")
  .description("name the holders of an image's locks, QEMU's own among them; exit status 1: nobody")
  .action(async (path: string) => {
    const { locks } = await ask(path);
    const leases = locks.flatMap(({ holders, shared }) =>
      holders.map(
        ({ name, pid, host }) =>
          `lease (${shared ? "shared" : "exclusive"}): domain '${name}', process ${pid}, host '${host}'`,
      ),
    );
    const images = imageHolders(path)
      .filter(({ start }) => start > 0)
      .map(({ pid, program: name, guest }) => {
        const whose = guest === undefined ? "" : `, domain '${guest}'`;
        return `QEMU's image lock: process ${pid} (${name})${whose}`;
      });
    const all = [...new Set([...leases, ...images])];
    for (const line of all) console.log(line);
    if (all.length === 0) process.exitCode = 1;
  });

program
  .command("watch")
  .description("print every change as it happens")
  .action(() =>
    withClient(sockets.admin, async (client) => {
      client.onEvent(changed, ({ change, lock }) => console.log(formatChange(change, lock, new Date())));
      await client.call(watch, { flags });
      await client.closed;
    }),
  );

program
  .command("break <path>")
  .description("take a lock from a host that is gone; never from a holder that lives")
  .requiredOption(
    "--proof <proof>",
    "boot-id: the ledger shows a later boot of that host; fence:PROGRAM: ends it with status 0, given the host's " +
      "name and the path; manual:REASON: your word. It is recorded",
  )
  .action(async (path: string, { proof }: { proof: string }) => {
    await prove(path, proof);
    const { done } = await withClient(sockets.admin, (client) =>
      client.call(breakLock, { path: realpathSync(path), proof, flags }),
    );
    console.log(done);
  });

program
  .command("doctor")
  .description("examine what users trust")
  .requiredOption("--survival", "end the daemon in every way and see whether a lock was ever free")
  .action(async () => {
    for await (const { what, isGood, detail } of examineSurvival(sockets)) {
      console.log(`${isGood ? "good" : "BAD "}  ${what}: ${detail}`);
      if (!isGood) process.exitCode = 1;
    }
  });

function ask(path: string) {
  return withClient(sockets.admin, (client) => client.call(who, { path: realpathSync(path), flags }));
}

/** @throws Error when the proof is none */
async function prove(path: string, proof: string): Promise<void> {
  const [kind = "", ...rest] = proof.split(":");
  const what = rest.join(":");
  if (proof === "boot-id" || (kind === "manual" && what !== "")) return;
  if (kind !== "fence" || what === "")
    throw new Error(`'${proof}' is no proof: boot-id, fence:PROGRAM or manual:REASON`);
  const { locks } = await ask(path);
  for (const host of new Set(locks.flatMap(({ holders }) => holders.map((holder) => holder.host))))
    await promisify(execFile)(what, [host, path]);
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(`virt-lock: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
