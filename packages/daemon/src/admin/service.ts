import { checkFlags, ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";
import { admin, typed, typedParams } from "@libvirt-ts/protocol";
import type { Client, Handlers, Server, Service } from "@libvirt-ts/rpc/server";
import { libraryVersion } from "../version.ts";

/** A server as administrators see it. */
export interface AdminServer {
  readonly server: Server;
  /** Calls worked on at once. An event loop has no workers; these are the configured figures, as C shows them. */
  readonly workers: { readonly min: number; readonly max: number; readonly priority: number };
}

export interface AdminOptions {
  /** By name, in the order they are listed. */
  servers: ReadonlyMap<string, AdminServer>;
  setTimeout(seconds: number): void;
  shutdown(reason: string): void;
  /** Texts of the filters and outputs in force. */
  logging: { filters: string; outputs: string };
}

/** The admin program, as far as virt-admin's looking at servers and clients goes; the rest is NO_SUPPORT. */
export function adminService(o: AdminOptions): Service<typeof admin.procs> {
  return {
    program: admin,
    errorDomain: ErrorDomain.ADMIN,
    handlers: { ...connection(o), ...servers(o), ...clients(o) },
  };
}

type AdminHandlers = Partial<Handlers<typeof admin.procs>>;

function connection(o: AdminOptions): AdminHandlers {
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
      noFlags(flags, "adminConnectLookupServer");
      find(o, { name });
      return { srv: { name } };
    },
    connectGetLoggingFilters: () => ({
      filters: o.logging.filters || null,
      nfilters: count(o.logging.filters),
    }),
    connectGetLoggingOutputs: () => ({ outputs: o.logging.outputs, noutputs: count(o.logging.outputs) }),
    connectSetDaemonTimeout: ({ timeout }) => o.setTimeout(timeout),
    connectDaemonShutdown({ flags }) {
      noFlags(flags, "adminConnectDaemonShutdown");
      o.shutdown("asked for by an administrator");
    },
  };
}

function servers(o: AdminOptions): AdminHandlers {
  return {
    serverGetThreadpoolParameters({ srv, flags }) {
      noFlags(flags, "adminServerGetThreadPoolParameters");
      const { min, max, priority } = find(o, srv).workers;
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
    serverGetClientLimits({ srv, flags }) {
      noFlags(flags, "adminServerGetClientLimits");
      const { server } = find(o, srv);
      return {
        params: typedParams({
          nclients_max: typed.uint(server.limits.maxClients),
          nclients: typed.uint(server.clientCount),
          nclients_unauth_max: typed.uint(server.limits.maxAnonymousClients),
          nclients_unauth: typed.uint([...server.clients].filter((client) => !client.authenticated).length),
        }),
      };
    },
    serverUpdateTlsFiles({ srv, flags }) {
      noFlags(flags, "adminServerUpdateTlsFiles");
      find(o, srv);
      throw internal(ErrorDomain.RPC, "no tls service found, unable to update tls files");
    },
  };
}

function clients(o: AdminOptions): AdminHandlers {
  return {
    serverListClients({ srv, needResults, flags }) {
      noFlags(flags, "adminServerListClients");
      const all = [...find(o, srv).server.clients].map((client) => reference(srv.name, client));
      return { clients: needResults ? all : [], ret: all.length };
    },
    serverLookupClient({ srv, id, flags }) {
      noFlags(flags, "adminServerLookupClient");
      return { clnt: reference(srv.name, findClient(o, srv, id)) };
    },
    clientGetInfo({ clnt, flags }) {
      noFlags(flags, "adminClientGetInfo");
      const { readOnly, identity, peer } = findClient(o, clnt.srv, clnt.id);
      return {
        params: typedParams({
          readonly: typed.boolean(readOnly),
          unix_user_id: typed.int(identity.uid ?? peer.uid),
          unix_user_name: identity.userName === undefined ? undefined : typed.string(identity.userName),
          unix_group_id: typed.int(identity.gid ?? peer.gid),
          unix_group_name: identity.groupName === undefined ? undefined : typed.string(identity.groupName),
          unix_process_id: typed.int(identity.pid ?? peer.pid),
          selinux_context:
            identity.selinuxContext === undefined ? undefined : typed.string(identity.selinuxContext),
        }),
      };
    },
    clientClose({ clnt, flags }) {
      noFlags(flags, "adminClientClose");
      findClient(o, clnt.srv, clnt.id).closeWhenSent();
    },
  };
}

/** The only transport so far: a UNIX socket. */
const transportUnix = 0;

function reference(server: string, { id, connectedAt }: Client) {
  const timestamp = BigInt(Math.floor(connectedAt.getTime() / 1000));
  return { srv: { name: server }, id, timestamp, transport: transportUnix };
}

function find(o: AdminOptions, { name }: { name: string }): AdminServer {
  const found = o.servers.get(name);
  if (!found) throw new VirError(ErrorDomain.RPC, ErrorCode.NO_SERVER, `No server named '${name}'`);
  return found;
}

function findClient(o: AdminOptions, srv: { name: string }, id: bigint): Client {
  for (const client of find(o, srv).server.clients) if (client.id === id) return client;
  throw new VirError(ErrorDomain.RPC, ErrorCode.NO_CLIENT, `No client with matching ID '${id}'`);
}

function noFlags(flags: number, functionName: string): void {
  checkFlags(flags, 0, functionName, ErrorDomain.ADMIN);
}

function count(words: string): number {
  return words.split(" ").filter(Boolean).length;
}
