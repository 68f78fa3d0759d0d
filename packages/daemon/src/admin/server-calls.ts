import { ErrorDomain, internal, invalidArg } from "@libvirt-ts/errors";
import { readTypedParams, typed, typedParams } from "@libvirt-ts/protocol";
import {
  type AdminHandlers,
  type AdminTarget,
  findServer,
  noFlags,
  requireServer,
  type Workers,
} from "./admin-server.ts";

/** Workers, limits and certificates of a server. */
export function serverCalls(o: AdminTarget): AdminHandlers {
  return {
    serverGetThreadpoolParameters({ srv, flags }) {
      const { min, max, priority } = findServer(o, srv).workers;
      noFlags(flags, "adminServerGetThreadPoolParameters");
      return {
        params: typedParams({
          minWorkers: typed.uint(min),
          maxWorkers: typed.uint(max),
          nWorkers: typed.uint(min),
          freeWorkers: typed.uint(min),
          prioWorkers: typed.uint(priority),
          jobQueueDepth: typed.uint(0),
        }),
      };
    },
    serverSetThreadpoolParameters({ srv, params, flags }) {
      const target = requireServer(o, srv);
      noFlags(flags, "adminServerSetThreadPoolParameters");
      const wish = readTypedParams(params, { minWorkers: "uint", maxWorkers: "uint", prioWorkers: "uint" });
      target.workers = changeWorkers(target.workers, {
        min: wish.minWorkers,
        max: wish.maxWorkers,
        priority: wish.prioWorkers,
      });
      o.log.info({ server: srv.name, ...target.workers }, "workers set");
    },
    serverGetClientLimits({ srv, flags }) {
      const { server } = findServer(o, srv);
      noFlags(flags, "adminServerGetClientLimits");
      return {
        params: typedParams({
          nclients_max: typed.uint(server.limits.maxClients),
          nclients: typed.uint(server.clientCount),
          nclients_unauth_max: typed.uint(server.limits.maxAnonymousClients),
          nclients_unauth: typed.uint(server.anonymousCount),
        }),
      };
    },
    serverSetClientLimits({ srv, params, flags }) {
      const { server } = requireServer(o, srv);
      noFlags(flags, "adminServerSetClientLimits");
      const wish = readTypedParams(params, { nclients_max: "uint", nclients_unauth_max: "uint" });
      const maxClients = wish.nclients_max ?? server.limits.maxClients;
      const maxAnonymousClients = wish.nclients_unauth_max ?? server.limits.maxAnonymousClients;
      if (maxClients < maxAnonymousClients) {
        throw invalidArg(
          ErrorDomain.RPC,
          "The overall maximum number of clients waiting for authentication must not be less than the overall maximum number of clients",
        );
      }
      server.setLimits({ maxClients, maxAnonymousClients });
      o.log.info({ server: srv.name, maxClients, maxAnonymousClients }, "client limits set");
    },
    async serverUpdateTlsFiles({ srv, flags }) {
      const { reloadTls } = findServer(o, srv);
      noFlags(flags, "adminServerUpdateTlsFiles");
      if (!reloadTls) throw internal(ErrorDomain.RPC, "no tls service found, unable to update tls files");
      await reloadTls();
      o.log.info({ server: srv.name }, "certificates read again");
    },
  };
}

/** @throws VirError NONE/INVALID_ARG for figures that do not go together */
export function changeWorkers(
  now: Workers,
  wish: { min?: number | undefined; max?: number | undefined; priority?: number | undefined },
): Workers {
  const { min = now.min, max = now.max, priority = now.priority } = wish;
  if (min > max) throw invalidArg(ErrorDomain.NONE, "minWorkers cannot be larger than maxWorkers");
  if ((max === 0) !== (now.max === 0)) {
    throw invalidArg(
      ErrorDomain.NONE,
      "maxWorkers must not be switched from zero to non-zero and vice versa",
    );
  }
  return { min, max, priority };
}
