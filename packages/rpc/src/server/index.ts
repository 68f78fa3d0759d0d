export type { CloseReason } from "../connection.ts";
export type { Hole } from "../incoming-queue.ts";
export { visible } from "./access.ts";
export {
  type PolkitOptions,
  polkitAuthenticator,
  type SaslOptions,
  saslAuthenticator,
} from "./authenticators.ts";
export { type Encoded, encoded } from "./encoded.ts";
export { type DriverEntrance, entrance } from "./entrance.ts";
export { eventFrame } from "./event-frame.ts";
export {
  type ForwarderOptions,
  forwarder,
  openSecondary,
  type SecondaryTarget,
} from "./forward.ts";
export { connectInside } from "./inside.ts";
export { processStartTime } from "./process-start-time.ts";
export { type ProxyOptions, proxyServices } from "./proxy.ts";
export { descriptorsOf, type SavedConnection } from "./saved-connection.ts";
export { defaultLimits, Server, type ServerOptions } from "./server.ts";
export { type ConnectionOptions, type ConnectionService, connectionService } from "./session.ts";
export type {
  Authenticator,
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
  SaslExchange,
  SaslStep,
  Secured,
  ServerStream,
  Service,
  ServiceAccess,
  StreamEnd,
  StreamOptions,
  Transport,
} from "./types.ts";
