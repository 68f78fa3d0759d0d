import { randomBytes } from "node:crypto";
import type { Paths } from "@libvirt-ts/daemon";
import { runHolding } from "@libvirt-ts/host";
import type { Logger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { NetworkDriver } from "./driver.ts";
import { recover } from "./recover.ts";
import { lockState } from "./state-lock.ts";
import { networkDirs } from "./world.ts";

export interface NetworkWorld {
  readonly paths: Paths;
  readonly log: Logger;
  /** The program that dnsmasq tells of leases. */
  readonly leasesHelper: string;
  /** Keeps the daemon from ending for lack of clients. */
  inhibit(): () => void;
}

/**
 * The driver of this machine, with the networks it finds there.
 * @throws VirError OPERATION_FAILED when another driver is at work
 */
export async function openNetworkDriver(world: NetworkWorld): Promise<NetworkDriver> {
  const dirs = networkDirs(world.paths, world.leasesHelper);
  const lock = await lockState(native, dirs);
  const driver = new NetworkDriver({
    host: {
      root: "",
      now: Date.now,
      random: randomBytes,
      run: runHolding(lock),
      native,
      log: world.log,
    },
    dirs,
    inhibit: world.inhibit,
  });
  await recover(driver);
  return driver;
}
