import { existsSync } from "node:fs";
import { type DaemonContext, type Programs, runDaemon } from "@libvirt-ts/daemon";
import { Network } from "@libvirt-ts/daemon/network";
import { sessionDaemon } from "@libvirt-ts/daemon/session-daemon";
import { openSecondary, proxyServices } from "@libvirt-ts/rpc/server";
import { about } from "./about.ts";
import { targetOf } from "./target.ts";

void runDaemon({ ...about, programs, network: Network });

async function programs({ paths, log }: DaemonContext<typeof about.keys>): Promise<Programs> {
  /** How each of a user's daemons is started, at most once at a time. */
  const starts = new Map<string, () => Promise<void>>();
  const starter = (daemon: string) => {
    if (paths.privileged) return undefined;
    const start = starts.get(daemon) ?? sessionDaemon(daemon, process.env);
    starts.set(daemon, start);
    return start;
  };
  return {
    services: proxyServices({
      async connect(name, client) {
        const target = targetOf(name, { ...paths, readOnly: client.readOnly, exists: existsSync });
        return openSecondary({ ...target, start: starter(target.daemon) }, client);
      },
      log: log.child({ mod: "rpc.proxy" }),
    }),
  };
}
