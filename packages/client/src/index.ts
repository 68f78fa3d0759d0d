export { Connect, type ConnectOptions } from "./connect.ts";
export type { EventName, EventOptions, EventValue, WatchOptions } from "./events.ts";
export { localSocket } from "./local-socket.ts";
export {
  Domain,
  DomainCheckpoint,
  DomainSnapshot,
  Interface,
  Network,
  NetworkPort,
  NodeDevice,
  Nwfilter,
  NwfilterBinding,
  Secret,
  StoragePool,
  StorageVol,
} from "./objects.ts";
export type { LocalDriver, OpenOptions } from "./open.ts";
export type { CallOptions, TypedValues } from "./shapes.ts";
export { Stream } from "./stream.ts";
export type { Transport, TransportStream } from "./transport.ts";
export { type Plan, planOf } from "./uri.ts";
