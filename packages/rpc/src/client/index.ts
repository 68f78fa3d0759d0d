export type { Credentials } from "@libvirt-ts/access/scram";
export type { Hole } from "../incoming-queue.ts";
export { type AuthenticateOptions, authenticate } from "./authenticate.ts";
export type { ClientStream } from "./client-stream.ts";
export type { ConnectOptions } from "./connect.ts";
export type { RawClientStream, RawStreamListener } from "./relayed-stream.ts";
export { type CallOptions, type RawReply, RpcClient } from "./rpc-client.ts";
export { answers, startSessionDaemon } from "./session-daemon.ts";
