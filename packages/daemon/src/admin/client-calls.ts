import type { Accounts } from "@libvirt-ts/access/accounts";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type TypedValue, typed, typedParams } from "@libvirt-ts/protocol";
import type { Client, Server, Transport } from "@libvirt-ts/rpc/server";
import { type AdminHandlers, type AdminTarget, findServer, noFlags, requireServer } from "./admin-server.ts";

/** `VIR_CLIENT_TRANS_*` */
const transports: Readonly<Record<Transport, number>> = { unix: 0, tcp: 1, tls: 2 };

/** The clients of a server: who they are, and how to be rid of them. */
export function clientCalls(o: AdminTarget): AdminHandlers {
  return {
    serverListClients({ srv, needResults, flags }) {
      const { server } = findServer(o, srv);
      noFlags(flags, "adminServerListClients");
      const all = [...server.clients].map((client) => reference(srv.name, client));
      return { clients: needResults ? all : [], ret: all.length };
    },
    serverLookupClient({ srv, id, flags }) {
      const { server } = findServer(o, srv);
      noFlags(flags, "adminServerLookupClient");
      return { clnt: reference(srv.name, findClient(server, id)) };
    },
    async clientGetInfo({ clnt, flags }) {
      const { server } = requireServer(o, clnt.srv);
      const client = findClient(server, clnt.id, requiredClient);
      noFlags(flags, "adminClientGetInfo");
      return { params: typedParams(await describe(client, o.accounts)) };
    },
    clientClose({ clnt, flags }, call) {
      const client = findClient(findServer(o, clnt.srv).server, clnt.id);
      noFlags(flags, "adminClientClose");
      if (client === call.client) client.closeWhenSent();
      else client.close();
      o.log.info({ server: clnt.srv.name, client: clnt.id }, "client disconnected by an administrator");
    },
  };
}

function reference(server: string, { id, connectedAt, transport }: Client) {
  const timestamp = BigInt(Math.floor(connectedAt.getTime() / 1000));
  return { srv: { name: server }, id, timestamp, transport: transports[transport] };
}

async function describe(client: Client, accounts: Accounts): Promise<Record<string, TypedValue | undefined>> {
  const { identity, peer } = client;
  const common = {
    readonly: typed.boolean(client.readOnly),
    sasl_user_name: text(identity.saslUserName),
  };
  const label = { selinux_context: text(identity.selinuxContext) };
  if (client.transport !== "unix") {
    const names = {
      sock_addr: text(client.remoteAddress),
      tls_x509_dname: text(identity.x509DistinguishedName),
    };
    return { ...common, ...names, ...label };
  }
  const { uid = peer.uid, gid = peer.gid, pid = peer.pid } = identity;
  return {
    ...common,
    unix_user_id: typed.int(uid),
    unix_user_name: text(identity.userName ?? (await accounts.userName(uid))),
    unix_group_id: typed.int(gid),
    unix_group_name: text(identity.groupName ?? (await accounts.groupName(gid))),
    unix_process_id: typed.int(pid),
    ...label,
  };
}

function text(value: string | undefined): TypedValue | undefined {
  return value === undefined ? undefined : typed.string(value);
}

function findClient({ clients }: Server, id: bigint, missing = noClient): Client {
  for (const client of clients) if (client.id === id) return client;
  throw missing(id);
}

const noClient = (id: bigint) =>
  new VirError(ErrorDomain.RPC, ErrorCode.NO_CLIENT, `No client with matching ID '${id}'`);
/** As `requireServer` says it. */
const requiredClient = (id: bigint) =>
  new VirError(ErrorDomain.ADMIN, ErrorCode.NO_CLIENT, `no client with matching id '${id}' found`);
