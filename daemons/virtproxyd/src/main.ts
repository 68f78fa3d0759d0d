import { existsSync } from "node:fs";
import { type DaemonContext, type Programs, runDaemon } from "@libvirt-ts/daemon";
import { Network } from "@libvirt-ts/daemon/network";
import { startSessionDaemon } from "@libvirt-ts/rpc/client";
import { openSecondary, proxyServices } from "@libvirt-ts/rpc/server";
import { about } from "./about.ts";
import { targetOf } from "./target.ts";

void runDaemon({ ...about, programs, network: Network });

async function programs({ paths, log }: DaemonContext<typeof about.keys>): Promise<Programs> {
  return {
    services: proxyServices({
      async connect(name, client) {
        const target = targetOf(name, { ...paths, readOnly: client.readOnly, exists: existsSync });
        const { socket: path, daemon } = target;
        if (!paths.privileged && !existsSync(path)) await startSessionDaemon({ daemon, path }, process.env);
        return openSecondary(target, client);
      },
      log: log.child({ mod: "rpc.proxy" }),
    }),
  };
}
