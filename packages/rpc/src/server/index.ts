export { type Encoded, encoded } from "./encoded.ts";
export { Server, type ServerOptions } from "./server.ts";
export type {
  AuthMethod,
  Call,
  Client,
  Fallback,
  Handler,
  Handlers,
  Hole,
  Identity,
  Limits,
  ListenOptions,
  PeerCredentials,
  ServerStream,
  Service,
  StreamEnd,
} from "./types.ts";
