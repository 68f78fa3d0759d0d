import { program } from "../program.ts";
import { authProcs } from "./auth.ts";
import { connectProcs } from "./connect.ts";
import { domainProcs } from "./domain.ts";
import { domainEventProcs } from "./domain-event.ts";
import { domainGuestProcs } from "./domain-guest.ts";
import { domainInfoProcs } from "./domain-info.ts";
import { domainMigrateProcs } from "./domain-migrate.ts";
import { domainResourcesProcs } from "./domain-resources.ts";
import { domainSnapshotProcs } from "./domain-snapshot.ts";
import { domainStorageProcs } from "./domain-storage.ts";
import { interfaceProcs } from "./interface.ts";
import { networkProcs } from "./network.ts";
import { nodeProcs } from "./node.ts";
import { nodeDeviceProcs } from "./node-device.ts";
import { nwfilterProcs } from "./nwfilter.ts";
import { secretProcs } from "./secret.ts";
import { storageProcs } from "./storage.ts";

/** The program of all driver daemons. */
export const remote = program("remote", 0x20008086, 1, {
  ...authProcs,
  ...connectProcs,
  ...nodeProcs,
  ...domainProcs,
  ...domainInfoProcs,
  ...domainResourcesProcs,
  ...domainStorageProcs,
  ...domainGuestProcs,
  ...domainSnapshotProcs,
  ...domainMigrateProcs,
  ...domainEventProcs,
  ...networkProcs,
  ...storageProcs,
  ...nodeDeviceProcs,
  ...interfaceProcs,
  ...nwfilterProcs,
  ...secretProcs,
});
