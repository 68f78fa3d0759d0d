export { type CommandOptions, QmpClient, type QmpEvent, type QmpGreeting } from "./client.ts";
export { MonitorClosedError, QmpCommandError, type QmpErrorClass } from "./errors.ts";
export { LineSplitter, MAX_LINE_BYTES } from "./line-splitter.ts";
export type { Transport } from "./transport.ts";
export { UnixTransport } from "./unix-transport.ts";
