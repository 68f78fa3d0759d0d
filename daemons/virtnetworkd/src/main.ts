import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type DaemonContext, libraryVersion, type Programs, runDaemon } from "@libvirt-ts/daemon";
import {
  lockState,
  NetworkDriver,
  networkAccess,
  networkDirs,
  networkHandlers,
  recover,
  reload,
} from "@libvirt-ts/driver-network";
import { ErrorDomain } from "@libvirt-ts/errors";
import { runHolding } from "@libvirt-ts/host";
import { native } from "@libvirt-ts/native";
import { remote } from "@libvirt-ts/protocol";
import { connectionService } from "@libvirt-ts/rpc/server";
import { about } from "./about.ts";

/** `VIR_DRV_FEATURE_*`: typed strings in parameters, the argument order of NETWORK_UPDATE. */
const features = [9, 16];

/** Built beside this program. */
const leasesHelper = fileURLToPath(new URL("./libvirt_leaseshelper", import.meta.url));

void runDaemon({ ...about, programs });

async function programs(ctx: DaemonContext<typeof about.keys>): Promise<Programs> {
  const dirs = networkDirs(ctx.paths, leasesHelper);
  const lock = await lockState(native, dirs);
  const driver = new NetworkDriver({
    host: {
      root: "",
      now: Date.now,
      random: randomBytes,
      run: runHolding(lock),
      native,
      log: ctx.log.child({ mod: "network" }),
    },
    dirs,
    inhibit: ctx.inhibit,
  });
  await recover(driver);
  const connection = connectionService({
    type: "network",
    scheme: "network",
    privileged: ctx.paths.privileged,
    features,
    libVersion: libraryVersion,
  });
  return {
    services: [
      {
        program: remote,
        access: networkAccess(driver),
        handlers: { ...connection.handlers, ...networkHandlers(driver) },
        errorDomain: ErrorDomain.NETWORK,
        gate: connection.gate,
      },
    ],
    reload: () => reload(driver),
  };
}
