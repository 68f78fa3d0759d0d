import { statSync } from "node:fs";
import { cpus, hostname } from "node:os";
import { fileURLToPath } from "node:url";
import {
  type DaemonContext,
  libraryVersion,
  type Programs,
  runDaemon,
  versionText,
} from "@libvirt-ts/daemon";
import { Network } from "@libvirt-ts/daemon/network";
import {
  networkAccess,
  networkHandlers,
  networkServices,
  openNetworkDriver,
  reload,
} from "@libvirt-ts/driver-network";
import { loadDomains, openQemuDriver, qemuServices, readHostFacts } from "@libvirt-ts/driver-qemu";
import { testHosts } from "@libvirt-ts/driver-test";
import { connectInside, entrance, Server } from "@libvirt-ts/rpc/server";
import { about } from "./about.ts";

const usPerMs = 1000n;
const libVersion = libraryVersion;
/** Built beside this program. */
const leasesHelper = fileURLToPath(new URL("./libvirt_leaseshelper", import.meta.url));

void runDaemon({ ...about, programs, network: Network });

async function programs({ paths, log, inhibit }: DaemonContext<typeof about.keys>): Promise<Programs> {
  const { privileged } = paths;
  const network = await openNetworkDriver({
    paths,
    log: log.child({ mod: "network" }),
    leasesHelper,
    inhibit,
  });
  const forNetworks = networkServices(network, { privileged, libVersion });
  const inside = new Server({ name: "network", log: log.child({ mod: "rpc" }), services: forNetworks });
  const qemu = await openQemuDriver({
    paths,
    log: log.child({ mod: "qemu" }),
    host: readHostFacts(process.arch),
    env: process.env,
    now: Date.now,
    self: { text: versionText, version: libVersion, ctime: installedAt() },
    inhibit,
    networks: () => connectInside(inside),
  });
  await loadDomains(qemu);
  const forGuests = qemuServices(qemu, {
    libVersion,
    other: { handlers: networkHandlers(network), access: networkAccess(network) },
  });
  return {
    services: entrance([
      { scheme: "qemu", services: () => forGuests },
      { scheme: "network", services: () => forNetworks },
      testHosts({ hostname: hostname(), cpuCount: cpus().length, now: () => BigInt(Date.now()) * usPerMs }),
    ]),
    reload: () => reload(network),
    async close() {
      await qemu.networks.close();
    },
  };
}

/** When this very program came here, in seconds: capabilities are probed again by a new one. */
function installedAt(): number {
  return Math.floor(statSync(fileURLToPath(import.meta.url)).ctimeMs / 1000);
}
