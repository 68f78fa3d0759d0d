import { readFileSync } from "node:fs";
import { type DaemonContext, type Programs, runDaemon } from "@libvirt-ts/daemon";
import { TableFile } from "@libvirt-ts/keeper";
import { native } from "@libvirt-ts/native";
import { failpoints, failpointVariable } from "@libvirt-ts/util/failpoint";
import { about } from "./about.ts";
import { adoptAll } from "./adoption.ts";
import { lockFiles } from "./lock-file.ts";
import { Lockspaces } from "./lockspaces.ts";
import { Owners } from "./owners.ts";
import { Records } from "./records.ts";
import { lockService, type SavedRegistration } from "./service.ts";
import type { PassStep } from "./steps.ts";

void runDaemon({ ...about, survives: true, programs });

async function programs(ctx: DaemonContext<typeof about.keys>): Promise<Programs> {
  const log = ctx.log.child({ mod: "locking" });
  const pass: PassStep = failpoints(process.env[failpointVariable], () =>
    process.kill(process.pid, "SIGKILL"),
  );
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  pass("adopt.begun");
  const records = new Records(ctx.store, TableFile.open(`${ctx.paths.run}/virtlockd.state`, boot));
  const owners = new Owners(native, log, records);
  const spaces = new Lockspaces({
    files: lockFiles(native),
    owners,
    records,
    pass,
    inhibit: ctx.inhibit,
    onError: (error) => log.error({ err: error }, "resource of an ended owner not wholly released"),
    onLost: ({ path }) => log.error({ resource: path }, "lock is lost: others may have it"),
  });
  const { service, ...clients } = lockService({
    spaces,
    owners,
    records,
    pass,
    onError: (error) => log.error({ err: error }, "connection of an owner is not kept"),
  });
  const sameProcess = ctx.inherited !== undefined;
  const adopted = adoptAll({ native, log, records, owners, spaces, sameProcess });
  pass("adopt.done");

  return {
    services: [service],
    clients: adopted,
    stopping: () => clients.stopping(),
    async close() {
      ctx.store.close();
    },
    handOver: {
      async suspend() {
        owners.suspend();
        await spaces.settled();
      },
      save() {
        pass("exec.saved");
        return { state: {}, fds: [] };
      },
      resume: () => owners.resume(),
      saveClient: clients.save,
      adoptClient: (client, saved) => {
        if (saved) clients.adopt(client, saved as SavedRegistration); // from `clients.save`
      },
      adopted: () => owners.adopted(),
    },
  };
}
