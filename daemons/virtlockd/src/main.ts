import { type DaemonContext, type Programs, runDaemon } from "@libvirt-ts/daemon";
import { mountOf } from "@libvirt-ts/host/mounts";
import { TableFile } from "@libvirt-ts/keeper";
import { native } from "@libvirt-ts/native";
import { LockChange } from "@libvirt-ts/protocol";
import { failpoints, failpointVariable } from "@libvirt-ts/util/failpoint";
import { about } from "./about.ts";
import { adoptAll } from "./adoption.ts";
import { inspection } from "./inspection.ts";
import { Ledger } from "./ledger.ts";
import { describeHolder, keepLedger, takeOver } from "./ledger-keeping.ts";
import { lockFiles } from "./lock-file.ts";
import { Lockspaces } from "./lockspaces.ts";
import { Owners } from "./owners.ts";
import { Records } from "./records.ts";
import { lockService, type SavedRegistration } from "./service.ts";
import type { PassStep } from "./steps.ts";
import { thisHost } from "./this-host.ts";

// Before the pool of threads begins: each file server that does not answer may hold some of them.
process.env.UV_THREADPOOL_SIZE ??= "16";
void runDaemon({ ...about, survives: true, programs });

async function programs(ctx: DaemonContext<typeof about.keys>): Promise<Programs> {
  const log = ctx.log.child({ mod: "locking" });
  const pass: PassStep = failpoints(process.env[failpointVariable], () =>
    process.kill(process.pid, "SIGKILL"),
  );
  const host = thisHost(ctx.paths.etc);
  pass("adopt.begun");
  const records = new Records(ctx.store, TableFile.open(`${ctx.paths.run}/virtlockd.state`, host.bootId));
  const owners = new Owners(native, log, records);
  const files = lockFiles(native);
  const ledger = new Ledger({
    host,
    directory: ctx.config.ledger_dir,
    onError: (error, file) => log.warn({ err: error, file }, "cannot write down who holds a lock"),
  });
  const spaces: Lockspaces = new Lockspaces({
    files,
    owners,
    records,
    pass,
    inhibit: ctx.inhibit,
    checkMs: (ctx.config.lease_seconds * 1000) / 3,
    onError: (error) => log.error({ err: error }, "resource of an ended owner not wholly released"),
    onChange(change, resource) {
      if (change === LockChange.lost)
        log.error({ resource: resource.path }, "lock is lost: others may have it");
      keepLedger(ledger, change, resource);
      if (change === LockChange.acquired) takeOver(ledger, resource);
      inspect.changed(change, resource);
    },
    onSpace(directory) {
      if (!mountOf(directory).isLocal) ledger.add(directory);
    },
    describe: (space, name, by) => describeHolder(ledger, { space, name, by }),
  });
  const inspect = inspection({ spaces, ledger, files });
  const { service, ...clients } = lockService({
    spaces,
    owners,
    records,
    pass,
    onError: (error) => log.error({ err: error }, "connection of an owner is not kept"),
  });
  const adopted = adoptAll({ native, log, records, owners, spaces, inherited: ctx.inherited });
  pass("adopt.done");
  void ledger
    .tidy((space, name) => spaces.find(space, name) !== undefined)
    .catch((error: unknown) => log.warn({ err: error }, "cannot look through the ledger"));

  return {
    services: [service],
    adminServices: [inspect.service],
    clients: adopted,
    stopping: () => clients.stopping(),
    async close() {
      await ledger.settled();
      ctx.store.close();
    },
    handOver: {
      async suspend() {
        owners.suspend();
        await spaces.settled();
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
