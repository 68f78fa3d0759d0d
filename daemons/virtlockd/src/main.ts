import { type DaemonContext, type Programs, runDaemon } from "@libvirt-ts/daemon";
import { native } from "@libvirt-ts/native";
import { about } from "./about.ts";
import { lockFiles } from "./lock-file.ts";
import { Lockspaces, type SavedLockspace } from "./lockspaces.ts";
import { Owners, type SavedOwner } from "./owners.ts";
import { lockService, type SavedRegistration } from "./service.ts";

void runDaemon({ ...about, programs });

interface State {
  owners: SavedOwner[];
  lockspaces: SavedLockspace[];
}

async function programs(ctx: DaemonContext<typeof about.keys>): Promise<Programs> {
  const log = ctx.log.child({ mod: "locking" });
  const owners = new Owners(native, log);
  const spaces = new Lockspaces({
    files: lockFiles(native),
    owners,
    inhibit: ctx.inhibit,
    onError: (error) => log.error({ err: error }, "resource of an ended owner not wholly released"),
  });
  const { service, saveClient, adoptClient } = lockService(spaces, owners);
  const inherited = ctx.inherited as State | undefined; // written by `save` below
  if (inherited) adopt(inherited);

  function adopt(state: State): void {
    for (const fd of descriptors(state)) native.setCloexec(fd, true);
    owners.adopt(state.owners);
    spaces.adopt(state.lockspaces);
  }

  return {
    services: [service],
    handOver: {
      async suspend() {
        owners.suspend();
        await spaces.settled();
      },
      save() {
        const state: State = { owners: owners.save(), lockspaces: spaces.save() };
        return { state, fds: descriptors(state) };
      },
      resume: () => owners.resume(),
      saveClient,
      adoptClient: (client, saved) => {
        if (saved) adoptClient(client, saved as SavedRegistration); // from `saveClient`
      },
      adopted: () => owners.adopted(inherited?.owners ?? []),
    },
  };
}

function descriptors({ owners, lockspaces }: State): number[] {
  return [
    ...owners.flatMap(({ pidfd }) => pidfd ?? []),
    ...lockspaces.flatMap(({ resources }) => resources.map(({ fd }) => fd)),
  ];
}
