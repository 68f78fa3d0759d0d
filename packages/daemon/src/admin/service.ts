import { ErrorDomain, invalidArg } from "@libvirt-ts/errors";
import type { Logging } from "@libvirt-ts/logging";
import { admin } from "@libvirt-ts/protocol";
import type { Service } from "@libvirt-ts/rpc/server";
import { libraryVersion } from "../version.ts";
import { type AdminHandlers, type AdminTarget, findServer, noFlags } from "./admin-server.ts";
import { clientCalls } from "./client-calls.ts";
import { serverCalls } from "./server-calls.ts";

export interface AdminOptions extends AdminTarget {
  setTimeout(seconds: number): void;
  shutdown(reason: string): void;
  logging: Pick<Logging, "filters" | "outputs" | "setFilters" | "setOutputs">;
}

/** The admin program: what `virt-admin` asks of a running daemon. */
export function adminService(o: AdminOptions): Service<typeof admin.procs> {
  return {
    program: admin,
    errorDomain: ErrorDomain.ADMIN,
    handlers: { ...connectionCalls(o), ...daemonCalls(o), ...serverCalls(o), ...clientCalls(o) },
  };
}

function connectionCalls(o: AdminOptions): AdminHandlers {
  return {
    connectOpen: ({ flags }) => noFlags(flags, "adminConnectOpen"),
    connectClose: (_, call) => call.client.closeWhenSent(),
    connectGetLibVersion: () => ({ libVer: BigInt(libraryVersion) }),
    connectListServers({ needResults, flags }) {
      noFlags(flags, "adminConnectListServers");
      const names = [...o.servers.keys()].map((name) => ({ name }));
      return { servers: needResults ? names : [], ret: names.length };
    },
    connectLookupServer({ name, flags }) {
      findServer(o, { name });
      noFlags(flags, "adminConnectLookupServer");
      return { srv: { name } };
    },
  };
}

/** Longest time until a shutdown, in seconds: libvirt counts milliseconds in an int. */
const maxTimeout = Math.floor(0x7fff_ffff / 1000);

function daemonCalls({ log, logging, setTimeout, shutdown }: AdminOptions): AdminHandlers {
  return {
    connectGetLoggingFilters({ flags }) {
      noFlags(flags, "adminConnectGetLoggingFilters");
      return { filters: logging.filters || null, nfilters: countWords(logging.filters) };
    },
    connectGetLoggingOutputs({ flags }) {
      noFlags(flags, "adminConnectGetLoggingOutputs");
      return { outputs: logging.outputs, noutputs: countWords(logging.outputs) };
    },
    connectSetLoggingFilters({ filters, flags }) {
      noFlags(flags, "adminConnectSetLoggingFilters");
      logging.setFilters(filters ?? "");
      log.info({ filters: logging.filters }, "log filters set");
    },
    connectSetLoggingOutputs({ outputs, flags }) {
      noFlags(flags, "adminConnectSetLoggingOutputs");
      logging.setOutputs(outputs ?? "");
      log.info({ outputs: logging.outputs }, "log outputs set");
    },
    connectSetDaemonTimeout({ timeout, flags }) {
      noFlags(flags, "adminConnectSetDaemonTimeout");
      if (timeout > maxTimeout)
        throw invalidArg(ErrorDomain.RPC, `timeout ${timeout} is more than ${maxTimeout} seconds`);
      setTimeout(timeout);
      log.info({ seconds: timeout }, "time until an unused daemon ends set");
    },
    connectDaemonShutdown({ flags }) {
      noFlags(flags, "adminConnectDaemonShutdown");
      setImmediate(shutdown, "asked for by an administrator"); // the answer goes first
    },
  };
}

function countWords(text: string): number {
  return text.split(" ").filter(Boolean).length;
}
