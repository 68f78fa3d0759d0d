export { type CallOptions, type ConnectOptions, RpcClient } from "./rpc-client.ts";
