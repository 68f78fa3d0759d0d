export type { Hole } from "../incoming-queue.ts";
export { type Encoded, encoded } from "./encoded.ts";
export { eventFrame } from "./event-frame.ts";
export {
  type ForwarderOptions,
  forwarder,
  openSecondary,
  processStartTime,
  type SecondaryTarget,
} from "./forward.ts";
export { descriptorsOf, type SavedConnection } from "./saved-connection.ts";
export { defaultLimits, Server, type ServerOptions } from "./server.ts";
export { type ConnectionOptions, type ConnectionService, connectionService } from "./session.ts";
export type {
  AuthMethod,
  Call,
  Client,
  Fallback,
  Handler,
  Handlers,
  Identity,
  Limits,
  ListenOptions,
  PeerCredentials,
  RawCall,
  RawReply,
  RawStream,
  ServerStream,
  Service,
  StreamEnd,
  StreamOptions,
} from "./types.ts";
