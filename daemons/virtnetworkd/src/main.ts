import { fileURLToPath } from "node:url";
import { type DaemonContext, libraryVersion, type Programs, runDaemon } from "@libvirt-ts/daemon";
import { networkServices, openNetworkDriver, reload } from "@libvirt-ts/driver-network";
import { about } from "./about.ts";

/** Built beside this program. */
const leasesHelper = fileURLToPath(new URL("./libvirt_leaseshelper", import.meta.url));

void runDaemon({ ...about, programs });

async function programs({ paths, log, inhibit }: DaemonContext<typeof about.keys>): Promise<Programs> {
  const driver = await openNetworkDriver({
    paths,
    log: log.child({ mod: "network" }),
    leasesHelper,
    inhibit,
  });
  return {
    services: networkServices(driver, { privileged: paths.privileged, libVersion: libraryVersion }),
    reload: () => reload(driver),
  };
}
