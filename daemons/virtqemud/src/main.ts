import { statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type DaemonContext,
  libraryVersion,
  type Programs,
  runDaemon,
  versionText,
} from "@libvirt-ts/daemon";
import { sessionDaemon } from "@libvirt-ts/daemon/session-daemon";
import { loadDomains, openQemuDriver, qemuServices, readHostFacts } from "@libvirt-ts/driver-qemu";
import type { ConnectionKind } from "@libvirt-ts/protocol";
import { forwarder, openSecondary } from "@libvirt-ts/rpc/server";
import { about } from "./about.ts";

/** Which daemon serves what we do not. */
const daemons: Partial<Record<ConnectionKind, string>> = {
  network: "virtnetworkd",
  storage: "virtstoraged",
  nodedev: "virtnodedevd",
  interface: "virtinterfaced",
  nwfilter: "virtnwfilterd",
  secret: "virtsecretd",
};

void runDaemon({ ...about, programs });

async function programs(ctx: DaemonContext<typeof about.keys>): Promise<Programs> {
  const { paths } = ctx;
  const driver = await openQemuDriver({
    paths,
    log: ctx.log.child({ mod: "qemu" }),
    host: readHostFacts(process.arch),
    env: process.env,
    now: Date.now,
    self: { text: versionText, version: libraryVersion, ctime: installedAt() },
    inhibit: ctx.inhibit,
  });
  await loadDomains(driver);
  const fallback = forwarder({
    kinds: Object.keys(daemons) as ConnectionKind[], // the keys of the table above
    connect(kind, client) {
      const socket = join(paths.run, `${daemons[kind]}-sock`);
      return openSecondary(
        {
          socket,
          readOnlySocket: paths.privileged ? `${socket}-ro` : undefined,
          uri: `${kind}:///${paths.privileged ? "system" : "session"}`,
          start: paths.privileged ? undefined : sessionDaemon(daemons[kind] ?? kind, process.env),
        },
        client,
      );
    },
    log: ctx.log.child({ mod: "rpc.forward" }),
  });
  return {
    services: qemuServices(driver, { libVersion: libraryVersion, fallback }),
    async close() {
      await driver.networks.close();
    },
  };
}

/** When this very program came here, in seconds: capabilities are probed again by a new one. */
function installedAt(): number {
  return Math.floor(statSync(fileURLToPath(import.meta.url)).ctimeMs / 1000);
}
