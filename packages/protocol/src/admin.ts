import { array, type Infer, i64, optional, struct, u32, u64 } from "@libvirt-ts/xdr";
import { text, typedParamList } from "./common.ts";
import { proc, program } from "./program.ts";

/** The most elements of each list: `ADMIN_*_MAX`. */
const Max = {
  SERVER_LIST: 16_384,
  SERVER_THREADPOOL_PARAMETERS: 32,
  CLIENT_LIST: 16_384,
  CLIENT_INFO_PARAMETERS: 64,
  SERVER_CLIENT_LIMITS: 32,
} as const;

export const NonnullServer = struct({ name: text });
export type NonnullServer = Infer<typeof NonnullServer>;
export const NonnullClient = struct({ srv: NonnullServer, id: u64, timestamp: i64, transport: u32 });
export type NonnullClient = Infer<typeof NonnullClient>;
export const ConnectOpenArgs = struct({ flags: u32 });
export const ConnectGetLibVersionRet = struct({ libVer: u64 });
export const ConnectListServersArgs = struct({ needResults: u32, flags: u32 });
export const ConnectListServersRet = struct({ servers: array(NonnullServer, Max.SERVER_LIST), ret: u32 });
export const ConnectLookupServerArgs = struct({ name: text, flags: u32 });
export const ConnectLookupServerRet = struct({ srv: NonnullServer });
export const ServerGetThreadpoolParametersArgs = struct({ srv: NonnullServer, flags: u32 });
export const ServerGetThreadpoolParametersRet = struct({
  params: typedParamList(Max.SERVER_THREADPOOL_PARAMETERS),
});
export const ServerSetThreadpoolParametersArgs = struct({
  srv: NonnullServer,
  params: typedParamList(Max.SERVER_THREADPOOL_PARAMETERS),
  flags: u32,
});
export const ServerListClientsArgs = struct({ srv: NonnullServer, needResults: u32, flags: u32 });
export const ServerListClientsRet = struct({ clients: array(NonnullClient, Max.CLIENT_LIST), ret: u32 });
export const ServerLookupClientArgs = struct({ srv: NonnullServer, id: u64, flags: u32 });
export const ServerLookupClientRet = struct({ clnt: NonnullClient });
export const ClientGetInfoArgs = struct({ clnt: NonnullClient, flags: u32 });
export const ClientGetInfoRet = struct({ params: typedParamList(Max.CLIENT_INFO_PARAMETERS) });
export const ClientCloseArgs = struct({ clnt: NonnullClient, flags: u32 });
export const ServerGetClientLimitsArgs = struct({ srv: NonnullServer, flags: u32 });
export const ServerGetClientLimitsRet = struct({ params: typedParamList(Max.SERVER_CLIENT_LIMITS) });
export const ServerSetClientLimitsArgs = struct({
  srv: NonnullServer,
  params: typedParamList(Max.SERVER_CLIENT_LIMITS),
  flags: u32,
});
export const ServerUpdateTlsFilesArgs = struct({ srv: NonnullServer, flags: u32 });
export const ConnectGetLoggingOutputsArgs = struct({ flags: u32 });
export const ConnectGetLoggingOutputsRet = struct({ outputs: text, noutputs: u32 });
export const ConnectGetLoggingFiltersArgs = struct({ flags: u32 });
export const ConnectGetLoggingFiltersRet = struct({ filters: optional(text), nfilters: u32 });
export const ConnectSetLoggingOutputsArgs = struct({ outputs: optional(text), flags: u32 });
export const ConnectSetLoggingFiltersArgs = struct({ filters: optional(text), flags: u32 });
export const ConnectSetDaemonTimeoutArgs = struct({ timeout: u32, flags: u32 });
export const ConnectDaemonShutdownArgs = struct({ flags: u32 });

/** Managing a daemon: its servers, clients and logging. */
export const admin = program("admin", 0x06900690, 1, {
  connectOpen: proc(1, ConnectOpenArgs, null, { api: "virAdmConnectOpen" }),
  connectClose: proc(2, null, null, { api: "virAdmConnectClose" }),
  connectGetLibVersion: proc(3, null, ConnectGetLibVersionRet, { api: "virAdmConnectGetLibVersion" }),
  connectListServers: proc(4, ConnectListServersArgs, ConnectListServersRet, {
    api: "virAdmConnectListServers",
  }),
  connectLookupServer: proc(5, ConnectLookupServerArgs, ConnectLookupServerRet, {
    api: "virAdmConnectLookupServer",
  }),
  serverGetThreadpoolParameters: proc(
    6,
    ServerGetThreadpoolParametersArgs,
    ServerGetThreadpoolParametersRet,
    { api: "virAdmServerGetThreadPoolParameters" },
  ),
  serverSetThreadpoolParameters: proc(7, ServerSetThreadpoolParametersArgs, null, {
    api: "virAdmServerSetThreadPoolParameters",
  }),
  serverListClients: proc(8, ServerListClientsArgs, ServerListClientsRet, { api: "virAdmServerListClients" }),
  serverLookupClient: proc(9, ServerLookupClientArgs, ServerLookupClientRet, {
    api: "virAdmServerLookupClient",
  }),
  clientGetInfo: proc(10, ClientGetInfoArgs, ClientGetInfoRet, { api: "virAdmClientGetInfo" }),
  clientClose: proc(11, ClientCloseArgs, null, { api: "virAdmClientClose" }),
  serverGetClientLimits: proc(12, ServerGetClientLimitsArgs, ServerGetClientLimitsRet, {
    api: "virAdmServerGetClientLimits",
  }),
  serverSetClientLimits: proc(13, ServerSetClientLimitsArgs, null, { api: "virAdmServerSetClientLimits" }),
  connectGetLoggingOutputs: proc(14, ConnectGetLoggingOutputsArgs, ConnectGetLoggingOutputsRet, {
    api: "virAdmConnectGetLoggingOutputs",
  }),
  connectGetLoggingFilters: proc(15, ConnectGetLoggingFiltersArgs, ConnectGetLoggingFiltersRet, {
    api: "virAdmConnectGetLoggingFilters",
  }),
  connectSetLoggingOutputs: proc(16, ConnectSetLoggingOutputsArgs, null, {
    api: "virAdmConnectSetLoggingOutputs",
  }),
  connectSetLoggingFilters: proc(17, ConnectSetLoggingFiltersArgs, null, {
    api: "virAdmConnectSetLoggingFilters",
  }),
  serverUpdateTlsFiles: proc(18, ServerUpdateTlsFilesArgs, null, { api: "virAdmServerUpdateTlsFiles" }),
  connectSetDaemonTimeout: proc(19, ConnectSetDaemonTimeoutArgs, null, {
    api: "virAdmConnectSetDaemonTimeout",
  }),
  connectDaemonShutdown: proc(20, ConnectDaemonShutdownArgs, null, { api: "virAdmConnectDaemonShutdown" }),
});
